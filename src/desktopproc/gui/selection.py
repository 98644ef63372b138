"""What the selected rows are asked to do: jobs through the engine, added files on the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktopproc.core.job import FINAL, Job, Priority, State
from desktopproc.gui import places
from desktopproc.gui.compare_dialog import pair_of
from desktopproc.gui.filters import Wanted
from desktopproc.gui.passwords import is_locked
from desktopproc.gui.row_buttons import Button
from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import Rows
from desktopproc.gui.staging import Staged
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader

_SOON_ENOUGH = 200  # selections up to this size are resolved from memory, without the queue file
_PORTION = 500
_ENDED_BADLY = frozenset({State.FAILED, State.CANCELLED, State.SKIPPED})


def ids_at(reader: Reader, wanted: Wanted, parts: Sequence[range]) -> list[int]:
    """The jobs that stand at these positions under a filter; runs on the reader's thread.

    In small portions: a hundred thousand rows at once would keep every other thread waiting.
    """
    states, text = wanted.tab.states, wanted.text
    return [
        job.id
        for part in parts
        for start in range(part.start, part.stop, _PORTION)
        for job in reader.page(
            states=states, text=text, offset=start, limit=min(_PORTION, part.stop - start)
        )
    ]


class Selection(QObject):
    """Verbs for the selected rows of one view."""

    def __init__(self, view: RowView, rows: Rows, work: Work) -> None:
        super().__init__(view)
        self._view, self._rows, self._work = view, rows, work

    def cancel(self) -> None:
        self._with_jobs(self._work.engine.cancel)

    def retry(self) -> None:
        self._with_jobs(self._work.retry)

    def locked(self) -> list[Job | Staged]:
        """The selected rows that need a password."""
        return [row for row in self._rows_in_memory() or [] if is_locked(row)]

    def prioritise(self, priority: Priority) -> None:
        self._with_jobs(lambda jobs: self._work.engine.prioritise(jobs, priority))

    def remove(self) -> None:
        """Take added files and finished jobs off the list; the rest stays."""
        self._work.unstage([row.key for row in self._staged()])
        self._with_jobs(self._work.clear)

    def move(self, step: int) -> None:
        """Let the selected added files change places with the one before (-1) or behind (1)."""
        staged = self._staged()
        numbers = [n for n in map(self._rows.position, staged) if n is not None]
        if numbers:
            self.put(max(numbers[0] - 1, self._rows.jobs) if step < 0 else numbers[-1] + 2)

    def put(self, number: int) -> None:
        """Put the selected added files before the row at this position."""
        row = self._rows.row(number)
        before = row.key if isinstance(row, Staged) else None
        self._work.arrange([staged.key for staged in self._staged()], before)

    def press(self, number: int, button: Button) -> None:
        """Do what the button of one row says."""
        row = self._rows.row(number)
        if isinstance(row, Staged):
            self._work.unstage([row.key])
        elif row is not None and button is Button.CANCEL:
            self._work.engine.cancel([row.id])
        elif row is not None and button is Button.RETRY:
            self._work.retry([row.id])
        elif row is not None and row.outputs:
            self._follow(row, places.reveal)

    def open_result(self) -> None:
        self._follow(self._view.current(), places.open_file)

    def reveal(self) -> None:
        self._follow(self._view.current(), places.reveal)

    def reveal_source(self) -> None:
        row = self._view.current()
        if isinstance(row, Staged):
            places.reveal(row.facts.path)
        elif row is not None and row.inputs:
            places.reveal(row.inputs[0])

    def copy_path(self) -> None:
        """Copy the path of the result, or of the file itself while there is none."""
        row = self._view.current()
        if isinstance(row, Staged):
            paths = [row.facts.path]
        elif row is not None:
            paths = list(row.outputs if row.state is State.DONE else row.inputs)
        else:
            return
        QGuiApplication.clipboard().setText("\n".join(map(str, paths)))

    def job(self) -> Job | None:
        """The job of the current row."""
        row = self._view.current()
        return row if isinstance(row, Job) else None

    def batches(self) -> list[int]:
        """The run that the current row belongs to."""
        job = self.job()
        return [] if job is None else [job.batch]

    def allowed(self) -> dict[str, bool]:
        """Which actions have a meaning for the rows selected now; a large selection may all."""
        rows = self._rows_in_memory()
        if rows is None:
            always = ("cancel", "retry", "remove", "up", "down", "first", "usual", "last")
            return dict.fromkeys(always, True) | dict.fromkeys(_SINGLE, False)
        jobs = [row for row in rows if isinstance(row, Job)]
        has_staged = len(jobs) < len(rows)
        has_waiting = any(job.state in {State.WAITING, State.DELAYED} for job in jobs)
        row = self._view.current()
        has_result = isinstance(row, Job) and row.state is State.DONE and bool(row.outputs)
        return {
            "cancel": any(not job.state.is_final for job in jobs),
            "retry": any(job.state in _ENDED_BADLY for job in jobs),
            "unlock": any(map(is_locked, rows)),
            "remove": has_staged or any(job.state in FINAL for job in jobs),
            "up": has_staged,
            "down": has_staged,
            "first": has_waiting,
            "usual": has_waiting,
            "last": has_waiting,
            "open_result": has_result,
            "reveal": has_result,
            "reveal_source": row is not None,
            "copy_path": row is not None,
            "copy_command": isinstance(row, Job),
            "undo": has_result,
            "compare": pair_of(row) is not None,
        }

    def _follow(self, row: Job | Staged | None, way: Callable[..., bool]) -> None:
        if not isinstance(row, Job) or not row.outputs:
            return
        if not row.outputs[0].exists():
            self._work.told.emit(f"{row.outputs[0].name} is not there any more.")
        else:
            way(row.outputs[0])

    def _rows_in_memory(self) -> list[Job | Staged] | None:
        if self._view.chosen_number() > _SOON_ENOUGH:
            return None
        numbers = (number for part in self._view.chosen() for number in part)
        return [row for row in map(self._rows.row, numbers) if row is not None]

    def _staged(self) -> list[Staged]:
        first = self._rows.jobs
        numbers = (n for part in self._view.chosen() for n in part if n >= first)
        return [row for row in map(self._rows.row, numbers) if isinstance(row, Staged)]

    def _with_jobs(self, then: Callable[[list[int]], object]) -> None:
        """Call `then` with the ids of the selected jobs, read in the background when many."""
        rows = self._rows_in_memory()
        if rows is not None:
            jobs = [row.id for row in rows if isinstance(row, Job)]
            if jobs:
                then(jobs)
            return
        last, wanted = self._rows.jobs, self._rows.wanted
        parts = [range(p.start, min(p.stop, last)) for p in self._view.chosen() if p.start < last]
        self._work.pages.ask("selection", lambda reader: ids_at(reader, wanted, parts), then)


_SINGLE = (
    *("open_result", "reveal", "reveal_source", "copy_path", "unlock"),
    *("copy_command", "undo", "compare"),
)
