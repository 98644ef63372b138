"""The records that travel between the queue file and the engine."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktopproc.core.errors import Failure
from desktopproc.core.job import State


@dataclass(frozen=True, slots=True)
class Planned:
    """A job about to enter the queue. `key` compares names as any file system would."""

    files: tuple[tuple[Path, str], ...]  # path, facts as JSON
    name: str
    target: Path | None
    key: bytes | None
    weight: float
    size_in: int
    state: State = State.WAITING
    failure: Failure | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this process now holds."""

    id: int
    batch: int
    attempts: int
    deaths: int
    weight: float
    size_in: int
    target: Path
    files: tuple[tuple[Path, str], ...]

    def at(self, target: Path) -> "Claimed":
        """The same job under another output name."""
        return replace(self, target=target)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file as it lies on the disk; inode and times prove later that it is ours."""

    path: Path
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Result:
    """How a file came to be that an earlier job made, and its size and time then."""

    recipe: bytes
    operation: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A job whose outputs have their final names."""

    job: int
    target: MadeFile  # the file itself, or the folder of the files
    files: tuple[MadeFile, ...]
    recipe: bytes
    seconds: float
    notes: tuple[str, ...]
    log: str


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
