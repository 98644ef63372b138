"""Takes back what a run has made: asks once, then says what was and what was not undone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktopproc.core.errors import ProcError
from desktopproc.core.job import Counts
from desktopproc.gui import words
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.questions import Answer, Question, ask_undo
from desktopproc.gui.work import Work

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader
    from desktopproc.engine.undoing import Reversal

_SHOWN = 3


class Undoing(QObject):
    """`told` carries what could not be undone, `said` what was."""

    told = Signal(str)
    said = Signal(str)

    def __init__(self, window: QWidget, work: Work) -> None:
        super().__init__(window)
        self._window, self._work = window, work
        self._bridge = Bridge(self._answer, self)
        self.question: Question | None = None
        self.undone: set[int] = set()
        """Runs that were taken back and have not gone on since: their end is no news."""

    def ask(self, batches: Collection[int]) -> None:
        """Ask whether these runs shall be undone, with what that would mean."""
        numbers = tuple(batches)
        if not numbers or self.question is not None:
            return

        def count(reader: Reader) -> Counts:
            each = [reader.counts(number) for number in numbers]
            return Counts(
                done=sum(counts.done for counts in each),
                running=sum(counts.running for counts in each),
                waiting=sum(counts.open - counts.running for counts in each),
            )

        self._work.pages.ask("undo", count, lambda counts: self._question(numbers, counts))

    def close(self) -> None:
        """Tell nothing any more."""
        self._bridge.close()

    def _question(self, batches: tuple[int, ...], counts: Counts) -> None:
        if not counts.done:
            self.told.emit("There is nothing to undo: no job of this run is done.")
        elif counts.running:
            self.told.emit("Jobs of this run are running. Stop them, then undo the run.")
        elif self.question is None:
            then: Callable[[Answer], None] = lambda answer: self._take(batches, answer)  # noqa: E731
            self.question = ask_undo(self._window, counts, then)

    def _take(self, batches: tuple[int, ...], answer: Answer) -> None:
        self.question = None
        if answer is not Answer.UNDO:
            return
        engine = self._work.engine
        self.undone.update(batches)
        for batch in batches:
            engine.undo(batch).add_done_callback(self._bridge.post)

    def _answer(self, future: Future[Any]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            known = isinstance(error, ProcError)
            self.told.emit(str(error) if known else f"Unexpected error ({type(error).__name__}).")
            return
        undone: Reversal = future.result()
        self.said.emit(f"Undone: {words.count(undone.files, 'files')}.")
        if undone.left:
            more = len(undone.left) - _SHOWN
            rest = f" And {more:,} more." if more > 0 else ""
            self.told.emit(" ".join(undone.left[:_SHOWN]) + rest)
