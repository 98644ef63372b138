"""Decides how many jobs may start where number or pace is limited; the clock is given."""

import math
from collections.abc import Callable
from dataclasses import dataclass

_WHOLE = 1.0 - 1e-9  # of a token: the wait for it is computed, and that rounds


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and so many starts a second; 0 is no limit."""

    at_once: int = 0
    per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket at one moment, in monotonic seconds: each start takes a token.

    Tokens come back at the limit's pace. As many gather as a second brings, one at least.
    """

    tokens: float = math.inf
    at: float = 0.0


def tokens(bucket: Bucket, limit: Limit, now: float) -> float:
    """How many tokens there are now; without a limit there is no end of them."""
    if not limit.per_s:
        return math.inf
    return min(max(1.0, limit.per_s), bucket.tokens + (now - bucket.at) * limit.per_s)


def taken(bucket: Bucket, limit: Limit, now: float) -> Bucket:
    """The bucket after a start, which may leave a debt."""
    return Bucket(tokens(bucket, limit, now) - 1.0, now) if limit.per_s else Bucket()


def room(bucket: Bucket, limit: Limit, now: float, used: int) -> float:
    """How many may start now while `used` are at it; infinite where nothing limits it."""
    free = limit.at_once - used if limit.at_once else math.inf
    there = tokens(bucket, limit, now)
    if math.isfinite(there):
        there = math.floor(there + 1.0 - _WHOLE)
    return max(0.0, min(free, there))


def next_token(bucket: Bucket, limit: Limit, now: float) -> float | None:
    """When the next start may be, by its pace alone; None where that is now."""
    there = tokens(bucket, limit, now)
    return None if there >= _WHOLE else now + (1.0 - there) / limit.per_s


class Meter:
    """Counts starts against a limit that may change, by a clock of monotonic seconds."""

    def __init__(self, limit: Limit, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._clock = clock
        self._bucket = Bucket()

    def room(self, used: int = 0) -> float:
        """How many may start now."""
        return room(self._bucket, self.limit, self._clock(), used)

    def take(self) -> None:
        """One starts."""
        self._bucket = taken(self._bucket, self.limit, self._clock())

    def due(self) -> float | None:
        """When its pace lets the next one start; None where that is now."""
        return next_token(self._bucket, self.limit, self._clock())


class Turn:
    """When a job may start for which it was too soon; nobody looks before."""

    def __init__(self) -> None:
        self.at: float | None = None  # monotonic seconds; None where no job waits for its turn

    def wake(self, now: float) -> bool:
        """Whether that time has come."""
        if self.at is None or now < self.at:
            return False
        self.at = None
        return True
