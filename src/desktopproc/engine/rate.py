"""How fast the queue moves, and how long the rest will take, as a range."""

from collections import deque

_WINDOW_S = 8.0
_SOONEST_S = 1.0  # nothing is foretold from less than this
_SPREAD = 0.1  # even a steady batch is only known this well


class Rate:
    """Finished work over time; times are monotonic seconds given by the caller."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, float]] = deque()
        self._began: float | None = None
        self._weight = 0.0

    def begin(self, now: float) -> None:
        """Work starts after a rest: what was before says nothing of what comes."""
        self._ends.clear()
        self._began, self._weight = now, 0.0

    def add(self, now: float, weight: float) -> None:
        """A job of this weight was finished."""
        self._ends.append((now, weight))
        self._weight += weight
        while self._ends and self._ends[0][0] < now - _WINDOW_S:
            self._ends.popleft()

    def jobs_per_second(self, now: float) -> float | None:
        """Over the last seconds; None before anything was finished."""
        recent = [end for end in self._ends if end[0] > now - _WINDOW_S]
        if self._began is None or not recent:
            return None
        return len(recent) / max(0.05, now - max(self._began, now - _WINDOW_S))

    def seconds_left(self, now: float, weight: float) -> tuple[float, float] | None:
        """From the recent and the overall speed: the better and the worse of the two."""
        if self._began is None or not self._weight or now < self._began + _SOONEST_S:
            return None
        speeds = [self._weight / (now - self._began)]
        recent = sum(w for when, w in self._ends if when > now - _WINDOW_S)
        span = now - max(self._began, now - _WINDOW_S)
        if recent and span > 0:
            speeds.append(recent / span)
        return weight / max(speeds) * (1 - _SPREAD), weight / min(speeds) * (1 + _SPREAD)
