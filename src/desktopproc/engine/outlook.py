"""Learns what jobs take on this computer, and tells when the queue will be done."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

from desktopproc.core.operation import Operation
from desktopproc.core.settings import Settings
from desktopproc.engine import forecast
from desktopproc.engine.capacity import available_cores
from desktopproc.engine.forecast import Cost, Drift, Going, Left, Pace, Pile, Shown, Spared
from desktopproc.engine.held import Held
from desktopproc.engine.plan import format_of
from desktopproc.engine.reader import Reader
from desktopproc.engine.store import Store
from desktopproc.engine.trends import Class, Trends, cost, trends_in

_FRESH_S = 0.5  # how often it is foretold anew
_KEEP_S = 30.0  # how often what was learned is written down
_ENOUGH = 16  # jobs of a class and bucket to learn from between two forecasts


class Workers(Protocol):
    """Who knows what workers do."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    @property
    def at_work(self) -> int:
        """How many of them are at work."""
        ...

    def tasks_of(self, job: int, /) -> int:
        """How many of them have a job."""
        ...


class Waiting(Protocol):
    """Who knows what waits."""

    @property
    def is_wanted(self) -> bool:
        """Whether jobs may wait for a worker, or for their turn."""
        ...

    @property
    def not_before(self) -> float:
        """When the last delayed job is tried again, in monotonic seconds."""
        ...


class Outlook:
    """Engine thread only. What it costs grows with the classes of jobs, not with the jobs."""

    def __init__(
        self,
        store: Store,
        operations: Mapping[str, Operation],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trends, self._reader, self._operations = Trends(store), store.reader, operations
        self._clock = clock
        self._classes: dict[tuple[int, str], Class] = {}  # by batch and format
        self._ended: dict[tuple[Class, int], list[tuple[float, float]]] = {}
        self._spared: dict[int, Spared] = {}  # by batch
        self._shared: dict[int, Held] = {}
        self._pace, self._drift = Pace(), Drift()
        self._busy = self._span = 0.0
        self._turned: float | None = None
        self._workers = 1
        self._was_wanted = False
        self._not_before = 0.0
        self._tasks = 0
        self._fresh_at = -_FRESH_S
        self._kept_at = self._clock()
        self._shown: Shown | None = None

    # What happens

    def begun(self, held: Held) -> None:
        """A worker has begun with a job."""
        if held.since is None:
            held.since = self._clock()
            if held.is_shared:
                self._shared[held.claimed.id] = held

    def made(self, held: Held, by_worker_s: float, *, is_served: bool) -> None:
        """A worker is done with a job, in good order; it may have been served what was kept.

        Its beginning and its end are heard together where jobs are short: then its worker knows
        better how long it was at it.
        """
        self._shared.pop(held.claimed.id, None)
        if held.since is None:
            return
        batch, seconds = held.claimed.batch, _spent(held, self._clock())
        if not held.is_shared and by_worker_s > seconds:
            self._busy += by_worker_s - seconds
            seconds = by_worker_s
        before = self._spared.get(batch, Spared())
        self._spared[batch] = forecast.spared(before, seconds, is_served=is_served)
        if is_served:
            return
        weight = held.claimed.weight
        ended = self._ended.setdefault((self._class(held), forecast.bucket(weight)), [])
        if len(ended) < _ENOUGH:
            ended.append((weight, seconds))

    def turn(self, workers: Workers, waiting: Waiting) -> None:
        """Workers have begun and ended jobs: how many are at work from now on?"""
        now = self._clock()
        if self._turned is not None:
            passed = now - self._turned
            if self._was_wanted:
                self._busy += passed * self._tasks
                self._span += passed
            for job, held in self._shared.items():
                held.shared_s += passed * held.hands
                held.hands = workers.tasks_of(job)
        self._turned, self._tasks, self._workers = now, workers.at_work, workers.size
        self._was_wanted, self._not_before = waiting.is_wanted, waiting.not_before

    def rested(self) -> None:
        """Nothing is left to do for now: write down what was learned."""
        self._turned = self._shown = None
        self._fresh_at = -_FRESH_S
        self._shared.clear()
        self._learn()
        self._write()

    # What is told

    def seconds_left(
        self, active: Collection[int], held: Iterable[Held]
    ) -> tuple[float, float] | None:
        """The range in which these batches will be done, from now."""
        now = self._clock()
        if now >= self._fresh_at + _FRESH_S:
            self._fresh_at = now
            self._learn()
            fresh = self._foretold(active, held)
            self._shown = forecast.steadied(self._shown, fresh, now) if fresh else None
            if now >= self._kept_at + _KEEP_S:
                self._write()
        if self._shown is None:
            return None
        return max(0.0, self._shown.first - now), max(0.0, self._shown.last - now)

    def _foretold(self, active: Collection[int], held: Iterable[Held]) -> Left | None:
        self._pace = forecast.kept_up(self._pace, self._busy, self._span)
        self._busy = self._span = 0.0
        now = self._clock()
        going = [self._going(one, now) for one in held if not one.is_written]
        return forecast.left(
            self._piles(active),
            going,
            workers=self._workers,
            pace=self._pace,
            at_least_s=max(0.0, self._not_before - now),
        )

    def _piles(self, active: Collection[int]) -> list[Pile]:
        known: dict[tuple[int, Class], Cost] = {}
        piles = []
        for batch, sort, jobs, weight in self._reader.ahead(active):
            class_ = self._class_in(batch, sort.rpartition(" ")[0])
            if (batch, class_) not in known:
                spared = self._spared.get(batch, Spared())
                known[batch, class_] = forecast.relieved(self._cost(class_), spared)
            is_divisible = _is_divisible(class_, self._operations)
            piles.append(Pile(jobs, weight, known[batch, class_], is_divisible))
        return piles

    def _going(self, held: Held, now: float) -> Going:
        class_ = self._class(held)
        spent = 0.0 if held.since is None else _spent(held, now)
        share = held.done / held.total if held.total and held.done < held.total else 0.0
        return Going(held.claimed.weight, self._cost(class_), spent, share, held.is_shared)

    def _cost(self, class_: Class) -> Cost:
        return forecast.slowed(self._trends.cost(class_), self._drift)

    # What is learned

    def _class(self, held: Held) -> Class:
        return self._class_in(held.claimed.batch, format_of(held.facts))

    def _class_in(self, batch: int, format_: str) -> Class:
        if (batch, format_) not in self._classes:
            operation, options = self._reader.options(batch)
            self._classes[batch, format_] = Class.of(operation, format_, options)
        return self._classes[batch, format_]

    def _learn(self) -> None:
        for (class_, _), ended in self._ended.items():
            for weight, seconds in ended:
                foretold = self._trends.learn(class_, weight, seconds)
                self._drift = forecast.drifted(self._drift, seconds, foretold)
        self._ended.clear()

    def _write(self) -> None:
        self._kept_at = self._clock()
        self._trends.write()


def _spent(held: Held, now: float) -> float:
    """Seconds of a worker that a job has had."""
    return held.shared_s if held.is_shared else now - (held.since or now)


def foretold(
    reader: Reader, operations: Mapping[str, Operation], settings: Settings
) -> tuple[float, float] | None:
    """The range, in seconds, in which all that waits would be done with these settings.

    From the queue file alone, for whoever does not run it; on the thread of the reader.
    """
    workers = settings.cpu_workers or available_cores()
    known, piles = trends_in(reader), []
    batches = [batch.id for batch in reader.batches(only_open=True)]
    for batch, sort, jobs, weight in reader.ahead(batches):
        operation, options = reader.options(batch)
        class_ = Class.of(operation, sort.rpartition(" ")[0], options)
        piles.append(Pile(jobs, weight, cost(known, class_), _is_divisible(class_, operations)))
    left = forecast.left(piles, (), workers=workers)
    return None if left is None else (left.low, left.high)


def _is_divisible(class_: Class, operations: Mapping[str, Operation]) -> bool:
    operation = operations.get(class_.operation)
    return operation is not None and operation.parts is not None
