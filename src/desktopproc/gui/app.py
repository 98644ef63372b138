"""Opens the window: one per home folder, on its own thread pool, ended in good order."""

import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox

from desktopproc.core.errors import ProcError
from desktopproc.core.operation import Operation
from desktopproc.engine import config
from desktopproc.engine.desktop_menus import APP_ID
from desktopproc.engine.home import Home
from desktopproc.gui import qt_log, responsive
from desktopproc.gui.first_paint import FirstPaint
from desktopproc.gui.first_window import FirstWindow, Wanted, claim
from desktopproc.gui.interrupts import Interrupts
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.window import MainWindow
from desktopproc.gui.work import Work

log = logging.getLogger(__name__)


def run(paths: Sequence[Path], operations: Mapping[str, Operation], operation: str = "") -> int:
    """Open the window with these files added; returns the exit code when it was closed.

    `operation` is the name of the one to choose; empty leaves the one that was chosen last.
    """
    qt_log.install()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("desktopproc")
    app.setDesktopFileName(APP_ID)
    app.setQuitOnLastWindowClosed(False)
    try:
        home = Home.find()
        home.make()
        wanted = Wanted(list(paths), operation)
        first = claim(home, wanted)
        if first is None:
            return 0
        try:
            work = Work(home, config.load(home), operations)
            return _live(app, work, first, wanted)
        finally:
            first.close()
    except ProcError as e:
        return _refuse(e)


def _live(app: QApplication, work: Work, first: FirstWindow, wanted: Wanted) -> int:
    window = MainWindow(work, Remembered(work.home))
    window.left.connect(app.quit)
    interrupts = Interrupts(window.leaving.go)
    troubles: list[ProcError] = []

    def begin() -> None:
        try:
            window.begin()
            responsive.prepare()
        except ProcError as e:
            troubles.append(e)
            app.exit(e.exit_code)
        else:
            take(wanted)

    def take(wanted: Wanted) -> None:
        if wanted.operation:
            window.todo.choose(wanted.operation)
        window.add(wanted.paths)

    def welcome(wanted: Wanted) -> None:
        window.leaving.reopen()
        take(wanted)

    first.received.connect(welcome)
    shown = FirstPaint(window, begin)  # which does not wait for the queue file
    window.show()
    try:
        app.exec()
    finally:
        shown.deleteLater()
        interrupts.close()
        work.close()
        window.deleteLater()
    if troubles:
        raise troubles[0]
    return 0


def _refuse(error: ProcError) -> int:
    """Say in one sentence why there is no window."""
    log.error("%s", error)
    sys.stderr.write(f"desktopproc: {error}\n")
    box = QMessageBox(QMessageBox.Icon.Critical, "desktopproc", str(error))
    box.exec()
    return error.exit_code
