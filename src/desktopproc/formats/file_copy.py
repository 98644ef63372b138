"""Copies a file with its dates and permissions, and proves that the copy holds the same bytes."""

import errno
import os
import shutil
from collections.abc import Generator
from contextlib import suppress
from io import RawIOBase
from pathlib import Path

from desktopproc.core.errors import OutputError
from desktopproc.core.reading import reading
from desktopproc.core.stages import Stage, during
from desktopproc.formats.writing import writing

Hashing = Generator[int, None, bytes]
"""Yields bytes as they pass, each time a stop point; returns the BLAKE3 digest of all."""

_CHUNK = 4 << 20
_NO_LINKS = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS}
)
_NO_RANGES = frozenset({errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM})


def linked(source: Path, target: Path) -> bool:
    """Give the file a second name in its file system; False where that cannot be had.

    Only for a file whose first name is about to go: a later change would show under both.
    """
    with reading(source):
        if source.is_symlink() or not source.stat().st_size:
            return False
    try:
        os.link(source, target)
    except NotImplementedError:
        return False
    except OSError as e:
        if e.errno in _NO_LINKS:
            return False
        with writing(target):
            raise
    return True


def hashed(path: Path) -> Hashing:
    """The digest of a source."""
    from blake3 import blake3

    digest = blake3()
    with reading(path), path.open("rb", buffering=0) as file:
        while chunk := _next(file):
            digest.update(chunk)
            yield len(chunk)
    return bytes(digest.digest())


def copied(source: Path, target: Path) -> Hashing:
    """Copy the bytes, which share their place on disk where the file system can do that."""
    from blake3 import blake3

    digest = blake3()
    at = 0
    with writing(target):
        made = target.open("wb", buffering=0)
    with made, reading(source), source.open("rb", buffering=0) as given:
        while chunk := _next(given):
            digest.update(chunk)
            with during(Stage.WRITE), writing(target):
                _write(chunk, given.fileno(), made.fileno(), at)
            at += len(chunk)
            yield len(chunk)
    return bytes(digest.digest())


def keep_dates(source: Path, target: Path) -> bool:
    """Give the copy the dates and permissions of its source; False where it cannot hold them."""
    try:
        shutil.copystat(source, target)
    except OSError:
        return False
    return True


def compared(target: Path, digest: bytes, *, from_disk: bool) -> Generator[int, None, None]:
    """Read a copy back and raise OutputError unless it has this digest.

    `from_disk` puts it on the disk first and reads it from there, not from memory.
    """
    with writing(target):
        if from_disk:
            _forget(target)
        found = yield from hashed(target)
    if found != digest:
        raise OutputError(
            "The copy does not hold the same bytes as its source, which was left alone. "
            f"Check the disk of {target.parent}, then retry."
        )


def _next(file: RawIOBase) -> bytes:
    with during(Stage.READ):
        return file.read(_CHUNK) or b""


def _write(chunk: bytes, given: int, made: int, at: int) -> None:
    """Let the system copy what was just read; write it ourselves where the system cannot."""
    done = 0
    if hasattr(os, "copy_file_range"):
        with suppress(_NoRangesError):
            while done < len(chunk):
                done += _range(given, made, len(chunk) - done, at + done)
            return
    os.lseek(made, at + done, os.SEEK_SET)
    rest = memoryview(chunk)[done:]
    while rest:
        rest = rest[os.write(made, rest) :]


class _NoRangesError(Exception):
    """This pair of file systems cannot copy by itself."""


def _range(given: int, made: int, length: int, at: int) -> int:
    try:
        count = os.copy_file_range(given, made, length, at, at)
    except OSError as e:
        if e.errno in _NO_RANGES:
            raise _NoRangesError from e
        raise
    if not count:  # the source became shorter, or its file system only says so
        raise _NoRangesError
    return count


def _forget(path: Path) -> None:
    """Write a file out and drop it from the system's memory, so that reading it asks the disk."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
