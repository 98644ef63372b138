"""What the engine and a worker process say to each other, one frozen message at a time."""

from dataclasses import dataclass, field
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.errors import Failure
from desktopproc.core.job import Facts
from desktopproc.core.message import Message
from desktopproc.core.operation import Expected
from desktopproc.core.parts import Part
from desktopproc.engine.records import Leaving, MadeFile, Stamp


@dataclass(frozen=True, slots=True)
class Keeping(Message):
    """How a result is looked up among those that are kept, and kept itself.

    `is_promising` says that something was kept that was made of as many bytes, `only_looks` that
    the task is over where that is not it. `is_awaited` says that others wait for this result.
    """

    folder: Path
    depends: Depends
    places: tuple[Path, ...]  # where the results will lie
    most_bytes: int
    known: tuple[Stamp, ...] = ()
    is_promising: bool = False
    only_looks: bool = False
    is_awaited: bool = False


@dataclass(frozen=True, slots=True)
class Task(Message):
    """One attempt at a job, or one of several tasks of it that go to different workers.

    `job` is a number below zero then, of the task alone, here and in every message. The operation
    travels as the module and name of its function.
    """

    job: int
    module: str
    function: str
    options: object = field(repr=False)  # may hold passwords
    sources: tuple[Facts, ...]
    temps: tuple[Path, ...]  # one for each output that it may make
    root: Path
    is_folder: bool
    max_pixels: int
    threads: int = 1
    resting: tuple[str, ...] = ()  # programs of others that are not to be asked
    passwords: tuple[str, ...] = field(default=(), repr=False)
    item: int | None = None
    part: Part | None = None  # write this part only
    joins: tuple["PartFinished", ...] = ()  # make the whole of these
    keeping: Keeping | None = None  # where results may be reused


@dataclass(frozen=True, slots=True)
class Cancel(Message):
    """Stop this job at its next step, or leave it out if it has not begun."""

    job: int


@dataclass(frozen=True, slots=True)
class Recall(Message):
    """Give back, at the next step of what runs, all that has not begun."""


@dataclass(frozen=True, slots=True)
class Started(Message):
    job: int


@dataclass(frozen=True, slots=True)
class Returned(Message):
    """A job that had not begun is given back."""

    job: int


@dataclass(frozen=True, slots=True)
class Progress(Message):
    job: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Reuse(Message):
    """What was reused for a result, or kept of it."""

    is_hit: bool = False
    kept_bytes: int | None = None  # None: nothing was kept
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked(Message):
    """A program of others was asked, and did its work or failed."""

    job: int
    program: str
    is_well: bool


@dataclass(frozen=True, slots=True)
class Finished(Message):
    """The temp files are complete and verified, and the sources are as they were before."""

    job: int
    files: tuple[tuple[MadeFile, ...], ...]  # of each output; none where it was not made
    moves: tuple[Leaving, ...]  # their targets as the operation gave them, relative
    seconds: float
    cpu_seconds: float
    notes: tuple[str, ...]
    memory_bytes: int
    stages: tuple[float, ...]  # seconds in each `Stage`; of all its workers together
    reuse: Reuse = Reuse()


@dataclass(frozen=True, slots=True)
class Missed(Message):
    """Nothing was kept that this job could have been spared by, and nothing else was to be done."""

    job: int
    stamps: tuple[Stamp, ...]
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class PartFinished(Message):
    """A part of a job is written, or there was nothing to write and a reason for that."""

    job: int
    file: Path | None
    reason: str
    sources: tuple[MadeFile, ...]  # as they were when this part was read
    notes: tuple[str, ...]
    expected: Expected
    cpu_seconds: float
    memory_bytes: int
    stages: tuple[float, ...]
    is_makeshift: bool = False  # a program of others has failed


@dataclass(frozen=True, slots=True)
class Failed(Message):
    """The attempt ended without a result and left nothing behind."""

    job: int
    failure: Failure
    seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Skipped(Message):
    """There was nothing to make, for a reason that the operation told."""

    job: int
    reason: str
    seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Cancelled(Message):
    """The job was stopped, or never begun, and left nothing behind."""

    job: int


Report = (
    Started
    | Progress
    | Asked
    | Finished
    | Missed
    | PartFinished
    | Skipped
    | Failed
    | Cancelled
    | Returned
)
