"""How fast the queue moves."""

from collections import deque

_WINDOW_S = 8.0


class Rate:
    """Finished jobs over time; times are monotonic seconds given by the caller."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque()
        self._began: float | None = None

    def begin(self, now: float) -> None:
        """Work starts after a rest: what was before says nothing of what comes."""
        self._ends.clear()
        self._began = now

    def add(self, now: float) -> None:
        """A job was finished."""
        self._ends.append(now)
        while self._ends and self._ends[0] < now - _WINDOW_S:
            self._ends.popleft()

    def jobs_per_second(self, now: float) -> float | None:
        """Over the last seconds; None before anything was finished."""
        recent = sum(1 for end in self._ends if end > now - _WINDOW_S)
        if self._began is None or not recent:
            return None
        return recent / max(0.05, now - max(self._began, now - _WINDOW_S))
