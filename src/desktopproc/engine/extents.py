"""Tells where on the drive a file begins, so that files can be read in the order they lie."""

import contextlib
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_FIEMAP = 0xC020660B  # FS_IOC_FIEMAP, linux/fs.h
_HEAD = struct.Struct("=QQIIII")  # struct fiemap: start, length, flags, mapped, count, reserved
_EXTENT = struct.Struct("=QQQQQI12x")  # struct fiemap_extent, linux/fiemap.h
_NOWHERE = 0x2 | 0x4  # FIEMAP_EXTENT_UNKNOWN, FIEMAP_EXTENT_DELALLOC


class Place(NamedTuple):
    """Sorts by drive; then files with a known place by that, the others by inode."""

    device: int
    is_unknown: bool
    at: int
    name: str


class Found(NamedTuple):
    """Files in the order in which they lie, and those that are in memory already."""

    ordered: tuple[Path, ...]
    cached: frozenset[Path]


def look_at(paths: Sequence[Path]) -> Found:
    """Where files lie; those that cannot be opened come last. Waits for the drive.

    They are opened in the order of their inodes, so that the head goes one way for that too.
    """
    stats = {}
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            stats[path] = path.stat()
    places: dict[Path, Place] = {}
    cached = set()
    for path in sorted(stats, key=lambda path: (stats[path].st_dev, stats[path].st_ino)):
        with contextlib.suppress(OSError), _opened(path) as file:
            first = first_extent(file)
            status = stats[path]
            at = status.st_ino if first is None else first
            places[path] = Place(status.st_dev, first is None, at, os.fsdecode(path))
            if is_cached(file, status.st_size):
                cached.add(path)
    found = sorted(places, key=lambda path: places[path])
    rest = [path for path in paths if path not in places]
    return Found((*found, *rest), frozenset(cached))


def first_extent(file: int) -> int | None:
    """The physical byte where an open file begins; None where the file system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    import fcntl  # absent on Windows

    buffer = bytearray(_HEAD.size + _EXTENT.size)
    _HEAD.pack_into(buffer, 0, 0, 2**63, 0, 0, 1, 0)
    try:
        fcntl.ioctl(file, _FIEMAP, buffer, True)
    except OSError:
        return None
    if not _HEAD.unpack_from(buffer)[3]:
        return None
    _, physical, _, _, _, flags = _EXTENT.unpack_from(buffer, _HEAD.size)
    return None if flags & _NOWHERE else int(physical)


def is_cached(file: int, size: int) -> bool:
    """Whether begin, middle and end of an open file are in memory: mincore(2).

    To ask must not read: preadv2(2) that is not to wait has the drive read ahead all the same. The
    kernel tells the truth about files that this user might write; of others nothing is known.
    """
    if not sys.platform.startswith("linux") or not size or not _is_writable(file):
        return False
    import ctypes  # deferred: only slow drives are asked
    import mmap

    page = mmap.PAGESIZE
    with mmap.mmap(file, size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE) as mapped:
        start = (ctypes.c_char * 1).from_buffer(mapped)
        there = ctypes.c_ubyte()
        address, ask = ctypes.addressof(start), ctypes.CDLL(None).mincore
        del start  # else the map could not be closed
        offsets = [at - at % page for at in (0, size // 2, size - 1)]
        return all(
            ask(ctypes.c_void_p(address + at), ctypes.c_size_t(1), ctypes.byref(there)) == 0
            and there.value & 1
            for at in offsets
        )


def _is_writable(file: int) -> bool:
    status = os.fstat(file)
    return status.st_uid == os.geteuid() or os.access(f"/proc/self/fd/{file}", os.W_OK)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        yield file
    finally:
        os.close(file)
