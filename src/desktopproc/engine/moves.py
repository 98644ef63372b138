"""Takes sources out of their places once results are safe; runs off the engine thread.

Nothing is removed that does not lie under another name, whole and on the disk. A source that goes
to another folder gets its new name by a hard link before it loses the old one, or, on another file
system, by a copy whose digest is right and which the queue file knows before it has its name. Every
step can be repeated: after a crash the same moves are simply carried out again.
"""

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import OutputError, TargetExistsError
from desktopproc.engine.history import Trace
from desktopproc.engine.outputs import (
    check_inside,
    give_name,
    is_one_file,
    is_same,
    measure,
    sweep,
    sync_folder,
)
from desktopproc.engine.records import Leaving, MadeFile

_CHUNK = 1 << 20


class Fate(StrEnum):
    """What became of a move; the first two are its end."""

    DONE = "done"
    KEPT = "kept"  # the source stays, and the note says why
    TAKEN = "taken"  # somebody has the new name
    COPIED = "copied"  # a copy lies beside the new name, which is to be written down first


@dataclass(frozen=True, slots=True)
class Outcome:
    """One move after it was tried."""

    move: Leaving
    fate: Fate
    note: str = ""


@dataclass(slots=True)
class Departure:
    """The moves of one job after they were tried, and the folders that were made for them."""

    job: int
    outcomes: list[Outcome] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


class StayError(Exception):
    """This source stays where it is; the text says why."""


def temp_for(target: Path, tag: str, job: int, position: int) -> Path:
    """Where a copy of a source lies until it has its name: always the same for one move."""
    return target.with_name(f".desktopproc-{tag}-{job}-move-{position}{target.suffix}")


def carry_out(traces: Sequence[Trace], tag: str) -> list[Departure]:
    """Secure what leaves under another name, sync those names, then remove the old ones."""
    departures = {trace.job: Departure(trace.job) for trace in traces}
    secured: list[tuple[Trace, Leaving]] = []
    for trace in traces:
        for move in trace.moves:
            outcome = _secured(trace, move, tag, departures[trace.job].folders)
            if outcome is None:
                secured.append((trace, move))
            else:
                departures[trace.job].outcomes.append(outcome)
    unsafe = _unsynced({_holder(trace, move).parent for trace, move in secured})
    for trace, move in secured:
        outcome = _released(trace, move, unsafe)
        departures[trace.job].outcomes.append(outcome)
    _unsynced({move.source.path.parent for _, move in secured})
    return list(departures.values())


def _result(trace: Trace) -> MadeFile | None:
    """The job's first output, which is the copy of a source that is to be removed."""
    return next((one.file for one in trace.results if one.position == 0), None)


def _holder(trace: Trace, move: Leaving) -> Path:
    """Where the content lies when the source is gone."""
    result = _result(trace)
    return move.target or (result.path if result else move.source.path)


def _unsynced(folders: Iterable[Path]) -> set[Path]:
    """Make the names in these folders durable; answers the folders where that failed."""
    failed = set()
    for folder in folders:
        try:
            sync_folder(folder)
        except OSError:
            failed.add(folder)
    return failed


def _secured(trace: Trace, move: Leaving, tag: str, folders: list[Path]) -> Outcome | None:
    """Give a source its new name beside the old one; None when the old one may go."""
    try:
        if move.target is None:
            _check_copy(trace)
            return None
        temp = temp_for(move.target, tag, trace.job, move.position)
        if move.arrived is not None and _is_named(move.arrived, temp):
            return None
        if not os.path.lexists(move.source.path):
            return _found(move, move.target)
        _check_source(move.source)
        folders += _make_folders(move.target.parent, trace.folder)
        check_inside(move.target, trace.folder)
        return _linked(move, move.target, temp)
    except TargetExistsError:
        return Outcome(replace(move, arrived=None), Fate.TAKEN)
    except (StayError, OutputError) as e:
        return Outcome(move, Fate.KEPT, str(e))
    except OSError as e:
        return Outcome(move, Fate.KEPT, _refused(move.source.path, e))


def _check_copy(trace: Trace) -> None:
    result = _result(trace)
    if result is None or not is_same(result):
        name = trace.inputs[0].name
        raise StayError(f"{name} was left in its place: its copy is not there as it was made.")


def _check_source(source: MadeFile) -> None:
    if source.path.is_symlink():
        raise StayError(f"{source.path.name} is a link and was left in its place.")
    if not is_same(source):
        raise StayError(f"{source.path.name} was changed meanwhile and was left in its place.")


def _is_named(arrived: MadeFile, temp: Path) -> bool:
    """Whether a copy that was written down has its name, or gets it now."""
    if is_same(arrived):
        sweep(temp)
        return True
    if not is_same(replace(arrived, path=temp)):
        return False
    give_name(temp, arrived.path)
    sweep(temp)
    return True


def _found(move: Leaving, target: Path) -> Outcome:
    """A source that is gone: it has left already, or somebody took it away."""
    if is_same(replace(move.source, path=target)):
        return Outcome(replace(move, arrived=measure(target)), Fate.DONE)
    name = move.source.path.name
    return Outcome(move, Fate.KEPT, f"{name} could not be moved: it is not there any more.")


def _make_folders(folder: Path, root: Path) -> list[Path]:
    """Make a folder below the output folder; answers those that were not there."""
    new = []
    at = folder
    while at != root and not at.exists():
        new.append(at)
        at = at.parent
    folder.mkdir(parents=True, exist_ok=True)
    return new


def _linked(move: Leaving, target: Path, temp: Path) -> Outcome | None:
    """One more name on the same file system, a copy on another one."""
    try:
        give_name(move.source.path, target)
    except OSError as e:
        if e.errno != errno.EXDEV:
            raise
        copied = copy_verified(move.source.path, temp, move.digest)
        return Outcome(replace(move, arrived=replace(copied, path=target)), Fate.COPIED)
    return None


def digest_of(file: Path) -> bytes:
    """The BLAKE3 digest of a file's content."""
    from blake3 import blake3

    hasher = blake3()
    with file.open("rb") as read:
        while chunk := read.read(_CHUNK):
            hasher.update(chunk)
    return hasher.digest()


def copy_verified(source: Path, temp: Path, digest: bytes) -> MadeFile:
    """Copy a file with its dates to a temp name, durably; `StayError` if the content differs."""
    from blake3 import blake3

    hasher = blake3()
    try:
        with source.open("rb") as read, temp.open("wb") as write:
            while chunk := read.read(_CHUNK):
                hasher.update(chunk)
                write.write(chunk)
            write.flush()
            os.fsync(write.fileno())
        shutil.copystat(source, temp)
        copied = measure(temp)
    except OSError:
        sweep(temp)
        raise
    if hasher.digest() != digest:
        sweep(temp)
        raise StayError(f"{source.name} was changed meanwhile and was left in its place.")
    return copied


def _released(trace: Trace, move: Leaving, unsafe: set[Path]) -> Outcome:
    """Remove the old name of a source whose content is safe; else take the new one back."""
    source = move.source.path
    try:
        _check_held(trace, move, unsafe)
        if os.path.lexists(source):
            _check_source(move.source)
            source.unlink(missing_ok=True)
    except (OSError, StayError) as e:
        _withdraw(move)
        said = str(e) if isinstance(e, StayError) else _refused(source, e)
        return Outcome(replace(move, arrived=None), Fate.KEPT, said)
    if move.target is None or not os.path.lexists(move.target):
        return Outcome(move, Fate.DONE)
    return Outcome(replace(move, arrived=measure(move.target)), Fate.DONE)


def _check_held(trace: Trace, move: Leaving, unsafe: set[Path]) -> None:
    """Make sure once more that the content lies under another name, on the disk."""
    if _holder(trace, move).parent in unsafe:
        raise StayError(f"{move.source.path.name} was left in its place: a folder was not synced.")
    if move.target is None:
        _check_copy(trace)


def _withdraw(move: Leaving) -> None:
    """Take the new name away again from a file that has kept its old one."""
    source, target = move.source.path, move.target
    if target is None or not os.path.lexists(source):
        return
    if is_one_file(source, target) or (move.arrived is not None and is_same(move.arrived)):
        sweep(target)


def _refused(source: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{source.name} was left in its place: {reason}."
