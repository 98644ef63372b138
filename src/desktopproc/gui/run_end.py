"""What the window says when a run is over: how it went, what it saved, and how to undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopproc.gui import words
from desktopproc.gui.leaving import Leaving
from desktopproc.gui.notices import Notices
from desktopproc.gui.status_bar import StatusBar
from desktopproc.gui.totals import Totals
from desktopproc.gui.undoing import Undoing
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.update import Update


class RunEnd(QObject):
    """Keeps the status bar's sum up to date, and tells of the end of a run above the list."""

    def __init__(
        self, work: Work, leaving: Leaving, notices: Notices, status: StatusBar, undoing: Undoing
    ) -> None:
        super().__init__(leaving)
        self._work, self._notices, self._status = work, notices, status
        self._undoing = undoing
        self._is_told = False
        self._sentence = ""
        self.totals = Totals(work.pages, self)
        self.totals.changed.connect(self._take_totals)
        leaving.ended.connect(self._tell)

    def take(self, update: Update) -> None:
        """Follow the work; a new run takes back what was said of the last one."""
        work = self._work
        self.totals.take(update.jobs, work.overall.on_hand, is_idle=not work.is_busy)
        if update.busy_workers:
            self._undoing.undone.clear()
        if work.is_busy and self._is_told:
            self._is_told = False
            self._notices.said.hide()

    def _tell(self) -> None:
        overall = self._work.overall
        batches = overall.on_hand
        if batches and batches <= self._undoing.undone:
            return
        self._is_told = True
        offer = ("Undo this run", lambda: self._undoing.ask(batches))
        saved = f"{self.totals.sentence}." if self.totals.sentence else ""
        said = words.finished(overall.counts, reused=self.totals.reused)
        self._sentence = " ".join(filter(None, (said, saved)))
        offers = [offer] if overall.counts.done else []
        self._notices.say(self._sentence, offers, is_good=not overall.counts.failed)

    def _take_totals(self) -> None:
        """Say the newer sum, unless something else was said since the run ended."""
        self._status.show_saved(self.totals.sentence)
        said = self._notices.said
        if self._is_told and said.isVisible() and said.text == self._sentence:
            self._tell()
