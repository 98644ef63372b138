"""What the engine and a worker process say to each other, one frozen message at a time."""

from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import Failure
from desktopproc.core.job import Facts
from desktopproc.engine.records import MadeFile


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt at a job. The operation travels as the module and name of its function."""

    job: int
    module: str
    function: str
    options: object
    sources: tuple[Facts, ...]
    temp: Path
    root: Path
    is_folder: bool
    max_pixels: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop this job at its next step, or leave it out if it has not begun."""

    job: int


@dataclass(frozen=True, slots=True)
class Started:
    job: int


@dataclass(frozen=True, slots=True)
class Progress:
    job: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The temp files are complete and verified."""

    job: int
    files: tuple[MadeFile, ...]
    seconds: float
    cpu_seconds: float
    notes: tuple[str, ...]
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt ended without a result and left nothing behind."""

    job: int
    failure: Failure
    seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped, or never begun, and left nothing behind."""

    job: int


Report = Started | Progress | Finished | Failed | Cancelled
