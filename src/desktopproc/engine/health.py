"""Takes a figure of everything that matters once a second while the queue runs."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktopproc.core.stages import Stage
from desktopproc.engine.usage import Use, used_by

EVERY_S = 1.0
MOMENTS = 120
"""So many figures are kept: two minutes."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A slow drive that is read ahead; once it is open, jobs pass without waiting for it."""

    drive: str
    is_open: bool
    ahead: int  # bytes that were read, or are being read, and not used up


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the engine stands at one moment. `longest` is the job that runs longest, and since
    when by the wall clock."""

    waiting: int
    busy: int
    workers: int
    pids: Sequence[int]
    lacks_memory: bool = False
    gates: tuple[Gate, ...] = ()
    longest: tuple[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One figure of each kind: rates by the second, since the moment before; memory in bytes.

    `cpu` and `own_cpu` are processor cores that the workers and this process kept busy.
    """

    jobs: float = 0.0
    bytes_in: float = 0.0
    waiting: int = 0
    busy: int = 0
    workers: int = 0
    cpu: float = 0.0
    own_cpu: float = 0.0
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """One run of the queue until now, and its last moments, oldest first. Times are seconds.

    `busy` is the share of the workers' time in which they had work, `idle_memory` and `idle_disk`
    the shares in which they waited for memory, or for a slow drive that is read ahead; None where a
    run was over within a second. `stages` is what all workers spent in each `Stage`.
    """

    began: float  # wall clock
    seconds: float = 0.0
    is_over: bool = False
    jobs: int = 0
    bytes_in: int = 0
    stages: tuple[float, ...] = (0.0,) * len(Stage)
    busy: float | None = None
    idle_memory: float | None = None
    idle_disk: float | None = None
    peak_memory: int = 0
    gates: tuple[Gate, ...] = ()
    longest: tuple[int, float] | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def last(self) -> Moment:
        return self.moments[-1] if self.moments else Moment()

    def plain(self) -> dict[str, Any]:
        """As plain values, with the last moment only."""
        last = self.last
        return {
            "seconds": round(self.seconds, 3),
            "jobs": self.jobs,
            "bytes_in": self.bytes_in,
            "stages": {s.word: round(t, 4) for s, t in zip(Stage, self.stages, strict=True)},
            "busy": _rounded(self.busy),
            "idle_memory": _rounded(self.idle_memory),
            "idle_disk": _rounded(self.idle_disk),
            "peak_memory_bytes": self.peak_memory,
            "gates": [{"drive": g.drive, "open": g.is_open, "ahead": g.ahead} for g in self.gates],
            "longest_job": self.longest[0] if self.longest else None,
            "longest_since": self.longest[1] if self.longest else None,
            "jobs_per_second": round(last.jobs, 3),
            "bytes_per_second": round(last.bytes_in),
            "waiting": last.waiting,
            "busy_workers": last.busy,
            "workers": last.workers,
            "workers_cpu": round(last.cpu, 3),
            "own_cpu": round(last.own_cpu, 3),
            "memory_bytes": last.memory,
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


@dataclass(slots=True)
class _Sums:
    """What a run has come to; shares as sums over `count` moments."""

    began: float
    since: float
    jobs: int = 0
    bytes_in: int = 0
    stages: list[float] = field(default_factory=lambda: [0.0] * len(Stage))
    count: int = 0
    busy: float = 0.0
    memory: float = 0.0
    disk: float = 0.0
    peak: int = 0

    def share(self, total: float) -> float | None:
        return total / self.count if self.count else None


class Monitor:
    """Keeps the figures of the run that goes on. Engine thread only; costs nothing when idle."""

    def __init__(
        self,
        used: Callable[[Sequence[int]], Mapping[int, Use]] = used_by,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._used, self._clock = used, clock
        self._moments: deque[Moment] = deque(maxlen=MOMENTS)
        self._run: _Sums | None = None
        self._before = 0.0
        self._jobs_before = self._bytes_before = 0
        self._use_before: Mapping[int, Use] = {}
        self._own_before = 0.0

    def finished(self, stages: Sequence[float], bytes_in: int) -> None:
        """A job was written: the time that it took, and how large its files were."""
        if self._run is None:
            return
        self._run.jobs += 1
        self._run.bytes_in += bytes_in
        sums = self._run.stages
        for stage, seconds in enumerate(stages):
            sums[stage] += seconds

    def due(self) -> float | None:
        """When the next figures are wanted, in monotonic seconds; None when nothing runs."""
        return self._before + EVERY_S if self._run is not None else None

    def step(self, look: Callable[[], Standing], *, is_idle: bool) -> Health | None:
        """The figures, if it is time for new ones; `look` is called only then."""
        now = self._clock()
        if self._run is None:
            if not is_idle:
                self._begin(now, look())
            return None
        if not is_idle and now < self._before + EVERY_S:
            return None
        health = self._figures(now, look(), is_over=is_idle)
        if is_idle:
            self._run = None
        return health

    def _begin(self, now: float, standing: Standing) -> None:
        self._run = _Sums(time.time(), now)
        self._moments.clear()
        self._before = now
        self._jobs_before = self._bytes_before = 0
        self._use_before = self._used(standing.pids)
        self._own_before = time.process_time()

    def _figures(self, now: float, standing: Standing, *, is_over: bool) -> Health:
        assert self._run is not None
        run, moment = self._run, self._moment(now, standing)
        self._moments.append(moment)
        run.peak = max(run.peak, moment.memory)
        if not is_over:  # the end of a run says nothing of how busy it was
            _weigh(run, standing)
        return Health(
            began=run.began,
            seconds=now - run.since,
            is_over=is_over,
            jobs=run.jobs,
            bytes_in=run.bytes_in,
            stages=tuple(run.stages),
            busy=run.share(run.busy),
            idle_memory=run.share(run.memory),
            idle_disk=run.share(run.disk),
            peak_memory=run.peak,
            gates=standing.gates,
            longest=standing.longest,
            moments=tuple(self._moments),
        )

    def _moment(self, now: float, standing: Standing) -> Moment:
        """What happened since the last one."""
        assert self._run is not None
        span = max(now - self._before, 1e-3)
        use, own = self._used(standing.pids), time.process_time()
        before = self._use_before
        cpu = sum(each.cpu_s - (before[p].cpu_s if p in before else 0) for p, each in use.items())
        moment = Moment(
            jobs=(self._run.jobs - self._jobs_before) / span,
            bytes_in=(self._run.bytes_in - self._bytes_before) / span,
            waiting=standing.waiting,
            busy=standing.busy,
            workers=standing.workers,
            cpu=cpu / span,
            own_cpu=(own - self._own_before) / span,
            memory=sum(each.memory for each in use.values()),
        )
        self._before, self._use_before, self._own_before = now, use, own
        self._jobs_before, self._bytes_before = self._run.jobs, self._run.bytes_in
        return moment


def _weigh(run: _Sums, standing: Standing) -> None:
    """Add one moment to the sums."""
    run.count += 1
    workers = max(1, standing.workers)
    idle = max(0, workers - standing.busy) / workers
    run.busy += 1 - idle
    if standing.waiting and standing.lacks_memory:
        run.memory += idle
    elif standing.waiting and any(not gate.is_open for gate in standing.gates):
        run.disk += idle
