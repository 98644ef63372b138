"""Says how much of this computer jobs may take now, and how far they stand back for others."""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass

from desktopproc.core.settings import Concurrency, Quiet, Settings
from desktopproc.engine.memory import Budget
from desktopproc.engine.surroundings import Surroundings

_QUIET_NICE = 10
_LOOK_EVERY_S = 5.0
_BUSY_CORES = 0.5  # more than this used by others means that somebody works with this computer
_BEGIN_LOOKS, _END_LOOKS = 2, 6  # one is chance, and a pause in somebody's work is not its end


@dataclass(frozen=True, slots=True)
class Capacity:
    """Processes that work at the same time, cores they use together, and their nice level."""

    workers: int
    cores: int
    nice: int = 0
    is_quiet: bool = False

    @property
    def threads(self) -> int:
        """How many threads each worker may have where all of them work."""
        return max(1, self.cores // self.workers)

    def shared_by(self, jobs: int) -> int:
        """How many threads each of so many jobs may have where there are no others."""
        return max(1, self.cores // max(1, jobs))


def capacity(settings: Settings, cores: int, *, is_quiet: bool) -> Capacity:
    """What the settings allow on so many cores; half of it in quiet mode, at least one worker."""
    most = settings.cpu_workers or cores
    if is_quiet:
        most = max(1, most // 2)
    workers = 1 if settings.concurrency is Concurrency.ONE else most
    nice = max(settings.nice, _QUIET_NICE) if is_quiet else settings.nice
    return Capacity(workers, most, nice, is_quiet)


class Stance:
    """The capacity in force, and the memory budget that goes with it. Engine thread only.

    It looks around only while there is work. Times are monotonic seconds.
    """

    def __init__(self, settings: Settings, surroundings: Surroundings | None = None) -> None:
        self._around = surroundings or Surroundings()
        self._cores = available_cores()
        self.budget = Budget(settings, self._cores)
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        """Take other settings; what was seen before counts no more."""
        self._settings = settings
        self._is_quiet = settings.quiet is Quiet.ALWAYS
        self._looked_at = -_LOOK_EVERY_S
        self._used: tuple[float, float] | None = None  # by all and by us, when we last looked
        self._busy_looks = self._calm_looks = 0
        self._decide()

    def due(self, *, is_busy: bool) -> float | None:
        """When to look around again; None while it does not matter."""
        if not is_busy or self._settings.quiet not in {Quiet.BATTERY, Quiet.WORK}:
            return None
        return self._looked_at + _LOOK_EVERY_S

    def step(self, workers: Collection[int], *, is_busy: bool) -> bool:
        """Look around if it is time to; whether the capacity is another one now."""
        due, now = self.due(is_busy=is_busy), time.monotonic()
        return due is not None and now >= due and self.look(now, workers)

    def look(self, at: float, workers: Collection[int]) -> bool:
        """See what else is going on; whether the capacity is another one now."""
        before = self.now
        if self._settings.quiet is Quiet.BATTERY:
            self._is_quiet = self._around.is_on_battery()
        else:
            self._note_others(at - self._looked_at, workers)
        self._looked_at = at
        self._decide()
        return self.now != before

    def _note_others(self, seconds: float, workers: Collection[int]) -> None:
        used = self._around.used_seconds(), self._around.own_seconds(workers)
        before, self._used = self._used, used
        if before is None or seconds > 2 * _LOOK_EVERY_S:  # there was a rest in between
            return
        others = (used[0] - before[0] - max(0.0, used[1] - before[1])) / seconds
        is_busy = others > _BUSY_CORES
        self._busy_looks = self._busy_looks + 1 if is_busy else 0
        self._calm_looks = 0 if is_busy else self._calm_looks + 1
        if self._busy_looks >= _BEGIN_LOOKS:
            self._is_quiet = True
        elif self._calm_looks >= _END_LOOKS:
            self._is_quiet = False

    def _decide(self) -> None:
        self.now = capacity(self._settings, self._cores, is_quiet=self._is_quiet)
        self.budget.configure(self._settings, self.now.workers)


def available_cores() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
