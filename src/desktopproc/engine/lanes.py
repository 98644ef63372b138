"""Keeps jobs back whose files a slow drive has yet to give, one lane for each such drive."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktopproc.core.job import Storage
from desktopproc.core.settings import Settings
from desktopproc.engine.disks import Disk, Disks
from desktopproc.engine.iopool import ThreadPool
from desktopproc.engine.readahead import Lane, Wanted, free_memory, window
from desktopproc.engine.schedule import LOOK_AHEAD

_FAR = 64  # jobs that are looked at where files have to be put in order
_KNOWN = 1000  # jobs whose way is remembered; more are forgotten jobs
_NETWORK_READERS = 4
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


@dataclass(frozen=True, slots=True)
class _Way:
    """How a job comes to its file: through a lane, or freely where that is None."""

    lane: Lane | None = None
    wanted: Wanted | None = None


class Lanes:
    """Engine thread only. Where every drive is fast, it costs nothing and keeps nothing back."""

    def __init__(
        self,
        settings: Settings,
        files: Files,
        deliver: Callable[[Callable[[], None]], None],
        ready: Callable[[], None],
    ) -> None:
        """`deliver` runs a call on the engine thread; `ready` says there that a job may start."""
        self._settings, self._files = settings, files
        self._deliver, self._ready = deliver, ready
        self._running: dict[str, _Running] = {}
        self._ways: dict[int, _Way] = {}  # of jobs that wait
        self._used: dict[int, Lane] = {}  # by jobs that workers have
        self.look_again()

    def configure(self, settings: Settings) -> None:
        """Take other settings for drives; what was read ahead is forgotten."""
        if (settings.storage, settings.drives) != (self._settings.storage, self._settings.drives):
            self.close()
        self._settings = settings
        self.look_again()

    def look_again(self) -> None:
        """Drives may have come: see whether one of them is slow."""
        self._disks = Disks(self._settings)
        found = [disk for disk in self._disks.all() if disk.storage is not Storage.SSD]
        self._is_needed = bool(found) or self._settings.storage in _SLOW

    @property
    def look_ahead(self) -> int:
        """How many waiting jobs are worth knowing: many only when few have their files ready."""
        few = any(running.lane.is_short for running in self._running.values())
        is_far = self._is_needed and (few or not self._running)
        return _FAR if is_far else LOOK_AHEAD

    def passed(
        self, waiting: Sequence[Candidate], in_hand: Collection[int], workers: int
    ) -> Sequence[Candidate]:
        """Those of the waiting jobs whose files can be had without waiting for a slow drive.

        The others are read ahead from now on. `in_hand` are the jobs that workers have.
        """
        if not self._is_needed:
            return waiting
        self._settle(in_hand)
        ids = [job for job, _, _ in waiting]
        self._find_out([job for job in ids if job not in self._ways])
        if not self._running:
            return waiting
        for running in self._running.values():
            if running.lane.is_short:
                self._offer(running.lane, ids, workers)
        if len(self._ways) > _KNOWN:
            self._ways = {job: self._ways[job] for job in ids}
        return [each for each in waiting if self._may_pass(self._ways[each[0]], each[0])]

    def take(self, job: int) -> None:
        """The job goes to a worker."""
        lane = self._ways.pop(job, _Way()).lane
        if lane is not None:
            lane.take(job)
            self._used[job] = lane

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
        lane = self._lane_for(self._disks.of(path))
        return _Way() if lane is None else _Way(lane, Wanted(job, path, size))

    def _lane_for(self, disk: Disk) -> Lane | None:
        if disk.storage not in _SLOW:
            return None
        if disk.key not in self._running:
            is_rotating = disk.storage is Storage.HDD
            readers = 1 if is_rotating else _NETWORK_READERS
            pool = ThreadPool(readers)
            lane = Lane(pool, self._deliver, self._ready, readers=readers, is_rotating=is_rotating)
            self._running[disk.key] = _Running(lane, pool)
        return self._running[disk.key].lane

    def _offer(self, lane: Lane, jobs: Sequence[int], workers: int) -> None:
        if lane.is_open:
            return
        ways = [self._ways[job] for job in jobs]
        wants = [way.wanted for way in ways if way.lane is lane and way.wanted is not None]
        largest = max((each.size for each in wants), default=0)
        lane.offer(wants, limit=window(largest, workers, free_memory()))
