"""The words of the queue: states and their legal moves, jobs, batches, and what phase 1 found."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path

from desktopproc.core.errors import Failure
from desktopproc.core.message import Message


class State(StrEnum):
    """Where a job stands. Pausing belongs to a batch: its jobs stay `waiting`."""

    WAITING = "waiting"
    DELAYED = "delayed"  # waits out the back-off after a transient failure
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def is_final(self) -> bool:
        return self in FINAL


FINAL = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.SKIPPED})

MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.RUNNING, State.CANCELLED, State.SKIPPED, State.FAILED}),
    State.DELAYED: frozenset({State.WAITING, State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset(
        {State.DONE, State.FAILED, State.CANCELLED, State.SKIPPED, State.DELAYED, State.WAITING}
    ),
    State.DONE: frozenset({State.CANCELLED}),  # when what it made was taken back
    State.FAILED: frozenset({State.WAITING}),
    State.CANCELLED: frozenset({State.WAITING}),
    State.SKIPPED: frozenset({State.WAITING}),
}


def sources_of(target: State) -> frozenset[State]:
    """The states from which a job may move to `target`."""
    return frozenset(state for state, moves in MOVES.items() if target in moves)


class Priority(IntEnum):
    """Lower runs first; first in, first out inside one priority."""

    HIGH = 0
    NORMAL = 1
    LOW = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class PriorityWord(StrEnum):
    """The same three, as options and flags spell them."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def priority(self) -> Priority:
        return Priority[self.name]


class Conflict(StrEnum):
    """What happens when the output's name is taken by a file that was there before.

    A job with several outputs is one piece of work. `rename` and `overwrite` look at each name by
    itself. `skip` leaves the job out when all its names are taken; else it runs, and only what was
    missing gets its name. `update` makes all anew, in place.

    Under all but `skip` a job is current, and done at once, when every file that the last run made
    of the same source and options still lies there untouched; see `Operation.depends`.
    """

    RENAME = "rename"
    SKIP = "skip"
    OVERWRITE = "overwrite"
    UPDATE = "update"


class Storage(StrEnum):
    """How a drive likes to be read."""

    AUTO = "auto"
    SSD = "ssd"
    HDD = "hdd"
    NETWORK = "network"


class Family(StrEnum):
    """The kinds of files operations take; `scan` calls this the kind."""

    PHOTO = "photo"
    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"  # other documents made of text: plain, RTF, ODT, HTML, EPUB
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Facts(Message):
    """What phase 1 reads of one file from its headers; what is not known is None.

    `width` and `height` are pixels as stored, before `orientation` (EXIF 1 to 8) is applied.
    `taken` is ISO 8601 local time; latitude and longitude are signed decimal degrees.
    """

    path: Path
    kind: Family = Family.OTHER
    format: str | None = None
    size_bytes: int | None = None
    mtime_ns: int | None = None
    inode: int | None = None
    ctime_ns: int | None = None  # changes with every change, whatever the file is told
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken: str | None = None
    make: str | None = None
    model: str | None = None
    orientation: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    needs_password: bool = False
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the queue as it was at one moment; a new moment is a new object.

    `outputs` are the reserved names until the job is done, then the files that were made.
    `item` is the number of what the job makes of its data file; None is the whole of its inputs.
    Progress counts `done` of `total` steps (pages, mostly); 0 of 0 is "not known yet".
    """

    id: int
    batch: int
    operation: str
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    state: State
    priority: Priority = Priority.NORMAL
    attempts: int = 0
    done: int = 0
    total: int = 0
    cached: bool = False
    seconds: float | None = None
    size_in: int = 0
    size_out: int | None = None
    error: Failure | None = None
    notes: tuple[str, ...] = ()
    is_stopping: bool = False
    item: int | None = None

    @property
    def name(self) -> str:
        """What the row is called: its input, which part of that, or how many there are."""
        if len(self.inputs) == 1:
            name = self.inputs[0].name
            return name if self.item is None else f"{name}, item {self.item}"
        return f"{len(self.inputs)} files" if self.inputs else "nothing"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs stand in each state."""

    waiting: int = 0
    delayed: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.open + self.done + self.failed + self.cancelled + self.skipped

    @property
    def open(self) -> int:
        """Jobs that still have something to do."""
        return self.waiting + self.delayed + self.running


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """Where a batch's results go and what they are called."""

    folder: Path
    template: str = "{stem}"
    conflict: Conflict = Conflict.RENAME
    keep_tree: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A batch before it is in the queue: an operation, its options, its files, its outputs.

    `files` is what phase 1 found, with the folder each was found under (None when the file was
    named by itself), in the user's order. `items` are the numbers of what is wanted of data files,
    where not all is.
    """

    operation: str
    options: object
    files: tuple[tuple[Facts, Path | None], ...]
    output: OutputPlan
    priority: Priority = Priority.NORMAL
    preset: str = ""
    reuse: bool = True  # take what an earlier run made of the same input and options
    start: bool = True
    passwords: tuple[str, ...] = field(default=(), repr=False)  # for protected files, in any order
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """One press of Start: which operation, and whether it waits for the user."""

    id: int
    operation: str
    title: str
    created: float
    is_paused: bool
    pause_reason: str
    counts: Counts = field(default_factory=Counts)
