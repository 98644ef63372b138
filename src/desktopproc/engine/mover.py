"""Has the sources of finished jobs leave their places, and marks the jobs done after that."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from desktopproc.engine.history import History
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.moves import Departure, Fate, carry_out
from desktopproc.engine.names import key_of, numbered
from desktopproc.engine.records import Leaving
from desktopproc.engine.register import Register


class Mover:
    """From results that are safe to jobs that are done. Engine thread only."""

    def __init__(
        self,
        history: History,
        register: Register,
        io: IoPool,
        tag: str,
        deliver: Callable[[list[Departure]], None],
    ) -> None:
        """`deliver` is called from the I/O thread with what became of the moves."""
        self._history, self._register, self._io = history, register, io
        self._tag = tag
        self._deliver = deliver
        self._in_flight: set[int] = set()
        self._folders: dict[int, list[Path]] = {}  # made for a job
        self._aims: dict[bytes, int] = {}  # names that sources are about to get, and their jobs

    @property
    def is_empty(self) -> bool:
        return not self._in_flight

    def aim(self, job: int, moves: Sequence[Leaving], root: Path) -> tuple[Leaving, ...]:
        """The moves with whole, free names below the output folder."""
        self._forget(job)
        return tuple(
            move if move.target is None else self._aimed(job, move, root / move.target, first=1)
            for move in moves
        )

    def _aimed(self, job: int, move: Leaving, wanted: Path, *, first: int) -> Leaving:
        for number in count(first):
            path = numbered(wanted, number)
            key = key_of(path)
            is_free = key not in self._aims and not self._register.is_named(key)
            if is_free and not os.path.lexists(path):
                self._aims[key] = job
                return replace(move, target=path)
        raise AssertionError("numbers do not end")

    def begin(self, jobs: Iterable[int]) -> None:
        """Carry out the moves of these jobs, whose results are safe."""
        traces = self._history.leaving(jobs)
        if traces:
            self._in_flight |= {trace.job for trace in traces}
            self._io.submit(lambda: self._deliver(carry_out(traces, self._tag)))

    def arrived(self, departures: Sequence[Departure]) -> list[int]:
        """Write down what became of moves; answers the jobs that are done by that."""
        done, again = [], []
        for departure in departures:
            aims = [
                self._next_aim(departure.job, outcome.move, outcome.fate)
                for outcome in departure.outcomes
                if outcome.fate in {Fate.TAKEN, Fate.COPIED}
            ]
            self._folders.setdefault(departure.job, []).extend(departure.folders)
            if aims:
                self._history.aim(departure.job, aims)
                again.append(departure.job)
            else:
                self._end(departure)
                done.append(departure.job)
        self.begin(again)
        return done

    def _next_aim(self, job: int, move: Leaving, fate: Fate) -> Leaving:
        if fate is Fate.COPIED or move.target is None:
            return move
        return self._aimed(job, move, move.target, first=2)

    def _end(self, departure: Departure) -> None:
        self._history.arrive(
            departure.job,
            [(outcome.move, outcome.fate.value) for outcome in departure.outcomes],
            notes=[outcome.note for outcome in departure.outcomes if outcome.note],
            folders=self._folders.pop(departure.job, []),
        )
        self._in_flight.discard(departure.job)
        self._forget(departure.job)

    def _forget(self, job: int) -> None:
        for key in [key for key, aimed_by in self._aims.items() if aimed_by == job]:
            del self._aims[key]
