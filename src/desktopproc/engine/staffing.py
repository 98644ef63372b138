"""Decides when one more worker is started ahead, and when idle ones have rested long enough."""

import math
from dataclasses import dataclass

_SPARE_AFTER_S = 1.0  # a run that is shorter than this needs no spare worker


@dataclass(slots=True)
class Staffing:
    """Times are monotonic seconds, told by the caller.

    While there is work, one worker more than are busy stays, so that one that ends is replaced at
    once; after that as many stay as `least` says. The others go when they were not needed for the
    whole time of rest.
    """

    _spare_at: float = math.inf
    _since: float | None = None  # from when on there were too many
    _peak: int = 0  # how many were busy at most in that time

    def started(self, now: float) -> None:
        """A worker was started because it was needed."""
        self._spare_at = now + _SPARE_AFTER_S

    def wants_spare(self, now: float, *, busy: int, idle: int, size: int) -> bool:
        """Whether it is time to start one that has nothing to do yet."""
        return self._is_short(busy, idle, size) and now >= self._spare_at

    def surplus(self, now: float, *, busy: int, idle: int, least: int, rest_s: float) -> int:
        """How many of the idle ones have to go now."""
        if busy + idle <= _kept(busy, least):
            self._since = None
            return 0
        if self._since is None:
            self._since, self._peak = now, busy
        self._peak = max(self._peak, busy)
        if not rest_s or now < self._since + rest_s:
            return 0
        self._since = None
        return min(idle, busy + idle - _kept(self._peak, least))

    def due(self, *, busy: int, idle: int, size: int, rest_s: float) -> float | None:
        """When to ask again, if nothing changes until then."""
        if self._since is not None and rest_s:
            return self._since + rest_s
        return self._spare_at if self._is_short(busy, idle, size) else None

    def _is_short(self, busy: int, idle: int, size: int) -> bool:
        return 0 < busy <= size and not idle and self._spare_at < math.inf


def _kept(busy: int, least: int) -> int:
    return max(least, busy + 1 if busy else 0)
