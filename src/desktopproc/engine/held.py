"""A job in the hands of this process, from its claim until its end is in the queue file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from desktopproc.core.job import Conflict, Facts, State
from desktopproc.core.operation import Operation, Shape
from desktopproc.engine.outputs import parts_folder, sweep
from desktopproc.engine.records import Claimed


@dataclass(frozen=True, slots=True)
class Context:
    """What all jobs of a batch share."""

    operation: Operation
    options: object = field(repr=False)  # may hold passwords
    folder: Path
    conflict: Conflict
    passwords: tuple[str, ...] = field(default=(), repr=False)
    asks: tuple[str, ...] = ()  # programs of others, by title

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
    need_mb: float = 0.0
    done: int = 0
    total: int = 0
    is_written: bool = False  # only its names are missing
    is_shared: bool = False  # several workers make parts of it
    asks: tuple[str, ...] = ()  # programs of others that it may ask
    since: float | None = None  # when a worker began, in monotonic seconds
    hands: int = 0  # workers that make parts of it just now
    shared_s: float = 0.0  # what they have spent on it together
    began: float | None = None  # by the wall clock
    wish: State | None = None  # CANCELLED or WAITING: where it goes when it has stopped

    def sweep(self) -> None:
        """Remove what its attempt has left behind."""
        for temp in self.temps:
            sweep(temp)
            if self.is_shared:
                sweep(parts_folder(temp))


def longest(held: Iterable[Held]) -> tuple[int, float] | None:
    """The job that a worker has had longest, and since when by the wall clock."""
    at_work = [one for one in held if not one.is_written]
    begun = [(one.began, one.claimed.id) for one in at_work if one.began is not None]
    if not begun:
        return None
    began, job = min(begun)
    return job, began
