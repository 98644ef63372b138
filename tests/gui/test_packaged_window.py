"""The window of the packaged program: files are dragged onto it, and are done."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktopproc.engine.home import Home
from desktopproc.gui.remembered import Remembered
from tests.gui import mouse
from tests.gui.test_launch import LIMIT_MS, windows_of

pytestmark = [pytest.mark.package, pytest.mark.window, pytest.mark.timeout(120)]


def middle_of(window: str) -> QPoint:
    words = ["xdotool", "getwindowgeometry", "--shell", window]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout
    place = dict(line.split("=") for line in said.splitlines())
    return QPoint(
        int(place["X"]) + int(place["WIDTH"]) // 2, int(place["Y"]) + int(place["HEIGHT"]) // 2
    )


def test_a_dragged_photo_is_worked_off_by_the_packaged_window(
    packaged: Path, real_screen: str, qtbot: QtBot, tmp_path: Path
) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    home.make()
    remembered = Remembered(home)
    remembered.put("operation", "thumbnail")
    remembered.put("output", json.dumps({"folder": str(tmp_path / "out")}))
    remembered.save()
    photo = tmp_path / "a.jpg"
    assert QImage(640, 480, QImage.Format.Format_RGB32).save(str(photo))
    window = subprocess.Popen(
        [packaged / "desktopproc", "gui"],
        env=os.environ
        | {"DESKTOPPROC_HOME": str(tmp_path / "home"), "DESKTOPPROC_START_WHEN_DROPPED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        qtbot.waitUntil(lambda: bool(windows_of(window)), timeout=LIMIT_MS)
        middle = middle_of(windows_of(window)[-1])
        with mouse.drag_source(photo) as start:
            mouse.press_at(start)
            for step in range(1, 11):
                mouse.move_to(start + (middle - start) * step / 10)
            mouse.move_to(middle + QPoint(3, 3))
            mouse.release()
            qtbot.waitUntil(lambda: (tmp_path / "out" / "a.jpg").exists(), timeout=LIMIT_MS)
        window.send_signal(signal.SIGTERM)
        _, said = window.communicate(timeout=40)
    finally:
        window.kill()
        window.communicate()

    assert (window.returncode, said) == (0, "")
    assert not QImage(str(tmp_path / "out" / "a.jpg")).isNull()
