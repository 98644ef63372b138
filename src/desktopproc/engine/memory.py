"""Tells how much memory there is for jobs: the budget, what programs leave, and the pressure."""

import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from desktopproc.core.settings import Settings
from desktopproc.engine.usage import used_by

_ASSUMED = 4 << 30  # where the system does not tell
_IDLE_MB = 60.0  # of a worker that has nothing to do; 30 where it shares what it was forked with
RESIDENT_MB = 100.0  # what such a worker is told to have, with all that it shares, at most
_PRESSED = 10.0  # percent of the last 10 s in which programs waited for memory
_LOOK_EVERY_S = 1.0  # memory is given and taken all the time: no job needs to know better


class Budget:
    """What the workers of one engine may use together. Engine thread only.

    It is the setting's, or half of this computer's memory; never more than other programs leave.
    While programs wait for memory, jobs run one after the other.
    """

    def __init__(self, settings: Settings, workers: int, root: Path = Path("/")) -> None:
        """`root` is the folder in which /proc lies."""
        self._proc = root / "proc"
        self._looked_at = -_LOOK_EVERY_S
        self.configure(settings, workers)

    def configure(self, settings: Settings, workers: int) -> None:
        self._wanted_mb, self._workers = settings.memory_mb, workers
        self._look()

    def fair_mb(self) -> float:
        """What each of as many jobs as workers may need without anybody asking for the others."""
        if time.monotonic() >= self._looked_at + _LOOK_EVERY_S:
            self._look()
        return self._fair_mb

    def keepable_mb(self) -> float:
        """What a worker may have when its job is over; more would be missing for others."""
        return RESIDENT_MB + self.fair_mb()

    def room_mb(self, held_mb: float, used_mb: float = 0.0) -> float:
        """What further jobs may need while others need `held_mb`, of which they have `used_mb`."""
        if self._is_pressed:
            return 0.0
        return min(self._most_mb, self._free_mb + min(used_mb, held_mb)) - held_mb

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        total, free = _system(self._proc)
        budget = self._wanted_mb or total / 2e6
        self._most_mb = budget - self._workers * _IDLE_MB
        self._free_mb = free / 1e6
        self._is_pressed = _pressure(self._proc) > _PRESSED
        self._fair_mb = max(0.0, self.room_mb(0.0)) / self._workers


def used_mb(workers: Iterable[int]) -> float:
    """What these worker processes have taken beyond what an idle one has."""
    uses = used_by(workers).values()
    return sum([max(0.0, use.memory / 1e6 - RESIDENT_MB) for use in uses])


def free_memory() -> int:
    """Bytes that can be had without taking them from programs."""
    return system_memory()[1]


def system_memory() -> tuple[int, int]:
    """Bytes of this computer's memory in all, and those that are free for programs."""
    return _system(Path("/proc"))


def _system(proc: Path) -> tuple[int, int]:
    """Bytes of memory in all, and those that are free for programs: proc_meminfo(5)."""
    if not sys.platform.startswith("linux"):
        import psutil  # deferred: Linux needs none

        found = psutil.virtual_memory()
        return int(found.total), int(found.available)
    sizes = {"MemTotal": _ASSUMED, "MemAvailable": _ASSUMED}
    with suppress(OSError):
        for line in (proc / "meminfo").read_text("ascii").splitlines():
            name, _, value = line.partition(":")
            if name in sizes:
                sizes[name] = int(value.split()[0]) * 1024
    return sizes["MemTotal"], sizes["MemAvailable"]


def _pressure(proc: Path) -> float:
    """Percent of the last 10 s in which some program waited for memory; 0 where nobody tells.

    "some avg10=1.23 avg60=..." in /proc/pressure/memory: kernel documentation, accounting/psi.
    """
    with suppress(OSError, ValueError, IndexError):
        words = (proc / "pressure/memory").read_text("ascii").split()
        return float(words[1].removeprefix("avg10="))
    return 0.0
