"""Learns what jobs take on this computer, and tells when the queue will be done."""

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from desktopproc.core.operation import Operation
from desktopproc.engine import forecast
from desktopproc.engine.crew import Crew
from desktopproc.engine.forecast import Cost, Going, Left, Pace, Pile, Shown, Trend
from desktopproc.engine.held import Held
from desktopproc.engine.plan import format_of
from desktopproc.engine.store import Store
from desktopproc.engine.trends import Trends

_FRESH_S = 0.5  # how often it is foretold anew
_KEEP_S = 30.0  # how often what was learned is written down
_ENOUGH = 16  # jobs of one class to learn from between two forecasts
_OTHER_OPERATION, _OTHER_FORMAT, _OTHER_OPTIONS = 1.0, 0.5, 0.5
"""By what factor (its logarithm) the times of such classes usually differ."""


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


class Class(NamedTuple):
    """Jobs that take alike: those of one operation, of one format, with the same options."""

    operation: str
    format: str = ""  # these are empty where all are meant
    options: str = ""

    @property
    def chain(self) -> tuple[tuple["Class", float], ...]:
        """From the widest class to this one, with how unlike the classes in the wider one are."""
        return (
            (Class(self.operation), _OTHER_OPERATION),
            (Class(self.operation, self.format), _OTHER_FORMAT),
            (self, _OTHER_OPTIONS),
        )


class Outlook:
    """Engine thread only. What it costs grows with the classes of jobs, not with the jobs."""

    def __init__(self, store: Store, operations: Mapping[str, Operation]) -> None:
        self._kept, self._reader, self._operations = Trends(store), store.reader, operations
        self._trends: dict[Class, Trend] = {}
        self._batches: dict[int, tuple[str, str]] = {}  # operation and a digest of the options
        self._ended: dict[Class, list[tuple[float, float]]] = {}
        self._changed: set[Class] = set()
        self._shared: dict[int, Held] = {}
        self._pace = Pace()
        self._busy = self._span = 0.0
        self._turned: float | None = None
        self._workers = 1
        self._was_wanted = False
        self._not_before = 0.0
        self._tasks = 0
        self._fresh_at = -_FRESH_S
        self._kept_at = time.monotonic()
        self._shown: Shown | None = None
        self._is_loaded = False

    # What happens

    def begun(self, held: Held) -> None:
        """A worker has begun with a job."""
        if held.since is None:
            held.since = time.monotonic()
            if held.is_shared:
                self._shared[held.claimed.id] = held

    def made(self, held: Held) -> None:
        """A worker is done with a job, in good order."""
        self._shared.pop(held.claimed.id, None)
        if held.since is None:
            return
        ended = self._ended.setdefault(self._class(held), [])
        if len(ended) < _ENOUGH:
            ended.append((held.claimed.weight, _spent(held, time.monotonic())))

    def turn(self, crew: Crew, waiting: Waiting) -> None:
        """Workers have begun and ended what they have: how many are at work from now on?"""
        now = time.monotonic()
        if self._turned is not None:
            passed = now - self._turned
            if self._was_wanted:
                self._busy += passed * self._tasks
                self._span += passed
            for job, held in self._shared.items():
                held.shared_s += passed * held.hands
                held.hands = crew.tasks_of(job)
        self._turned, self._tasks, self._workers = now, crew.at_work, crew.size
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
        now = time.monotonic()
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
        now = time.monotonic()
        going = [self._going(one, now) for one in held if not one.is_written]
        return forecast.left(
            self._piles(active),
            going,
            workers=self._workers,
            pace=self._pace,
            at_least_s=max(0.0, self._not_before - now),
        )

    def _piles(self, active: Collection[int]) -> list[Pile]:
        known: dict[Class, Cost] = {}
        piles = []
        for batch, sort, jobs, weight in self._reader.ahead(active):
            class_ = self._class_in(batch, sort.rpartition(" ")[0])
            if class_ not in known:
                known[class_] = self._cost(class_)
            piles.append(Pile(jobs, weight, known[class_], self._is_divisible(class_)))
        return piles

    def _going(self, held: Held, now: float) -> Going:
        class_ = self._class(held)
        spent = 0.0 if held.since is None else _spent(held, now)
        share = held.done / held.total if held.total and held.done < held.total else 0.0
        return Going(held.claimed.weight, self._cost(class_), spent, share, held.is_shared)

    def _is_divisible(self, class_: Class) -> bool:
        operation = self._operations.get(class_.operation)
        return operation is not None and operation.parts is not None

    # What is learned

    def _class(self, held: Held) -> Class:
        return self._class_in(held.claimed.batch, format_of(held.facts))

    def _class_in(self, batch: int, format_: str) -> Class:
        if batch not in self._batches:
            ordered = self._reader.options(batch)
            digest = hashlib.blake2b(ordered[1].encode(), digest_size=6).hexdigest()
            self._batches[batch] = ordered[0], digest
        operation, options = self._batches[batch]
        return Class(operation, format_, options)

    def _cost(self, class_: Class) -> Cost:
        cost = forecast.ANY
        for wider, unlike in class_.chain:
            cost = forecast.cost(self._trend(wider), cost, unlike)
        return cost

    def _trend(self, class_: Class) -> Trend:
        if not self._is_loaded:
            self._is_loaded = True
            self._trends |= {Class(*key): trend for key, trend in self._kept.all().items()}
        return self._trends.get(class_, Trend())

    def _learn(self) -> None:
        for class_, ended in self._ended.items():
            for weight, seconds in ended:
                self._learn_from(class_, weight, seconds)
        self._ended.clear()

    def _learn_from(self, class_: Class, weight: float, seconds: float) -> None:
        expected = forecast.ANY
        for wider, unlike in class_.chain:
            trend = self._trend(wider)
            expected = forecast.cost(trend, expected, unlike)
            self._trends[wider] = forecast.learned(trend, weight, seconds, expected)
            self._changed.add(wider)

    def _write(self) -> None:
        self._kept_at = time.monotonic()
        if self._changed:
            self._kept.keep({class_: self._trends[class_] for class_ in self._changed})
            self._changed.clear()


def _spent(held: Held, now: float) -> float:
    """Seconds of a worker that a job has had."""
    return held.shared_s if held.is_shared else now - (held.since or now)
