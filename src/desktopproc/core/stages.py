"""Tells where the time of a job goes: reading, decoding, processing, encoding, writing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from types import TracebackType


class Stage(IntEnum):
    """What a job is busy with; the value is the place of its time in `Stopwatch.times`.

    What nobody marks is processing. A picture that is decoded strip by strip while it is resized
    counts as decoding. Checking a finished file counts as writing.
    """

    READ = 0
    DECODE = 1
    PROCESS = 2
    ENCODE = 3
    WRITE = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class Stopwatch:
    """Seconds of one job by stage, each moment counted once; for one thread."""

    __slots__ = ("_since", "_spent", "_stage")

    def __init__(self) -> None:
        self._spent = [0.0] * len(Stage)
        self._stage = Stage.PROCESS
        self._since = time.perf_counter()

    def turn(self, stage: Stage) -> Stage:
        """Count for this stage from now on; the one that was counted for until now."""
        now = time.perf_counter()
        before = self._stage
        self._spent[before] += now - self._since
        self._stage, self._since = stage, now
        return before

    def times(self) -> tuple[float, ...]:
        """Seconds in each stage until now."""
        self.turn(self._stage)
        return tuple(self._spent)


_RUNNING: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


@contextmanager
def measuring() -> Iterator[Stopwatch]:
    """Measure what this thread does in the body; other threads measure for themselves."""
    watch = Stopwatch()
    token = _RUNNING.set(watch)
    try:
        yield watch
    finally:
        _RUNNING.reset(token)


class _Span:
    """A stretch of one stage; a class, because a generator would cost twice as much."""

    __slots__ = ("_before", "_stage", "_watch")

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __enter__(self) -> None:
        self._watch = _RUNNING.get()
        if self._watch is not None:
            self._before = self._watch.turn(self._stage)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watch is not None:
            self._watch.turn(self._before)


def during(stage: Stage) -> _Span:
    """Count the body for this stage, where a job is measured at all; no `yield` inside it."""
    return _Span(stage)
