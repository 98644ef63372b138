"""Undoes batches: a piece after the other is taken back on the disk, then in the queue file."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from desktopproc.engine.history import History, Undone
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.restoring import remove_folders, take_back


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of an undo: how many files were taken back, and a sentence for each other."""

    files: int
    left: tuple[str, ...]


@dataclass(slots=True)
class _Undo:
    """A batch that is being undone."""

    answer: "Future[Reversal]"
    last: int = 0  # the job up to which it is done
    files: int = 0
    left: list[str] = field(default_factory=list)


class Undoing:
    """The batches that are being undone. Engine thread only."""

    def __init__(
        self, history: History, io: IoPool, tag: str, post: Callable[[Callable[[], None]], None]
    ) -> None:
        """`post` is called from the I/O thread with what the engine thread is to do next."""
        self._history, self._io, self._tag = history, io, tag
        self._post = post
        self._open: dict[int, _Undo] = {}

    @property
    def is_empty(self) -> bool:
        return not self._open

    def is_open(self, batch: int) -> bool:
        return batch in self._open

    def begin(self, batch: int, answer: "Future[Reversal]", changed: Callable[[int], None]) -> None:
        """Take back what a batch did; `changed` hears of each job of which that is written."""
        self._open[batch] = _Undo(answer)
        self._next(batch, changed)

    def abandon(self) -> None:
        """The program ends: what is not taken back yet can be later."""
        self._open.clear()

    def _next(self, batch: int, changed: Callable[[int], None]) -> None:
        undo = self._open[batch]
        traces = self._history.done_after(batch, undo.last)
        if not traces:
            self._finish(batch)
            return
        undo.last = traces[-1].job

        def work() -> None:
            undone = take_back(traces, self._tag)
            self._post(lambda: self._written(batch, undone, changed))

        self._io.submit(work)

    def _written(self, batch: int, undone: list[Undone], changed: Callable[[int], None]) -> None:
        if batch not in self._open:  # abandoned
            return
        self._history.take_back(undone)
        undo = self._open[batch]
        for one in undone:
            undo.files += one.files
            undo.left += one.left
            changed(one.job)
        self._next(batch, changed)

    def _finish(self, batch: int) -> None:
        folders = self._history.folders(batch)

        def work() -> None:
            remove_folders(folders)
            self._post(lambda: self._answer(batch))

        self._io.submit(work)

    def _answer(self, batch: int) -> None:
        undo = self._open.pop(batch, None)
        if undo is not None:
            undo.answer.set_result(Reversal(undo.files, tuple(undo.left)))
