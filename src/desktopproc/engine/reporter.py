"""Tells the listener what changed, at most ten times a second, in frozen snapshots."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from desktopproc.core.job import Counts, Job, State
from desktopproc.engine.capacity import Capacity
from desktopproc.engine.health import Health, Monitor
from desktopproc.engine.held import Held
from desktopproc.engine.outlook import Outlook
from desktopproc.engine.rate import Rate
from desktopproc.engine.reader import Reader
from desktopproc.engine.update import Update

_EVERY_S = 0.1


class Reporter:
    """Collects changes between two updates. Engine thread only."""

    def __init__(
        self,
        reader: Reader,
        listener: Callable[[Update], None],
        monitor: Monitor,
        outlook: Outlook,
    ) -> None:
        self._reader, self._monitor, self._outlook = reader, monitor, outlook
        self._listener = listener
        self._changed: set[int] = set()
        self._structure = False
        self._dirty = True
        self._sentences: list[str] = []
        self._told_at = 0.0
        self._rate = Rate()
        self._was_idle = True
        self._health: Health | None = None
        self._quiet_workers = 0

    def fitted(self, capacity: Capacity) -> None:
        """So much of this computer is used from now on."""
        workers = capacity.workers if capacity.is_quiet else 0
        self._dirty = self._dirty or workers != self._quiet_workers
        self._quiet_workers = workers

    def changed(self, job: int) -> None:
        self._changed.add(job)
        self._dirty = True

    def begun(self, held: Held) -> None:
        self._outlook.begun(held)

    def made(self, held: Held, seconds: float, *, is_served: bool) -> None:
        self._outlook.made(held, seconds, is_served=is_served)

    def worked(self, stages: Sequence[float], bytes_in: int) -> None:
        self._monitor.finished(stages, bytes_in)

    def finished(self) -> None:
        self._rate.add(time.monotonic())

    def restructured(self) -> None:
        """Rows came or went: pages must be read again."""
        self._structure = self._dirty = True

    def say(self, sentence: str) -> None:
        self._sentences.append(sentence)
        self._dirty = True

    def feel(self, health: Health) -> None:
        """Tell these figures with the next update."""
        self._health = health
        self._dirty = True

    def due(self) -> float | None:
        """When the next update may go out, in monotonic seconds; None when nothing changed."""
        return self._told_at + _EVERY_S if self._dirty else None

    def step(
        self,
        held: Mapping[int, Held],
        running: Iterable[int],
        active: Collection[int],
        *,
        busy: int,
        is_idle: bool,
    ) -> bool:
        """Send an update if one is due; whether it was."""
        now = time.monotonic()
        if self._was_idle and not is_idle:
            self._rate.begin(now)
            self._was_idle = False
        if is_idle and not self._was_idle:
            self._was_idle = self._dirty = True
            self._outlook.rested()
            self._told_at = 0.0
        if not self._dirty or now < self._told_at + _EVERY_S:
            return False
        self._told_at = now
        left = None if is_idle else self._outlook.seconds_left(active, held.values())
        self._send(now, held, set(running), set(active), left, busy=busy, is_idle=is_idle)
        return True

    def _send(
        self,
        now: float,
        held: Mapping[int, Held],
        running: set[int],
        active: set[int],
        left: tuple[float, float] | None,
        *,
        busy: int,
        is_idle: bool,
    ) -> None:
        view = Overlay(held, running)
        counts = view.counts(self._reader.counts(), held)
        batches = {b.id: b for b in self._reader.batches(only_open=True)}
        jobs = tuple(map(view.job, self._reader.jobs(sorted(self._changed))))
        concerned = active | batches.keys() | {job.batch for job in jobs}
        update = Update(
            jobs=jobs,
            counts=counts,
            batch_counts={id_: self._reader.counts(id_) for id_ in concerned},
            paused={id_: b.pause_reason for id_, b in batches.items() if b.is_paused},
            structure_changed=self._structure,
            rate=None if is_idle else self._rate.jobs_per_second(now),
            seconds_left=left,
            busy_workers=busy,
            quiet_workers=self._quiet_workers,
            message=" ".join(self._sentences),
            is_idle=is_idle,
            health=self._health,
        )
        self._health = None
        self._changed.clear()
        self._sentences.clear()
        self._structure = self._dirty = False
        self._listener(update)


class Overlay:
    """What the queue file does not know: progress, and which claimed jobs have not begun."""

    def __init__(self, held: Mapping[int, Held], running: set[int]) -> None:
        self._held = held
        self._running = running

    def _has_begun(self, held: Held) -> bool:
        return held.claimed.id in self._running or held.is_written

    def job(self, job: Job) -> Job:
        held = self._held.get(job.id)
        if held is None or job.state is not State.RUNNING:
            return job
        if not self._has_begun(held):
            return replace(job, state=State.WAITING)
        return replace(
            job, done=held.done, total=held.total, is_stopping=held.wish is State.CANCELLED
        )

    def counts(self, counts: Counts, held: Mapping[int, Held]) -> Counts:
        unbegun = sum(1 for one in held.values() if not self._has_begun(one))
        return replace(counts, running=counts.running - unbegun, waiting=counts.waiting + unbegun)
