"""How results get their final names: temp file beside the target, group sync, atomic rename.

An output name does not exist, holds the old content, or holds complete new content. A group of
finished temp files is synced with one `syncfs` per file system (Linux 2.6.39; it reports write
errors since 5.8), then each is renamed, then the folders are synced. `link` gives a name only if
it is free, which `rename` cannot.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktopproc.core.errors import (
    Failure,
    OutputError,
    PermissionDeniedError,
    TargetExistsError,
)
from desktopproc.engine.records import Claimed, MadeFile
from desktopproc.formats.writing import HIDDEN, output_error


def temp_beside(target: Path, tag: str, job: int, attempt: int, position: int = 0) -> Path:
    """Where an attempt writes: hidden, in the target's folder, unlike any other attempt's name."""
    which = f"{attempt}-{position}" if position else f"{attempt}"
    return target.with_name(f"{HIDDEN}{tag}-{job}-{which}{target.suffix}")


def temps_of(claimed: Claimed, tag: str) -> tuple[Path, ...]:
    """Where this attempt at a job writes each of its outputs."""
    job, attempt = claimed.id, claimed.attempts
    return tuple(
        temp_beside(target, tag, job, attempt, position)
        for position, target in enumerate(claimed.targets)
    )


def parts_folder(temp: Path) -> Path:
    """Where the workers that share an attempt write their parts: gone when they are joined."""
    return temp.with_name(f"{temp.name}.parts")


def sweep(temp: Path) -> None:
    """Remove what an attempt left behind; nothing there is fine."""
    with contextlib.suppress(OSError):
        if temp.is_dir() and not temp.is_symlink():
            shutil.rmtree(temp, ignore_errors=True)
        else:
            temp.unlink(missing_ok=True)


def measure(path: Path) -> MadeFile:
    """A file as it lies there now; of a folder, the files in it together."""
    found = path.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode):
        return MadeFile(path, found.st_size, found.st_mtime_ns, found.st_ino)
    files = [file.stat(follow_symlinks=False) for file in path.iterdir()]
    size = sum(file.st_size for file in files)
    newest = max((file.st_mtime_ns for file in files), default=0)
    return MadeFile(path, size, newest, found.st_ino)


def is_same(made: MadeFile) -> bool:
    """Whether the file that was recorded still lies there, untouched."""
    try:
        now = measure(made.path)
    except OSError:
        return False
    return (now.size, now.mtime_ns, now.inode) == (made.size, made.mtime_ns, made.inode)


@dataclass(frozen=True, slots=True)
class Placement:
    """A verified temp file or folder, where it goes, and whether an old file may be replaced.

    `files` are the files under the names they are about to get. `stale` are files of an earlier
    result in the same folder: what is untouched of them goes when it is replaced.
    """

    position: int
    temp: Path
    target: Path
    root: Path
    files: tuple[MadeFile, ...]
    may_replace: bool = False
    replaces: bool = False  # there was something under the name when it was written down
    stale: tuple[MadeFile, ...] = ()

    def at(self, target: Path) -> "Placement":
        """The same under another name."""
        return replace(self, target=target, files=final_files(self.target, target, self.files))

    def lies_there(self) -> bool:
        """Whether every file has its name and is what it was."""
        return all(map(is_same, self.files))


def final_files(before: Path, after: Path, files: Iterable[MadeFile]) -> tuple[MadeFile, ...]:
    """The same files when what they lie in, or are, has another name."""
    return tuple(
        [
            replace(f, path=after if f.path == before else after / f.path.relative_to(before))
            for f in files
        ]
    )


Job = Sequence[Placement]


def place_group(group: Sequence[Job]) -> list[list[Failure | None]]:
    """Sync a group of jobs, give all results their names, sync the names.

    Runs off the engine thread; what has its name already is left alone. A job gets all its names
    or none: of those it had got nothing stays, but where a name was taken and may be changed.
    """
    placements = [placement for job in group for placement in job]
    try:
        _sync_contents([p.temp for p in placements if p.temp.exists()])
    except OSError as e:
        failure = Failure.of(output_error(e, placements[0].target))
        for job in group:
            take_back(job)
        return [[failure for _ in job] for job in group]
    results = [_place_job(job) for job in group]
    for folder in {p.target.parent for p in placements}:
        with contextlib.suppress(OSError):
            sync_folder(folder)
    return results


def _place_job(job: Job) -> list[Failure | None]:
    results = [_place(placement) for placement in job]
    if any(
        failure and not is_changeable(p, failure) for p, failure in zip(job, results, strict=True)
    ):
        take_back(job)
    return results


def is_changeable(placement: Placement, failure: Failure) -> bool:
    """Whether another name, or none, would do for this result."""
    return failure.code == TargetExistsError.code and not placement.may_replace


def take_back(job: Job) -> None:
    """Remove what has its name already of a job that did not get all of them.

    What replaced an older file stays: that one is gone, and the job will replace it again.
    """
    for placement in job:
        if not placement.replaces and placement.lies_there():
            sweep(placement.target)


def _place(placement: Placement) -> Failure | None:
    try:
        check_inside(placement.target, placement.root)
        if not placement.temp.exists() and placement.lies_there():
            return None
        if placement.temp.is_dir():
            _place_folder(placement)
        else:
            _place_file(placement.temp, placement.target, may_replace=placement.may_replace)
    except OutputError as e:
        return Failure.of(e)
    except OSError as e:
        return Failure.of(output_error(e, placement.target))
    return None


def check_inside(target: Path, root: Path) -> None:
    """Refuse to follow a folder that was swapped for a link to somewhere else."""
    parent = target.parent.resolve(strict=True)
    if not parent.is_relative_to(root.resolve()):
        raise PermissionDeniedError(
            f"The folder {target.parent} leads out of {root}. Remove the link."
        )


def _place_file(temp: Path, target: Path, *, may_replace: bool) -> None:
    if may_replace:
        temp.replace(target)
        return
    give_name(temp, target)
    temp.unlink(missing_ok=True)


def give_name(file: Path, name: Path) -> None:
    """Give a file one more name; TargetExistsError if it belongs to another file.

    Where there are no hard links, the file is renamed: the old name is gone then.
    """
    try:
        name.hardlink_to(file)
    except FileExistsError as e:
        if not is_one_file(file, name):
            raise _taken(name) from e
    except OSError as e:
        if e.errno == errno.EXDEV:
            raise
        if os.path.lexists(name):
            raise _taken(name) from None
        file.replace(name)


def is_one_file(one: Path, other: Path) -> bool:
    """Whether both are names of the same file; links are not followed."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def _taken(name: Path) -> TargetExistsError:
    return TargetExistsError(
        f"{name.name} was made by another program meanwhile. Retry to use a new name."
    )


def _place_folder(placement: Placement) -> None:
    """Rename the folder at once, or move its files into one that may be replaced."""
    try:
        placement.temp.rename(placement.target)
    except OSError as e:
        if e.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise
        if not (placement.may_replace and placement.target.is_dir()):
            raise TargetExistsError(
                f"The folder {placement.target.name} was made by another program meanwhile. "
                "Retry to use a new name."
            ) from e
        _replace_files(placement)


def _replace_files(placement: Placement) -> None:
    """Put new files into a folder that is there, and take the earlier result's others out."""
    names = sorted(file.name for file in placement.temp.iterdir())
    for name in names:
        (placement.temp / name).replace(placement.target / name)
    placement.temp.rmdir()
    for old in placement.stale:
        if old.path.name not in names and is_same(old):
            old.path.unlink()


def _sync_contents(temps: Iterable[Path]) -> None:
    """Make the contents durable: one `syncfs` for each file system, or each file by itself."""
    sync = _syncfs()
    seen: set[int] = set()
    for temp in temps:
        files = list(temp.iterdir()) if temp.is_dir() else [temp]
        device = temp.stat().st_dev
        if sync is None:
            for file in files:
                sync_file(file)
        elif device not in seen:
            seen.add(device)
            sync(temp.parent)


def _syncfs() -> "_Sync | None":
    if sys.platform != "linux":
        return None
    try:
        return _Sync(ctypes.CDLL(None, use_errno=True))
    except (OSError, AttributeError):
        return None


class _Sync:
    def __init__(self, libc: ctypes.CDLL) -> None:
        self._syncfs = libc.syncfs

    def __call__(self, folder: Path) -> None:
        fd = os.open(folder, os.O_RDONLY)
        try:
            if self._syncfs(fd) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        finally:
            os.close(fd)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
