"""Opens the window with the queue's health and keeps it up to date while it can be seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from desktopproc.gui.finding import Finding
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.health import Health
    from desktopproc.engine.reader import Reader
    from desktopproc.engine.report import Report
    from desktopproc.engine.update import Update
    from desktopproc.gui.health_dialog import HealthDialog

_REST_S = 3.0  # between two reports
_REST_FACTOR = 20  # times as long as the last report took: it never takes more than a twentieth


class HealthPlace(QObject):
    """Shows figures as the engine tells them; asks the queue file for a report now and then.

    Nothing is asked where nothing happens, or where nobody looks.
    """

    def __init__(self, window: QMainWindow, work: Work, finding: Finding) -> None:
        super().__init__(window)
        self._window, self._work, self._finding = window, work, finding
        self._health: Health | None = None
        self._is_asking = self._is_stale = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._ask)
        self._ask_at = 0.0
        self.dialog: HealthDialog | None = None
        work.updated.connect(self._take)

    def open(self) -> None:
        """Show it, or bring it to the front."""
        from desktopproc.gui.health_dialog import HealthDialog  # deferred: not at the start

        if self.dialog is None:
            titles = {name: each.title for name, each in self._work.operations.items()}
            self.dialog = HealthDialog(titles, self._window)
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.picked.connect(self._finding.find)
            self.dialog.finished.connect(self._forget)
            if self._health is not None:
                self.dialog.take(self._health)
        self._ask()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _take(self, update: Update) -> None:
        self._health = update.health or self._health
        if self.dialog is None or self.dialog.isMinimized():
            return
        if update.health is not None:
            self.dialog.take(update.health)
        self._is_stale = True
        self._ask_soon()

    def _ask_soon(self) -> None:
        """Ask when the last report was long enough ago, and only if anything happened since."""
        if self._is_stale and not self._is_asking and not self._rest.isActive():
            self._rest.start(max(0, round(1000 * (self._ask_at - time.monotonic()))))

    def _ask(self) -> None:
        """Have a report made on the thread that reads the queue file; one at a time."""
        if self._is_asking or self.dialog is None:
            return
        self._is_asking, self._is_stale = True, False
        home, settings = self._work.home, self._work.layered.settings
        operations = self._work.operations

        def make(reader: Reader) -> tuple[Report, float]:
            from desktopproc.engine.report import report  # deferred: not at the start

            began = time.monotonic()
            return report(reader, home, settings, operations), time.monotonic() - began

        self._work.pages.ask("health", make, self._show)

    def _show(self, made: tuple[Report, float]) -> None:
        report, took_s = made
        self._is_asking = False
        self._ask_at = time.monotonic() + max(_REST_S, _REST_FACTOR * took_s)
        if self.dialog is not None:
            self.dialog.show_report(report)
            self._ask_soon()

    def _forget(self) -> None:
        self.dialog = None
