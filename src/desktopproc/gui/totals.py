"""What the work on hand has saved, bytes and work, read from the queue file once in a while."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktopproc.core.job import Job, State
from desktopproc.gui import words
from desktopproc.gui.pages import Pages

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader

_LEAST_MS = 1000
_SHARE = 20  # the sum is read for at most a twentieth of the time


def read(
    reader: Reader, alike: Collection[int], batches: Collection[int]
) -> tuple[int, int, int, float]:
    """Bytes before and after, results that were there before, and the seconds that asking took.

    Bytes are those of the batches that are `alike`. Runs on the reader's thread.
    """
    start = time.perf_counter()
    before, after = reader.sizes(alike)
    return before, after, reader.reused(batches), time.perf_counter() - start


class Totals(QObject):
    """`changed` when there is a newer sum. Asks once a second at most, less if that is slow.

    Only batches count in which every result is of the same kind as its source: a text is no
    smaller PDF.
    """

    changed = Signal()

    def __init__(self, pages: Pages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._alike: set[int] = set()
        self._mixed: set[int] = set()
        self._on_hand: frozenset[int] = frozenset()
        self._is_asking = self._is_stale = False
        self._timer = QTimer(self, singleShot=True, interval=_LEAST_MS)
        self._timer.timeout.connect(self._ask)
        self.sentence = ""
        self.reused = 0  # jobs whose results were there before

    def take(self, jobs: Collection[Job], on_hand: frozenset[int], *, is_idle: bool) -> None:
        """Note what has changed; the sum follows in a while, at once when the work is over."""
        done = [job for job in jobs if job.state is State.DONE]
        for job in done:
            (self._alike if words.is_comparable(job) else self._mixed).add(job.batch)
        if on_hand != self._on_hand:
            self._on_hand = on_hand
            self._is_stale = True
        self._is_stale = self._is_stale or bool(done)
        if self._is_stale and not self._is_asking:
            if is_idle:
                self._ask()
            elif not self._timer.isActive():
                self._timer.start()

    def _ask(self) -> None:
        if self._is_asking:
            return
        self._timer.stop()
        batches = self._on_hand
        alike = (self._alike - self._mixed) & batches
        self._is_asking, self._is_stale = True, False
        self._pages.ask("totals", lambda reader: read(reader, alike, batches), self._answer)

    def _answer(self, sums: tuple[int, int, int, float]) -> None:
        before, after, self.reused, took_s = sums
        self._is_asking = False
        self._timer.setInterval(max(_LEAST_MS, int(_SHARE * 1000 * took_s)))
        if self._is_stale:
            self._timer.start()
        self.sentence = words.total_saving(before, after)
        self.changed.emit()
