"""Stops asking a program that keeps failing, and has one job try it again after a rest."""

import math
import time
from collections.abc import Callable

_LONGEST_REST_S = 900.0


class Breaker:
    """A circuit breaker over the jobs of one engine, which go by their numbers.

    When `limit` jobs in a row have failed by the program's fault, it rests for `rest_s`: jobs do
    without it. After that one job tries it, and the others go on without. If that fails too, the
    next rest is twice as long, up to a quarter of an hour.

    A program that has shown nothing good yet, or has just failed, is tried by so few jobs at once
    that all of them may fail without exceeding `limit`.
    """

    def __init__(
        self, limit: int = 3, rest_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._first_rest_s = self._rest_s = rest_s
        self._clock = clock
        self._failed: set[int] = set()  # jobs since the last success
        self._trial: int | None = None  # the job that tries it after a rest
        self._rests_until: float | None = None
        self._is_proven = False

    def rests(self) -> bool:
        """Whether jobs are to do without it."""
        if self._rests_until is None:
            return False
        return self._trial is not None or self._clock() < self._rests_until

    def room(self, trying: int) -> float:
        """How many more jobs may start with it while `trying` are at it.

        While it rests that is no question: they do without.
        """
        if self._is_proven or self._rests_until is not None:
            return math.inf
        return max(0, self._limit - len(self._failed) - trying)

    def admit(self, job: int) -> bool:
        """Whether a job that starts may ask it; after a rest the first one is the trial."""
        if self.rests():
            return False
        if self._rests_until is not None:
            self._trial = job
        return True

    def ended(self, job: int) -> None:
        """A job is over; if it was the trial and told nothing, another one may be."""
        if self._trial == job:
            self._trial = None

    def succeeded(self) -> None:
        self._failed.clear()
        self._trial = self._rests_until = None
        self._rest_s = self._first_rest_s
        self._is_proven = True

    def failed(self, job: int) -> bool:
        """Note a failure; whether a rest begins with it. Those of one job count once."""
        self._is_proven = False
        if self._rests_until is None:
            self._failed.add(job)
            if len(self._failed) < self._limit:
                return False
        elif job == self._trial or not self.rests():
            self._rest_s = min(2 * self._rest_s, _LONGEST_REST_S)
        else:
            return False  # it began before the rest
        self._trial = None
        self._rests_until = self._clock() + self._rest_s
        return True
