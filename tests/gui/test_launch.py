"""The window as a process: it starts, is the only one of its home, and ends in good order."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktopproc.engine.desktop_menus import menu_files
from desktopproc.engine.home import Home
from desktopproc.gui.remembered import Remembered
from tests.engine.sleeping import comes_to_rest, tells_system_calls
from tests.gui import mouse

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]
LIMIT_MS = 40_000


@contextmanager
def launched(home: Path, *words: Path | str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "desktopproc", "gui", *map(str, words)],
        env=os.environ | {"DESKTOPPROC_HOME": str(home), "QT_QPA_PLATFORM": "xcb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def windows_of(process: "subprocess.Popen[str]") -> list[str]:
    words = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(process.pid)]
    found = subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)
    return found.stdout.split()


def test_a_second_launch_hands_its_files_to_the_first_window(
    real_screen: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    home.make()
    remembered = Remembered(home)
    remembered.put("operation", "convert")
    remembered.put("output", json.dumps({"folder": str(tmp_path / "out")}))
    remembered.save()
    monkeypatch.setenv("DESKTOPPROC_START_WHEN_DROPPED", "1")
    photos = [tmp_path / "a.png", tmp_path / "b.png"]
    for photo in photos:
        assert QImage(64, 48, QImage.Format.Format_RGB32).save(str(photo))

    with launched(tmp_path / "home", photos[0], "--operation", "photos-to-pdf") as first:
        qtbot.waitUntil(lambda: bool(windows_of(first)), timeout=LIMIT_MS)
        with launched(tmp_path / "home", photos[1], "--operation", "thumbnail") as second:
            out, err = second.communicate(timeout=40)
            code = second.returncode
        made = [tmp_path / "out" / name for name in ("a.pdf", "b.jpg")]
        qtbot.waitUntil(lambda: all(path.exists() for path in made), timeout=LIMIT_MS)
        first.send_signal(signal.SIGTERM)
        _, first_err = first.communicate(timeout=40)

    assert (code, out, err) == (0, "", "")
    assert (first.returncode, first_err) == (0, "")


def test_the_desktop_knows_the_window_by_the_name_in_the_menu_entry(
    real_screen: str, qtbot: QtBot, tmp_path: Path
) -> None:
    if shutil.which("xprop") is None:
        pytest.skip("xprop is not installed")
    entry = next(text for name, text in menu_files(["x"]).items() if name.endswith(".desktop"))
    (named,) = re.findall("^StartupWMClass=(.+)$", entry, re.MULTILINE)

    with launched(tmp_path / "home") as window:
        qtbot.waitUntil(lambda: bool(windows_of(window)), timeout=LIMIT_MS)
        words = ["xprop", "-id", windows_of(window)[-1], "WM_CLASS"]
        said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)

    assert f'"{named}"' in said.stdout


def test_a_killed_window_does_not_keep_the_next_one_from_opening(
    real_screen: str, qtbot: QtBot, tmp_path: Path
) -> None:
    home = tmp_path / "home"

    with launched(home) as first:
        qtbot.waitUntil(lambda: bool(windows_of(first)), timeout=LIMIT_MS)
        first.kill()
        first.wait(20)
    with launched(home) as second:
        qtbot.waitUntil(lambda: bool(windows_of(second)), timeout=LIMIT_MS)
        second.send_signal(signal.SIGTERM)
        _, err = second.communicate(timeout=40)

    assert (second.returncode, err) == (0, "")


def test_a_home_that_cannot_be_made_is_one_sentence_and_exit_code_3(
    real_screen: str, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")

    with launched(tmp_path / "file" / "home") as window:
        qtbot.waitUntil(lambda: bool(windows_of(window)), timeout=LIMIT_MS)
        number = windows_of(window)[-1]
        subprocess.run(["xdotool", "windowfocus", number], check=True, timeout=20)
        mouse.press_key("Return")
        _, err = window.communicate(timeout=40)

    assert window.returncode == 3
    assert "cannot be made" in err
    assert "Traceback" not in err


def test_ctrl_q_ends_the_program(real_screen: str, qtbot: QtBot, tmp_path: Path) -> None:
    with launched(tmp_path / "home") as window:
        qtbot.waitUntil(lambda: bool(windows_of(window)), timeout=LIMIT_MS)
        number = windows_of(window)[-1]
        subprocess.run(["xdotool", "windowfocus", number], check=True, timeout=20)
        mouse.press_key("ctrl+q")
        _, err = window.communicate(timeout=40)

    assert (window.returncode, err) == (0, "")


@tells_system_calls
def test_a_window_that_is_left_alone_sleeps(real_screen: str, qtbot: QtBot, tmp_path: Path) -> None:
    with launched(tmp_path / "home") as process:
        qtbot.waitUntil(lambda: bool(windows_of(process)), timeout=LIMIT_MS)

        assert comes_to_rest(Path(f"/proc/{process.pid}"), at_least_s=10)
