"""Chooses who starts next: jobs of the queue file that drives, programs and memory let through."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from desktopproc.core.errors import ProcError
from desktopproc.engine.admission import Admission
from desktopproc.engine.contexts import Contexts
from desktopproc.engine.crew import Candidate, Crew
from desktopproc.engine.held import Held
from desktopproc.engine.lanes import Lanes
from desktopproc.engine.ledger import Ledger, Waiting
from desktopproc.engine.programs import Programs
from desktopproc.engine.schedule import HEAVY, PLENTY, pick


@dataclass(frozen=True, slots=True)
class Chosen:
    """Jobs, and parts below zero, and the line that they were chosen from."""

    ids: Sequence[int]
    line: Sequence[Candidate]


class Line:
    """The jobs that wait to start. Engine thread only."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        lanes: Lanes,
        crew: Crew,
        contexts: Contexts,
        programs: Programs,
        admission: Admission,
    ) -> None:
        self._ledger, self._lanes, self._crew = ledger, lanes, crew
        self._contexts, self._programs, self._admission = contexts, programs, admission
        self._may_wait = False
        self.lacks_memory = False  # whether a job waits for others to end that leave it no room
        self._is_held_back = False  # jobs wait, as far as is known, for their turn at a program
        self._asking: dict[int, tuple[str, ...]] = {}  # programs by batch, () where there are none

    @property
    def is_wanted(self) -> bool:
        """Whether jobs may wait for a worker, or for their turn."""
        return self._may_wait or self._is_held_back

    def look_again(self) -> None:
        """Something may wait: jobs were added, retried, resumed or given back."""
        self._may_wait = True

    def has_waiting(self, active: Collection[int]) -> bool:
        """Whether jobs of these batches wait, by the queue file.

        Another process may have resumed a batch before its bell is heard.
        """
        found = bool(self._ledger.candidates(active, 1, with_twins=True))
        self._may_wait = self._may_wait or found
        return found

    def chosen(self, active: Collection[int], held: Mapping[int, Held]) -> Chosen | None:
        """Who starts now: jobs of these batches, and parts of held ones."""
        if not self._crew.has_room(wanted=self._may_wait):
            return None
        used, shares = self._at_programs(held)
        jobs = self._next(active, held, used) if self._may_wait else []
        line, slots = self._crew.line(jobs, shares)
        memory = self._admission.memory(line, held)
        ids = pick(
            line,
            slots=slots,
            heavy_running=self._heavy(held),
            workers=self._crew.size,
            memory=memory,
        )
        self.lacks_memory = memory is not PLENTY and len(ids) < min(slots, len(line))
        return Chosen(ids, line) if ids else None

    def _next(
        self, active: Collection[int], held: Mapping[int, Held], used: Mapping[str, int]
    ) -> Sequence[Candidate]:
        """The next jobs that may start, as far as drives and programs are concerned."""

        def waiting(number: int) -> Sequence[Candidate]:
            found = self._candidates(active, number, used)
            self._may_wait = bool(found or self._ledger.candidates(active, 1, with_twins=True))
            return self._admission.noted(found)

        return self._lanes.passed(waiting, held, self._crew.size)

    def _candidates(
        self, active: Collection[int], number: int, used: Mapping[str, int]
    ) -> Sequence[Waiting]:
        """So many of the next jobs; of those that ask a program no more than may start now.

        They are counted apart, so that those that have to wait hold up nobody else.
        """
        apart = self._by_programs(active)
        if not apart:
            return self._ledger.candidates(active, number)
        free = set(active).difference(*apart.values())
        found = self._ledger.candidates(free, number) if free else []
        taken = Counter(used)
        self._is_held_back = False
        for names, batches in apart.items():
            room = int(min(number, self._programs.room(names, taken)))
            self._is_held_back = self._is_held_back or not room
            more = self._ledger.candidates(batches, room) if room else []
            taken.update(dict.fromkeys(names, len(more)))
            found += more
        return sorted(found, key=lambda each: (each[1], each[0]))[:number]

    def _by_programs(self, active: Collection[int]) -> dict[tuple[str, ...], list[int]]:
        """Those of the batches whose jobs ask programs of others, by which."""
        for batch in active:
            if batch not in self._asking:
                try:
                    self._asking[batch] = self._contexts.of(batch).asks
                except ProcError:  # its jobs will say so
                    self._asking[batch] = ()
        apart: dict[tuple[str, ...], list[int]] = {}
        for batch in active:
            if names := self._asking[batch]:
                apart.setdefault(names, []).append(batch)
        return apart

    def _at_programs(self, held: Mapping[int, Held]) -> tuple[Counter[str], dict[int, float]]:
        """How many workers are at each program, and how many more those may have that share."""
        asking = [one for one in held.values() if one.asks and not one.is_written]
        used: Counter[str] = Counter()
        for one in asking:
            used.update(dict.fromkeys(one.asks, self._crew.tasks_of(one.claimed.id)))
        shares: dict[int, float] = {}
        for one in [one for one in asking if one.is_shared]:
            more = self._programs.share(one.asks, used)
            if math.isfinite(more):
                shares[one.claimed.id] = more
                used.update(dict.fromkeys(one.asks, int(more)))
        return used, shares

    def due(self) -> float | None:
        """When to look again because a limit lets one more start, in monotonic seconds."""
        times = [when for when in (self._programs.turn.at, self._lanes.turn.at) if when is not None]
        return min(times, default=None)

    def wake(self, now: float) -> None:
        if any([self._programs.turn.wake(now), self._lanes.turn.wake(now)]):
            self.look_again()

    def _heavy(self, held: Mapping[int, Held]) -> int:
        """How many workers heavy jobs have."""
        heavy = [one.claimed.id for one in held.values() if one.claimed.weight > HEAVY]
        return sum(map(self._crew.tasks_of, heavy))
