"""A virtual screen for the window tests, and windows with a home of their own."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopproc.core.operation import Operation
from desktopproc.engine import config
from desktopproc.engine.home import Home
from desktopproc.gui import responsive
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.window import MainWindow
from desktopproc.gui.work import Work
from desktopproc.ops import load
from tests import saboteurs

OPERATIONS = load(saboteurs)
OpenWindow = Callable[..., MainWindow]

HERE = Path(__file__).parent
_SIZE = "1400x900x24"
_SERVERS: list["subprocess.Popen[bytes]"] = []
"""Ends by itself with its last window, which is when this process ends; until then it is kept."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no screen, Qt's stand-in for one says what it cannot do; that is no fault."""
    for item in items:
        if item.path.parent == HERE and item.get_closest_marker("qt_log_ignore") is None:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """The Qt platform to test on: "xcb" where a virtual screen can be made, else "offscreen".

    Never the display of the person who runs the tests: it is in use.
    """
    program = shutil.which("Xvfb")
    if program is None:
        yield "offscreen"
        return
    read, write = os.pipe()
    server = subprocess.Popen(  # -terminate: it ends when our connection, the last one, ends
        [
            program,
            "-terminate",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            _SIZE,
            "-nolisten",
            "tcp",
        ],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _SERVERS.append(server)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        yield "offscreen"
        return
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield "xcb"
    finally:
        os.environ.pop("DISPLAY")
        if before is not None:
            os.environ["DISPLAY"] = before
        if QApplication.instance() is None:
            server.terminate()
            server.wait(10)


@pytest.fixture(scope="session")
def qapp_args(screen: str) -> list[str]:
    """The arguments of pytest-qt's application, which thereby comes after the screen."""
    return ["desktopproc", "-platform", screen]


@pytest.fixture
def real_screen(screen: str) -> str:
    """The display's name; skips where windows cannot really be shown and clicked."""
    if screen != "xcb":
        pytest.skip("Xvfb is not installed")
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed")
    return os.environ["DISPLAY"]


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens windows with a real engine on one home; closes what a test leaves open."""
    opened: list[Opened] = []
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    home.make()

    def make(operations: Mapping[str, Operation] = OPERATIONS, **settings: Any) -> MainWindow:
        for name, value in ({"cpu_workers": 2, "retry_base_s": 0.01} | settings).items():
            config.set_value(home, name, value)
        work = Work(home, config.load(home, environment={}), operations)
        window = MainWindow(work, Remembered(home))
        window.todo.output_form.set_values({"folder": tmp_path / "out"})
        window.resize(1000, 700)
        window.show()
        window.begin()
        responsive.prepare()
        opened.append(Opened(window, work))
        return window

    switch_s, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield make
    for each in opened:
        each.close()
    sys.setswitchinterval(switch_s)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@dataclass
class Opened:
    """A window and its work, closed once, as `app.run` does it."""

    window: MainWindow
    work: Work

    def close(self) -> None:
        self.window.leaving.go()
        self.work.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
