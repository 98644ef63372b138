"""Finds a job in the list by its number, whatever the list shows just now, and selects its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractItemView

from desktopproc.core.job import Job
from desktopproc.gui.filters import Wanted
from desktopproc.gui.pages import Pages
from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import Rows
from desktopproc.gui.tab_bar import FilterBar

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader


class Finding(QObject):
    """One job at a time; a later wish takes the place of an earlier one."""

    def __init__(self, view: RowView, rows: Rows, filters: FilterBar, pages: Pages) -> None:
        super().__init__(view)
        self._view, self._rows, self._filters, self._pages = view, rows, filters, pages
        self._job: int | None = None
        self._place: int | None = None
        rows.shifted.connect(self._go)

    def find(self, job: int) -> None:
        """Select the row of this job, under "All"; a job that left the list is not found."""
        self._job, self._place = job, None
        self._filters.show_all()

        def place(reader: Reader) -> int | None:
            return reader.place(job)

        self._pages.ask("place", place, self._take_place)

    def _take_place(self, place: int | None) -> None:
        self._place = place
        self._go()

    def _go(self) -> None:
        """Select the row once the list shows everything and has it."""
        if self._job is None or self._place is None or self._rows.wanted != Wanted():
            return
        if self._place >= self._rows.jobs:
            return
        row = self._rows.row(self._place)
        if isinstance(row, Job) and row.id != self._job:  # still what another tab has shown
            return
        self._job = None
        self._view.selectRow(self._place)
        index = self._rows.index(self._place, 0)
        self._view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
