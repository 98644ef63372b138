"""The list's rows: a window of the queue file in memory, and the added files after it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktopproc.core.job import Job, State
from desktopproc.core.operation import Operation
from desktopproc.gui import row_text
from desktopproc.gui.filters import Wanted
from desktopproc.gui.pages import Pages
from desktopproc.gui.staging import Staged, Staging

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader

PAGE = 200
_PAGES_KEPT = 6
Row = Job | Staged
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the queue under a filter: how many rows, and some pages of them."""

    wanted: Wanted
    jobs: int
    pages: dict[int, list[Job]]


def look(reader: Reader, wanted: Wanted, numbers: Sequence[int]) -> Snapshot:
    """Read a snapshot; runs on the reader's thread."""
    states, text = wanted.tab.states, wanted.text
    if states is not None and not states:
        return Snapshot(wanted, 0, {})
    jobs = reader.count(states=states, text=text)
    pages = {
        number: reader.page(states=states, text=text, offset=number * PAGE, limit=PAGE)
        for number in numbers
        if number * PAGE < jobs
    }
    return Snapshot(wanted, jobs, pages)


class Rows(QAbstractTableModel):
    """Jobs first, in the order of the queue, then the staged files.

    Only `_PAGES_KEPT` pages of jobs are in memory; a row that is not is None until its page
    arrives. `shifting` and `shifted` surround a change after which rows may stand elsewhere.
    """

    shifting = Signal()
    shifted = Signal()

    def __init__(self, pages: Pages, staging: Staging, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = pages
        self._staging = staging
        self._wanted = Wanted()
        self._jobs = 0
        self._pages: OrderedDict[int, list[Job]] = OrderedDict()
        self._where: dict[int, int] = {}
        self._live: dict[int, Job] = {}
        self._staged: list[Staged] = []
        self._places: dict[int, int] | None = None  # of staged files, when they are asked for
        self._operation: Operation | None = None
        self._is_looking = False
        self._is_stale = False

    @property
    def wanted(self) -> Wanted:
        return self._wanted

    @property
    def jobs(self) -> int:
        """How many of the rows are jobs; staged files follow."""
        return self._jobs

    @property
    def operation(self) -> Operation | None:
        """The operation that staged files are judged by."""
        return self._operation

    def show(self, wanted: Wanted) -> None:
        """Show another tab or another search; the rows change when the answer is there."""
        self._wanted = wanted
        self._pages.clear()
        self._where.clear()
        self._look()

    def judge(self, operation: Operation | None) -> None:
        """Say of staged files whether this operation takes them."""
        self._operation = operation
        self._touch(range(self._jobs, self.rowCount()))

    def take(self, changed: Iterable[Job], *, is_structure: bool) -> None:
        """Show the newer versions of rows in memory, and look again where rows may have moved."""
        touched: list[int] = []
        has_moved = False
        for job in changed:
            self._follow(job)
            row = self._where.get(job.id)
            if row is not None:
                page = self._pages[row // PAGE]
                has_moved = has_moved or page[row % PAGE].state is not job.state
                page[row % PAGE] = job
                touched.append(row)
            else:
                has_moved = True
        self._touch(touched)
        if is_structure or (has_moved and (self._wanted.tab.is_shifting or self._wanted.text)):
            self._look()

    def restage(self) -> None:
        """Show the staged files as they are now."""
        self.shifting.emit()
        self._set_staged(self._wanted)
        self.shifted.emit()

    def look(self) -> None:
        """Read everything shown again, the queue and the staged files in one change."""
        self._look()

    def row(self, number: int) -> Row | None:
        """The row at a position; None while its page is on the way."""
        if number >= self._jobs:
            place = number - self._jobs
            return self._staged[place] if place < len(self._staged) else None
        page = self._pages.get(number // PAGE)
        if page is None:
            self._want(number // PAGE)
            return None
        self._pages.move_to_end(number // PAGE)
        place = number % PAGE
        return page[place] if place < len(page) else None

    def holds(self, number: int) -> bool:
        """Whether a row is in memory; asking does not load it."""
        return number >= self._jobs or number // PAGE in self._pages

    def position(self, row: Row) -> int | None:
        """Where a row stands now, if it is in memory."""
        if isinstance(row, Job):
            return self._where.get(row.id)
        if self._places is None:
            self._places = {staged.key: place for place, staged in enumerate(self._staged)}
        place = self._places.get(row.key)
        return None if place is None else self._jobs + place

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return self._jobs + len(self._staged)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words only; the view paints rows itself."""
        if role not in _WORDS:
            return None
        row = self.row(index.row())
        return None if row is None else _WORDS[role](row, self._operation)

    def _touch(self, rows: Sequence[int]) -> None:
        """Tell views about changed rows, neighbours together."""
        if isinstance(rows, range):
            if rows:
                self._say(rows[0], rows[-1])
            return
        start = last = None
        for row in sorted(set(rows)):
            if last is None or row != last + 1:
                if start is not None and last is not None:
                    self._say(start, last)
                start = row
            last = row
        if start is not None and last is not None:
            self._say(start, last)

    def _say(self, first: int, last: int) -> None:
        last = min(last, self.rowCount() - 1)
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))

    def _want(self, number: int) -> None:
        """Ask for one more page; of pages scrolled past, only the newest two are still wanted."""
        wanted = self._wanted
        self._source.ask(f"page {number % 2}", lambda r: look(r, wanted, [number]), self._take_page)

    def _take_page(self, snapshot: Snapshot) -> None:
        if snapshot.wanted != self._wanted:
            return
        self._keep(snapshot.pages)
        for number, page in snapshot.pages.items():
            self._touch(range(number * PAGE, number * PAGE + len(page)))

    def _look(self) -> None:
        """Read the count and the pages in memory again; one such question at a time."""
        if self._is_looking:
            self._is_stale = True
            return
        self._is_looking, self._is_stale = True, False
        wanted = self._wanted
        numbers = list(self._pages)[-2:] or [0]
        self._source.ask("look", lambda r: look(r, wanted, numbers), self._take_look)

    def _take_look(self, snapshot: Snapshot) -> None:
        self._is_looking = False
        if snapshot.wanted == self._wanted:
            self._apply(snapshot)
        if self._is_stale or snapshot.wanted != self._wanted:
            self._look()

    def _apply(self, snapshot: Snapshot) -> None:
        self.shifting.emit()
        self._set_staged(snapshot.wanted)
        self._resize_jobs(snapshot.jobs)
        self._pages.clear()
        self._where.clear()
        self._keep(snapshot.pages)
        self._touch(range(self._jobs))
        self.shifted.emit()

    def _resize_jobs(self, jobs: int) -> None:
        """Grow or shrink the part of the jobs at its end, where staged files begin."""
        root = QModelIndex()
        if jobs > self._jobs:
            self.beginInsertRows(root, self._jobs, jobs - 1)
            self._jobs = jobs
            self.endInsertRows()
        elif jobs < self._jobs:
            self.beginRemoveRows(root, jobs, self._jobs - 1)
            self._jobs = jobs
            self.endRemoveRows()

    def _set_staged(self, wanted: Wanted) -> None:
        rows = self._staging.rows(wanted.text) if wanted.tab.has_staged else []
        self._places = None
        root, before, after = QModelIndex(), len(self._staged), len(rows)
        if after > before:
            self.beginInsertRows(root, self._jobs + before, self._jobs + after - 1)
            self._staged = rows
            self.endInsertRows()
        elif after < before:
            self.beginRemoveRows(root, self._jobs + after, self._jobs + before - 1)
            self._staged = rows
            self.endRemoveRows()
        self._staged = rows
        self._touch(range(self._jobs, self._jobs + min(before, after)))

    def _keep(self, pages: dict[int, list[Job]]) -> None:
        for number, page in pages.items():
            self._forget(number)
            self._pages[number] = page = [self._newest(job) for job in page]
            for place, job in enumerate(page):
                self._where[job.id] = number * PAGE + place
        while len(self._pages) > _PAGES_KEPT:
            self._forget(next(iter(self._pages)))

    def _forget(self, number: int) -> None:
        for job in self._pages.pop(number, []):
            self._where.pop(job.id, None)

    def _follow(self, job: Job) -> None:
        """Keep what only the engine knows of a job that has begun: how far it is."""
        if job.state is State.RUNNING:
            self._live[job.id] = job
        else:
            self._live.pop(job.id, None)

    def _newest(self, job: Job) -> Job:
        """A job as it was read, with its progress; what was claimed but not begun still waits."""
        if job.state is not State.RUNNING:
            return job
        return self._live.get(job.id) or replace(job, state=State.WAITING)


_WORDS: dict[int, Callable[[Row, Operation | None], str]] = {
    Qt.ItemDataRole.DisplayRole: row_text.spoken,
    Qt.ItemDataRole.AccessibleTextRole: row_text.spoken,
    Qt.ItemDataRole.ToolTipRole: row_text.tip,
}
