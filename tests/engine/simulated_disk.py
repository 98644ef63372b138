"""A disk with one head and a virtual clock: reads cost what they would, and nothing sleeps.

The service time is that of a drive of 7200 revolutions a minute: a seek grows with the square
root of its distance (Ruemmler and Wilkes, "An introduction to disk drive modeling", 1994), half a
revolution of waiting follows, then the data at 150 MB/s.
"""

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from desktopproc.engine.extents import Found
from desktopproc.engine.readahead import Reading

_SIZE = 2 << 40
_BYTES_S = 150e6
_HALF_TURN_S = 60 / 7200 / 2
_NEXT_TRACK_S, _FULL_STROKE_S = 0.001, 0.016


class SimulatedDisk:
    """Files that lie anywhere on it, and how the head moved when they were read."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._files: dict[Path, tuple[int, int]] = {}
        self._free = 1 << 30
        self._head = 0
        self._open = 0
        self.cached: set[Path] = set()
        self.seeks, self.seconds = 0, 0.0
        self.order: list[Path] = []
        self.most_at_once = 0

    def write(self, path: Path, size: int) -> Path:
        """Lay a file behind the last one."""
        self._files[path] = (self._free, size)
        self._free += size
        return path

    def scatter(self, path: Path, size: int) -> Path:
        """Lay a file anywhere."""
        self._files[path] = (self._chance.randrange(_SIZE - size), size)
        return path

    def place(self, path: Path) -> int:
        return self._files[path][0]

    def look(self, paths: Sequence[Path]) -> Found:
        ordered = sorted(paths, key=self.place)
        return Found(tuple(ordered), frozenset(path for path in paths if path in self.cached))

    def begin(self, path: Path) -> None:
        """A reader wants this file."""
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        self.order.append(path)

    def read(self, path: Path, is_over: Callable[[], bool]) -> Reading:
        """Read a whole file in one go."""
        assert not is_over()
        self.begin(path)
        start, size = self._files[path]
        took = size / _BYTES_S
        if start != self._head:
            share = abs(start - self._head) / _SIZE
            way = 5 / 6 * math.sqrt(share) + share / 6
            took += _NEXT_TRACK_S + (_FULL_STROKE_S - _NEXT_TRACK_S) * way + _HALF_TURN_S
            self.seeks += 1
        self._head = start + size
        self.seconds += took
        self._open -= 1
        self.cached.add(path)
        return Reading(size, took)
