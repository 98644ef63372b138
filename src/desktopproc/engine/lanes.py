"""Keeps jobs back whose files a slow drive has yet to give, one lane for each such drive."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktopproc.core.job import Storage
from desktopproc.core.settings import Concurrency, Settings
from desktopproc.engine.disks import Disk, Disks
from desktopproc.engine.health import Gate
from desktopproc.engine.iopool import ThreadPool
from desktopproc.engine.limits import Limit, Meter, Turn
from desktopproc.engine.memory import free_memory
from desktopproc.engine.readahead import Lane, Wanted, window
from desktopproc.engine.schedule import LOOK_AHEAD

_FAR = 64  # jobs that are looked at where files have to be put in order
_FEW = 8
_SLOW = frozenset({Storage.HDD, Storage.NETWORK})

Candidate = tuple[int, int, float]
"""A waiting job: id, priority, weight."""


class Files(Protocol):
    """Who knows which file a job is about."""

    def single_files(self, jobs: Sequence[int]) -> Mapping[int, tuple[Path, int]]:
        """Path and size of the file of each job that has one file only."""
        ...


@dataclass(frozen=True, slots=True)
class _Running:
    """A lane with the threads that read for it."""

    lane: Lane
    pool: ThreadPool
    meter: Meter | None  # of starts of jobs; None where any number may start


@dataclass(frozen=True, slots=True)
class _Way:
    """How a job comes to its file: through a lane, or freely where that is None."""

    lane: Lane | None = None
    wanted: Wanted | None = None
    meter: Meter | None = None


class Lanes:
    """Engine thread only. Where every drive is fast, it costs nothing and keeps nothing back."""

    def __init__(
        self,
        settings: Settings,
        files: Files,
        deliver: Callable[[Callable[[], None]], None],
        ready: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deliver` runs a call on the engine thread; `ready` says there that a job may start."""
        self._settings, self._files = settings, files
        self._clock = clock
        self.turn = Turn()
        self._deliver, self._ready = deliver, ready
        self._running: dict[str, _Running] = {}
        self._ways: dict[int, _Way] = {}  # of jobs that wait
        self._used: dict[int, Lane] = {}  # by jobs that workers have
        self.look_again()

    def configure(self, settings: Settings) -> None:
        """Take other settings for drives; what was read ahead is forgotten."""
        if _wishes(settings) != _wishes(self._settings):
            self.close()
        self._settings = settings
        self.look_again()

    def look_again(self) -> None:
        """Drives may have come: see whether one of them is slow."""
        self._disks = Disks(self._settings)
        found = [disk for disk in self._disks.all() if disk.storage is not Storage.SSD]
        self._reads_all = self._settings.concurrency is Concurrency.HYBRID
        self._is_needed = bool(found) or self._settings.storage in _SLOW or self._reads_all

    def passed(
        self,
        waiting: Callable[[int], Sequence[Candidate]],
        in_hand: Collection[int],
        workers: int,
    ) -> Sequence[Candidate]:
        """Those of the next jobs whose files can be had without waiting for a slow drive.

        `waiting` tells so many of the next jobs. More are asked for, and their files read ahead,
        when few can pass. `in_hand` are the jobs that workers have.
        """
        near = waiting(LOOK_AHEAD)
        if not self._is_needed:
            return near
        self._settle(in_hand)
        passing = self._passing(near)
        if len(passing) >= min(_FEW, len(near)):
            return passing
        far = waiting(_FAR)
        self._ways = {job: way for job, _, _ in far if (way := self._ways.get(job)) is not None}
        passing = self._passing(far)
        for running in self._running.values():
            self._offer(running.lane, [job for job, _, _ in far], workers)
        return passing

    def _passing(self, waiting: Sequence[Candidate]) -> list[Candidate]:
        self._find_out([job for job, _, _ in waiting if job not in self._ways])
        passing = [each for each in waiting if self._may_pass(self._ways[each[0]], each[0])]
        for running in self._running.values():
            if running.meter is not None:
                passing = self._metered(passing, running.meter)
        return passing

    def _metered(self, passing: Sequence[Candidate], meter: Meter) -> list[Candidate]:
        """The jobs without those of a drive for which it is too soon."""
        theirs = [job for job, _, _ in passing if self._ways[job].meter is meter]
        late = set(theirs[int(min(meter.room(), len(theirs))) :])
        if late:
            self.turn.at = meter.due()
        return [each for each in passing if each[0] not in late]

    def gates(self) -> tuple[Gate, ...]:
        """The slow drives that files were wanted from."""
        return tuple(
            Gate(drive, running.lane.is_open, running.lane.ahead)
            for drive, running in self._running.items()
        )

    def take(self, job: int) -> None:
        """The job goes to a worker."""
        way = self._ways.pop(job, _Way())
        if way.meter is not None:
            way.meter.take()
        if way.lane is not None:
            way.lane.take(job)
            self._used[job] = way.lane

    def close(self) -> None:
        """Read nothing more."""
        for running in self._running.values():
            running.lane.close()
        for running in self._running.values():
            running.pool.close()
        self._running.clear()
        self._ways.clear()
        self._used.clear()

    def _may_pass(self, way: _Way, job: int) -> bool:
        return way.lane is None or way.lane.is_ready(job)

    def _settle(self, in_hand: Collection[int]) -> None:
        """Give back the bytes of jobs that no worker has any more, however that came."""
        for job in [job for job in self._used if job not in in_hand]:
            self._used.pop(job).release(job)

    def _find_out(self, jobs: Sequence[int]) -> None:
        files = self._files.single_files(jobs) if jobs else {}
        for job in jobs:
            self._ways[job] = self._way(job, *files[job]) if job in files else _Way()

    def _way(self, job: int, path: Path, size: int) -> _Way:
        running = self._running_for(self._disks.of(path))
        if running is None:
            return _Way()
        return _Way(running.lane, Wanted(job, path, size), running.meter)

    def _running_for(self, disk: Disk) -> _Running | None:
        if disk.storage not in _SLOW and not self._reads_all:
            return None
        if disk.key not in self._running:
            is_rotating = disk.storage is not Storage.NETWORK  # SSDs too are read by one, in order
            readers = 1 if is_rotating else self._settings.network_at_once or _FAR
            pool = ThreadPool(readers)
            lane = Lane(pool, self._deliver, self._ready, readers=readers, is_rotating=is_rotating)
            self._running[disk.key] = _Running(lane, pool, self._meter(disk))
        return self._running[disk.key]

    def _meter(self, disk: Disk) -> Meter | None:
        per_s = self._settings.network_per_s if disk.storage is Storage.NETWORK else 0.0
        return Meter(Limit(per_s=per_s), self._clock) if per_s else None

    def _offer(self, lane: Lane, jobs: Sequence[int], workers: int) -> None:
        if lane.is_open:
            return
        ways = [self._ways[job] for job in jobs]
        wants = [way.wanted for way in ways if way.lane is lane and way.wanted is not None]
        largest = max((each.size for each in wants), default=0)
        lane.offer(wants, limit=window(largest, workers, free_memory()))


def _wishes(settings: Settings) -> tuple[object, ...]:
    """What decides which drives have a lane, and what that is like."""
    network = settings.network_at_once, settings.network_per_s
    return settings.storage, settings.drives, settings.concurrency, *network
