"""Tells how much memory jobs are likely to need, and how much there is for them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from desktopproc.core.job import Facts
from desktopproc.core.settings import Settings

SMALL = 20.0
"""Jobs of less work than this (megapixels, pages) need so little that nobody asks."""

_BYTES_A_PIXEL = 16  # four channels of 16 bits, and a second copy of them while they change
_ASSUMED = 4 << 30  # where the system does not tell
_PROGRAM_MB = 100.0  # of a worker that has nothing to do: interpreter and libraries


def need_mb(pixels: float) -> float:
    """What a picture of so many pixels takes when it is decoded as a whole."""
    return pixels * _BYTES_A_PIXEL / 1e6


def need_of(files: Iterable[Facts]) -> float:
    """Megabytes that a job needs beyond an idle worker's: those of its largest picture."""
    pixels = ((facts.width or 0) * (facts.height or 0) for facts in files)
    return need_mb(max(pixels, default=0))


def room_mb(settings: Settings, workers: int, held_mb: float) -> float:
    """Megabytes that further jobs may need while others need `held_mb`.

    The budget is the setting's, or half of this computer's memory; never more than programs leave.
    """
    total, free = system_memory()
    budget = settings.memory_mb or total / 2e6
    return min(budget - workers * _PROGRAM_MB - held_mb, free / 1e6)


def free_memory() -> int:
    """Bytes that can be had without taking them from programs."""
    return system_memory()[1]


def system_memory() -> tuple[int, int]:
    """Bytes of memory in all, and those that are free for programs: proc_meminfo(5)."""
    if not sys.platform.startswith("linux"):
        import psutil  # deferred: Linux needs none

        found = psutil.virtual_memory()
        return int(found.total), int(found.available)
    sizes = {"MemTotal": _ASSUMED, "MemAvailable": _ASSUMED}
    for line in Path("/proc/meminfo").read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name in sizes:
            sizes[name] = int(value.split()[0]) * 1024
    return sizes["MemTotal"], sizes["MemAvailable"]
