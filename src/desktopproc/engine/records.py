"""The records that travel between the queue file and the engine."""

import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from desktopproc.core.errors import Failure
from desktopproc.core.job import State
from desktopproc.core.message import Message
from desktopproc.engine.forecast import sort_of


@lru_cache(maxsize=1024)  # a job's files are read when it begins, ends, and is told of
def stored_path(raw: bytes) -> Path:
    """A path from the bytes of its name, as the queue file keeps it."""
    return Path(os.fsdecode(raw))


@dataclass(frozen=True, slots=True)
class Planned:
    """A job about to enter the queue. Keys compare names as any file system would."""

    files: tuple[tuple[Path, str], ...]  # path, facts as JSON
    name: str
    targets: tuple[tuple[bytes, Path], ...]  # key, name
    weight: float
    size_in: int
    state: State = State.WAITING
    failure: Failure | None = None
    cached: bool = False
    item: int | None = None
    format: str = ""  # what its files are
    twin: bytes | None = None  # equal for jobs of the batch whose sources are probably equal

    @property
    def sort(self) -> str:
        """What the queue file calls jobs that take alike."""
        return sort_of(self.format, self.weight)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this process now holds."""

    id: int
    batch: int
    attempts: int
    deaths: int
    weight: float
    size_in: int
    item: int | None
    twin: int | None  # the job that seems to have the same result and runs first; maybe itself
    targets: tuple[Path, ...]
    files: tuple[tuple[Path, str], ...]

    def at(self, position: int, target: Path) -> "Claimed":
        """The same job with another name for one of its outputs."""
        before, after = self.targets[:position], self.targets[position + 1 :]
        return replace(self, targets=(*before, target, *after))


@dataclass(frozen=True, slots=True)
class MadeFile(Message):
    """A finished file as it lies on the disk; inode and times prove later that it is ours."""

    path: Path
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Stamp(Message):
    """A source as it was when all of it was read, and the BLAKE3 digest of what it held."""

    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """How a file came to be that an earlier job made, and what it was like then."""

    recipe: bytes
    operation: str
    size: int
    mtime_ns: int
    inode: int
    files: int  # how many results that run made


@dataclass(frozen=True, slots=True)
class Leaving:
    """A source that is to leave its place: where to, and what proves that it is the same file.

    `arrived` is what lies, or is about to lie, under the new name.
    """

    position: int
    source: MadeFile
    digest: bytes
    target: Path | None = None
    arrived: MadeFile | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """A result about to get its name, or one that has it: the name's position in its job."""

    position: int
    file: MadeFile
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """Where the time of an attempt went: when it began, by the wall clock, and seconds of it."""

    began: float | None
    cpu: float
    stages: tuple[float, ...]  # in each `Stage`


@dataclass(frozen=True, slots=True)
class Finished:
    """A job whose outputs have their final names."""

    job: int
    targets: dict[int, MadeFile]  # by position: the file itself, or the folder of the files
    size: int
    recipe: bytes
    seconds: float
    notes: tuple[str, ...]
    log: str
    spent: Spent | None = None  # None: it was found finished
    has_unused: bool = False  # some of its names were not needed
    is_leaving: bool = False  # sources are still to be moved: it is not done before
    is_reused: bool = False  # made of what an earlier run had kept
    stamps: tuple[Stamp, ...] = ()  # of sources that were digested


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What the engine needs of a batch to run its jobs."""

    id: int
    operation: str
    options: str
    folder: Path
    template: str
    conflict: str
    keep_tree: bool
    reuse: bool
    priority: int
    is_paused: bool
    pause_reason: str

    def plain_options(self) -> dict[str, Any]:
        """The options as they were stored."""
        found: dict[str, Any] = json.loads(self.options)
        return found


@dataclass(frozen=True, slots=True)
class Lease:
    """A process that holds jobs; `birth` tells it from a later process with the same number."""

    id: int
    pid: int
    birth: str
