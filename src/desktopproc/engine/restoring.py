"""Takes back what jobs did to the disk, as far as nobody touched it since; off the engine thread.

A source that was moved goes back before anything else, and is on the disk under its old name before
it loses the new one. A result is removed only while what it was made from is there. Each step looks
at the disk first, so that after a crash the whole can simply be done again.
"""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktopproc.core.errors import OutputError
from desktopproc.engine.history import Trace, Undone
from desktopproc.engine.moves import StayError, copy_verified, digest_of, temp_for
from desktopproc.engine.outputs import give_name, is_one_file, is_same, sweep, sync_folder
from desktopproc.engine.records import Landed, Leaving, MadeFile


@dataclass(slots=True)
class _Return:
    """What is being taken back of one job."""

    trace: Trace
    files: int = 0
    gone: list[Path] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    secured: list[Leaving] = field(default_factory=list)  # back, and not yet gone from where it was
    stays: set[Path] = field(default_factory=set)  # results that hold a source that is not back


def take_back(traces: Sequence[Trace], tag: str) -> list[Undone]:
    """Move sources back, sync their folders, then remove what they, and the jobs, left behind."""
    returns = [_Return(trace) for trace in traces]
    for one in returns:
        for move in one.trace.moves:
            _bring_back(one, move, tag)
    folders = {move.source.path.parent for one in returns for move in one.secured}
    unsafe = {folder for folder in folders if not _is_synced(folder)}
    for one in returns:
        for move in one.secured:
            _release(one, move, unsafe)
        _remove_results(one)
    return [
        Undone(one.trace.job, one.files, tuple(one.gone), tuple(one.moves), tuple(one.left))
        for one in returns
    ]


def remove_folders(folders: Iterable[Path]) -> None:
    """Remove those of the folders, deepest first, that are empty now."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _is_synced(folder: Path) -> bool:
    try:
        sync_folder(folder)
    except OSError:
        return False
    return True


def _lies_at(trace: Trace, move: Leaving) -> MadeFile | None:
    """What holds the content of a source that has left its place."""
    if move.target is not None:
        return move.arrived
    return next((one.file for one in trace.results if one.position == 0), None)


def _bring_back(one: _Return, move: Leaving, tag: str) -> None:
    name, place = move.source.path.name, move.source.path
    lies = _lies_at(one.trace, move)
    try:
        _return(lies, move, temp_for(place, tag, one.trace.job, move.position))
        if move.target is None:
            _restore_date(move.source)
    except (StayError, OutputError) as e:
        _leave(one, lies, str(e))
    except OSError as e:
        _leave(one, lies, f"{name} could not be moved back: {e.strerror or e}.")
    else:
        one.secured.append(move)


def _return(lies: MadeFile | None, move: Leaving, temp: Path) -> None:
    """Have a source lie in its old place, too."""
    if lies is None or not os.path.lexists(lies.path):
        if not _is_back(move, lies):
            raise StayError(f"{move.source.path.name} is not where it was moved to any more.")
    elif not is_one_file(lies.path, move.source.path):
        _give_place(lies, move, temp)


def _leave(one: _Return, lies: MadeFile | None, sentence: str) -> None:
    one.left.append(sentence)
    if lies is not None:
        one.stays.add(lies.path)


def _is_back(move: Leaving, lies: MadeFile | None) -> bool:
    """Whether a source is back since an undo that did not come to its end."""
    place = move.source.path
    if not place.is_file() or place.stat().st_size != move.source.size:
        return False
    is_its_inode = lies is not None and place.stat().st_ino == lies.inode
    return is_its_inode or digest_of(place) == move.digest


def _give_place(lies: MadeFile, move: Leaving, temp: Path) -> None:
    """Give a moved file its old name too, or a copy of it on another file system."""
    name, place = move.source.path.name, move.source.path
    if not is_same(lies) or lies.size != move.source.size:
        raise StayError(f"{name} was changed after it was moved and was left where it is.")
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.parent.stat().st_dev == lies.path.stat().st_dev:
        if os.path.lexists(place):
            raise StayError(f"{name} was not moved back: another file is in its place now.")
        give_name(lies.path, place)
    elif os.path.lexists(place):
        if digest_of(place) != move.digest:
            raise StayError(f"{name} was not moved back: another file is in its place now.")
    else:
        copy_verified(lies.path, temp, move.digest)
        give_name(temp, place)
    sweep(temp)


def _restore_date(source: MadeFile) -> None:
    """A copy got a date of its own; the source has its old one again."""
    found = source.path.stat()
    if found.st_mtime_ns != source.mtime_ns:
        os.utime(source.path, ns=(found.st_atime_ns, source.mtime_ns))


def _release(one: _Return, move: Leaving, unsafe: set[Path]) -> None:
    """Remove the name that a source had meanwhile."""
    place = move.source.path
    lies = _lies_at(one.trace, move)
    if place.parent in unsafe:
        _leave(one, lies, f"{place.name} is back, and stays where it was moved to as well.")
        return
    if lies is not None and (is_one_file(lies.path, place) or is_same(lies)):
        try:
            lies.path.unlink(missing_ok=True)
        except OSError as e:
            _leave(one, lies, f"{lies.path.name} could not be removed: {e.strerror or e}.")
            return
    one.moves.append(move.position)
    one.files += 1
    if move.target is None and lies is not None:
        one.gone.append(lies.path)


def _remove_results(one: _Return) -> None:
    """Remove what a job made, unless it is all that there is."""
    missing = [path.name for path in one.trace.inputs if not os.path.lexists(path)]
    rest = [r for r in one.trace.results if r.file.path not in {*one.gone, *one.stays}]
    if missing and rest and not one.stays:
        one.left.append(
            f"{rest[0].file.path.name} was left: {missing[0]}, of which it was made, is gone."
        )
    if not missing:
        for result in rest:
            _remove(one, result)


def _remove(one: _Return, result: Landed) -> None:
    path = result.file.path
    if not os.path.lexists(path):
        one.gone.append(path)
    elif result.replaces:
        one.left.append(
            f"{path.name} was left: it replaced an older file, which cannot be brought back."
        )
    elif not is_same(result.file):
        one.left.append(f"{path.name} was left: it was changed after it was made.")
    else:
        try:
            path.unlink()
        except OSError as e:
            one.left.append(f"{path.name} could not be removed: {e.strerror or e}.")
            return
        one.gone.append(path)
        one.files += 1
