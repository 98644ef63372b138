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
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import (
    Failure,
    OutputError,
    PermissionDeniedError,
    TargetExistsError,
)
from desktopproc.engine.records import MadeFile
from desktopproc.formats.writing import output_error


def temp_beside(target: Path, tag: str, job: int, attempt: int) -> Path:
    """Where an attempt writes: hidden, in the target's folder, unlike any other attempt's name."""
    return target.with_name(f".desktopproc-{tag}-{job}-{attempt}{target.suffix}")


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

    `stale` are files of an earlier result in the same folder: what is untouched of them goes when
    it is replaced.
    """

    job: int
    temp: Path
    target: Path
    root: Path
    may_replace: bool
    stale: tuple[MadeFile, ...] = ()


def final_files(placement: Placement, temps: Sequence[MadeFile]) -> list[MadeFile]:
    """The same files under the names they are about to get."""
    return [
        MadeFile(placement.target / t.path.relative_to(placement.temp), t.size, t.mtime_ns, t.inode)
        for t in temps
    ]


def place_group(group: Sequence[Placement]) -> dict[int, Failure | None]:
    """Sync a group, give every member its name, sync the names. Runs off the engine thread."""
    try:
        _sync_contents([p.temp for p in group])
    except OSError as e:
        failure = Failure.of(output_error(e, group[0].target))
        return {p.job: failure for p in group}
    results = {p.job: _place(p) for p in group}
    for folder in {p.target.parent for p in group}:
        with contextlib.suppress(OSError):
            _sync_folder(folder)
    return results


def _place(placement: Placement) -> Failure | None:
    try:
        _check_inside(placement)
        if placement.temp.is_dir():
            _place_folder(placement)
        else:
            _place_file(placement.temp, placement.target, may_replace=placement.may_replace)
    except OutputError as e:
        return Failure.of(e)
    except OSError as e:
        return Failure.of(output_error(e, placement.target))
    return None


def _check_inside(placement: Placement) -> None:
    """Refuse to follow a folder that was swapped for a link to somewhere else."""
    parent = placement.target.parent.resolve(strict=True)
    if not parent.is_relative_to(placement.root.resolve()):
        raise PermissionDeniedError(
            f"The folder {placement.target.parent} leads out of {placement.root}. Remove the link."
        )


def _place_file(temp: Path, target: Path, *, may_replace: bool) -> None:
    if may_replace:
        temp.replace(target)
        return
    try:
        target.hardlink_to(temp)
    except FileExistsError as e:
        raise TargetExistsError(
            f"{target.name} was made by another program meanwhile. Retry to use a new name."
        ) from e
    except OSError:  # this file system has no hard links
        if target.exists():
            raise TargetExistsError(
                f"{target.name} was made by another program meanwhile. Retry to use a new name."
            ) from None
        temp.replace(target)
    else:
        temp.unlink()


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
                _sync_one(file)
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


def _sync_one(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
