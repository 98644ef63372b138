"""Gathers finished temp files into groups and gives each group its names, off the engine thread."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from desktopproc.core.errors import Failure
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.outputs import Placement, place_group
from desktopproc.engine.records import Leaving, Spent, Stamp

_GROUP_BYTES = 64 * 2**20
_GROUP_JOBS = 200
_GROUP_S = 1.0

Results = list[tuple["Ready", list[Failure | None]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A job whose temp files are complete: where they go, and what to record of it."""

    job: int
    placements: tuple[Placement, ...]
    seconds: float
    notes: tuple[str, ...]
    log: str
    spent: Spent
    moves: tuple[Leaving, ...] = ()
    is_reused: bool = False
    stamps: tuple[Stamp, ...] = ()

    @property
    def size(self) -> int:
        """Of all its files together, in bytes."""
        return sum([file.size for placement in self.placements for file in placement.files])


class Committer:
    """One group at a time is being placed; the next one gathers meanwhile. Engine thread only."""

    def __init__(
        self,
        io: IoPool,
        announce: Callable[[list[Ready]], None],
        deliver: Callable[[Results], None],
    ) -> None:
        """`announce` writes down a group before it gets its names; `deliver` is called from the
        I/O thread with what came of it."""
        self._io = io
        self._announce = announce
        self._deliver = deliver
        self._waiting: list[Ready] = []
        self._bytes = 0  # of all that waits
        self._since = 0.0
        self._in_flight = 0

    @property
    def is_empty(self) -> bool:
        return not self._waiting and not self._in_flight

    def add(self, ready: Ready) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(ready)
        self._bytes += ready.size

    def due(self) -> float | None:
        """When the waiting group is old enough, in monotonic seconds."""
        return self._since + _GROUP_S if self._waiting and not self._in_flight else None

    def step(self, *, is_idle: bool) -> None:
        """Send the waiting group off if it is large or old enough, or nothing else happens."""
        if not self._waiting or self._in_flight:
            return
        is_large = len(self._waiting) >= _GROUP_JOBS or self._bytes >= _GROUP_BYTES
        if not (is_idle or is_large or time.monotonic() >= self._since + _GROUP_S):
            return
        group, self._waiting, self._bytes = self._waiting, [], 0
        self._in_flight = len(group)
        self._announce(group)
        self._io.submit(lambda: self._place(group))

    def landed(self) -> None:
        """The group in flight was delivered."""
        self._in_flight = 0

    def _place(self, group: list[Ready]) -> None:
        results = place_group([ready.placements for ready in group])
        self._deliver(list(zip(group, results, strict=True)))
