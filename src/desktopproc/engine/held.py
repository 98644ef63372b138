"""A job in the hands of this process, from its claim until its end is in the queue file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktopproc.core.job import Conflict, Facts, State
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.parts import Part
from desktopproc.engine.outputs import parts_folder, sweep
from desktopproc.engine.recipes import Method
from desktopproc.engine.records import Claimed
from desktopproc.engine.shelves import Shelf


@dataclass(frozen=True, slots=True)
class Context:
    """What all jobs of a batch share."""

    operation: Operation
    options: object = field(repr=False)  # may hold passwords
    folder: Path
    conflict: Conflict
    method: Method
    shelf: Shelf | None = None  # where results are kept, if they are
    passwords: tuple[str, ...] = field(default=(), repr=False)
    asks: tuple[str, ...] = ()  # programs of others that some of its jobs ask, by title

    def asked_for(self, files: Iterable[Facts]) -> tuple[str, ...]:
        """Those that a job of these files asks."""
        if not self.asks:
            return ()
        wanted = self.operation.programs(self.options, {facts.kind for facts in files})
        return tuple([title for title in self.asks if title in wanted])

    @property
    def shape(self) -> Shape:
        return self.operation.shape(self.options)


@dataclass(slots=True)
class Held:
    """A claimed job."""

    claimed: Claimed
    context: Context
    facts: tuple[Facts, ...]
    temps: tuple[Path, ...]
    priority: int = 0
    threads: int = 1
    need_mb: float = 0.0
    done: int = 0
    total: int = 0
    is_written: bool = False  # only its names are missing
    parts: Sequence[Part] = ()  # where several workers are to make it
    asks: tuple[str, ...] = ()  # programs of others that it may ask
    has_failing: bool = False  # one of them failed at it
    since: float | None = None  # when a worker began, in monotonic seconds
    hands: int = 0  # workers that make parts of it just now
    shared_s: float = 0.0  # what they have spent on it together
    began: float | None = None  # by the wall clock
    wish: State | None = None  # CANCELLED or WAITING: where it goes when it has stopped

    @property
    def is_makeshift(self) -> bool:
        """Whether it has to do without a program of others: another time it may be better."""
        return self.has_failing or self.asks != self.context.asked_for(self.facts)

    @property
    def is_shared(self) -> bool:
        """Whether several workers make parts of it."""
        return bool(self.parts)

    def sweep(self) -> None:
        """Remove what its attempt has left behind."""
        for temp in self.temps:
            sweep(temp)
            if self.parts:
                sweep(parts_folder(temp))


def longest(held: Iterable[Held]) -> tuple[int, float] | None:
    """The job that a worker has had longest, and since when by the wall clock."""
    at_work = [one for one in held if not one.is_written]
    begun = [(one.began, one.claimed.id) for one in at_work if one.began is not None]
    if not begun:
        return None
    began, job = min(begun)
    return job, began
