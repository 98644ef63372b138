"""Stops asking a program that keeps failing, and tries it again after a rest."""

import time
from collections.abc import Callable

_LONGEST_REST_S = 900.0
RESTING = "LibreOffice failed several times and rests for a while."
"""What is told of a document that was made without it meanwhile."""


class Breaker:
    """A circuit breaker: `allows` before each use, then `succeeded` or `failed`.

    After `limit` failures in a row the program rests for `rest_s`; then one try is let through.
    If that fails too, the next rest is twice as long, up to a quarter of an hour. Only what the
    program itself does wrong counts (it hangs, dies, cannot be started), not a bad file.
    """

    def __init__(
        self, limit: int = 3, rest_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._first_rest_s = rest_s
        self._rest_s = rest_s
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    def allows(self) -> bool:
        """Whether the program may be asked now."""
        return self._failures < self._limit or self._clock() >= self._closed_until

    def succeeded(self) -> None:
        self._failures = 0
        self._rest_s = self._first_rest_s

    def failed(self) -> None:
        self._failures += 1
        if self._failures == self._limit:
            self._closed_until = self._clock() + self._rest_s
        elif self._failures > self._limit:  # the one try after a rest
            self._rest_s = min(2 * self._rest_s, _LONGEST_REST_S)
            self._closed_until = self._clock() + self._rest_s
