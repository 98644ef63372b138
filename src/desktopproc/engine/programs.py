"""Knows for all workers which programs of others jobs may ask now, and how many jobs at once."""

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktopproc.core.settings import Settings
from desktopproc.engine.breaker import Breaker
from desktopproc.engine.limits import Limit, Meter, Turn


@dataclass(frozen=True, slots=True)
class _Program:
    breaker: Breaker
    meter: Meter


class Programs:
    """They go by their titles. Engine thread only."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, _Program] = {}
        self._admitted: dict[int, tuple[str, ...]] = {}  # by job
        self.turn = Turn()
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        self._limit = Limit(settings.outside_at_once, settings.outside_per_s)
        for program in self._known.values():
            program.meter.limit = self._limit

    def room(self, names: Collection[str], used: Mapping[str, int]) -> float:
        """How many more jobs that ask all of these may start; `used` workers are at them."""
        programs = [(self._of(name), used.get(name, 0)) for name in names]
        dues = [due for program, _ in programs if (due := program.meter.due()) is not None]
        if dues:
            self.turn.at = max(dues)
        return _least(
            min(program.meter.room(count), program.breaker.room(count))
            for program, count in programs
        )

    def share(self, names: Collection[str], used: Mapping[str, int]) -> float:
        """How many more workers may join a job that asks these, whatever the pace."""
        at_once = self._limit.at_once or math.inf
        counts = [(name, used.get(name, 0)) for name in names]
        return _least(
            min(max(0, at_once - count), self._of(name).breaker.room(count))
            for name, count in counts
        )

    def admit(self, job: int, names: Sequence[str]) -> tuple[str, ...]:
        """A job starts that would ask these: those that it may. A start is counted for each."""
        may_ask = tuple([name for name in names if self._of(name).breaker.admit(job)])
        for name in may_ask:
            self._of(name).meter.take()
        if may_ask:
            self._admitted[job] = may_ask
        return may_ask

    def resting(self, but: Collection[str]) -> tuple[str, ...]:
        """Those that a job is to do without; any job may be told."""
        known = self._known.items()
        return tuple([name for name, one in known if name not in but and one.breaker.rests()])

    def heard(self, job: int, name: str, *, is_well: bool) -> bool:
        """How a program did for a job; whether it begins to rest now."""
        breaker = self._of(name).breaker
        if not is_well:
            return breaker.failed(job)
        breaker.succeeded()
        return False

    def settle(self, is_at_work: Callable[[int], bool]) -> bool:
        """Find the admitted jobs that are not at work any more; whether there are any."""
        over = [job for job in self._admitted if not is_at_work(job)]
        for job in over:
            for name in self._admitted.pop(job):
                self._of(name).breaker.ended(job)
        return bool(over)

    def _of(self, name: str) -> _Program:
        if name not in self._known:
            breaker = Breaker(clock=self._clock)
            self._known[name] = _Program(breaker, Meter(self._limit, self._clock))
        return self._known[name]


def _least(rooms: Iterable[float]) -> float:
    return min(rooms, default=math.inf)
