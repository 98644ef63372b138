"""Keeps results by what they were made of, in files that any process may read, write or remove.

A kept result is one file: the results' bytes one after the other, then a record of them in JSON,
its digest, its length and a mark. Large results are not copied: their record says where they lie.
Bytes share blocks with the result where the file system can do that (`FICLONE` of Linux 4.5), never
by a second name: who edits the result must not edit what is kept. Nothing here is made durable, as
nothing is believed: every byte is compared with its digest before it is given out.
"""

import json
import os
import shutil
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from desktopproc.formats import same_content

_MARK = b"desktopproc:kept1"
_END = struct.Struct(f">32sI{len(_MARK)}s")  # digest of the record, its length, the mark
_FICLONE = 0x40049409  # linux/fs.h
_CHUNK = 1 << 20
_COPIED = 1 << 20  # bytes: what is larger would cost more disk than it saves work
_ABANDONED_S = 3600.0  # a file that is still unfinished then belongs to a process that died


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a result: of which target, its name in a folder, and where it was to lie."""

    target: int
    name: str
    place: str
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a result besides its bytes; `dates` are pairs of a source and a target."""

    files: tuple[KeptFile, ...]
    notes: tuple[str, ...]
    dates: tuple[tuple[int, int], ...]
    has_bytes: bool = True


def digest_of(content: bytes) -> bytes:
    """The BLAKE3 digest of something in memory."""
    from blake3 import blake3  # deferred: a compiled module

    return bytes(blake3(content).digest())


def keep(
    entry: Path,
    made: Sequence[tuple[KeptFile, Path]],
    notes: Sequence[str],
    dates: Sequence[tuple[int, int]],
    most_bytes: int,
) -> int:
    """Keep a result, all of it or nothing; answers how much disk that takes. OSError if it fails.

    Of files that are large together only the record is kept, unless they can share their blocks.
    """
    temp = entry.with_name(f".{os.getpid()}-{entry.name}")
    try:
        with _opened_new(temp) as file:
            size = sum([one.size for one, _ in made])
            digests = _take_in(file, made, size) if size <= most_bytes else None
            has_bytes = digests is not None
            told = zip(made, digests or _digests(made), strict=True)
            files = [replace(one, digest=digest) for (one, _), digest in told]
            _finish(file, Record(tuple(files), tuple(notes), tuple(dates), has_bytes))
            taken = file.tell()
        temp.replace(entry)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    return taken


def _opened_new(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.open("wb")


def _take_in(file: BinaryIO, made: Sequence[tuple[KeptFile, Path]], size: int) -> list[str] | None:
    """Put the bytes of a result into its entry, answer their digests.

    None where only copying a lot would do.
    """
    if size > _COPIED:
        if len(made) > 1 or not _cloned(made[0][1], file):
            return None
        file.seek(size)
        return _digests(made)
    digests = []
    for _, path in made:
        content = path.read_bytes()
        file.write(content)
        digests.append(digest_of(content).hex())
    return digests


def _digests(made: Sequence[tuple[KeptFile, Path]]) -> list[str]:
    return [same_content.digest_of(path).hex() for _, path in made]


def _finish(file: BinaryIO, record: Record) -> None:
    files = [(one.target, one.name, one.place, one.size, one.digest) for one in record.files]
    told = json.dumps([files, record.notes, record.dates, record.has_bytes]).encode()
    file.write(told + _END.pack(digest_of(told), len(told), _MARK))


def give_out(entry: Path, temps: Sequence[Path], *, is_folder: bool) -> Record | None:
    """Write a kept result to these targets; None where there is none, or it is not what it was.

    What is no good is removed; targets that were begun are the caller's to sweep.
    """
    try:
        with entry.open("rb", buffering=0) as file:
            record = _record(file)
            offset = 0
            for kept in record.files:
                target = temps[kept.target]
                target = target / Path(kept.name).name if is_folder else target
                if record.has_bytes:
                    _copy(file, offset, kept, target, is_alone=len(record.files) == 1)
                    offset += kept.size
                else:
                    with Path(kept.place).open("rb", buffering=0) as lying:
                        _copy(lying, 0, kept, target, is_alone=True)
        os.utime(entry)  # the least recently used ones go first
    except OSError:
        return None
    except (ValueError, TypeError, IndexError):
        with suppress(OSError):
            entry.unlink()
        return None
    return record


def _record(file: BinaryIO) -> Record:
    """The record at the end of an entry; ValueError where it is damaged."""
    end = file.seek(0, os.SEEK_END)
    if end < _END.size:
        raise ValueError("cut off")
    file.seek(end - _END.size)
    digest, length, mark = _END.unpack(file.read(_END.size))
    if mark != _MARK or length > end - _END.size:
        raise ValueError("cut off")
    file.seek(end - _END.size - length)
    told = file.read(length)
    if digest_of(told) != digest:
        raise ValueError("damaged")
    files, notes, dates, has_bytes = json.loads(told)
    return Record(
        tuple([KeptFile(*one) for one in files]),
        tuple(notes),
        tuple([(source, target) for source, target in dates]),
        has_bytes,
    )


def _copy(file: BinaryIO, offset: int, kept: KeptFile, target: Path, *, is_alone: bool) -> None:
    """Write one file of a result; ValueError where its bytes are not those that were kept."""
    from blake3 import blake3  # deferred: a compiled module

    with target.open("w+b") as out:
        if is_alone and kept.size > _COPIED and _clone(file, out):
            out.truncate(kept.size)
            source: BinaryIO = out
        else:
            source = file
        source.seek(offset)
        hasher, left = blake3(), kept.size
        while left and (chunk := source.read(min(left, _CHUNK))):
            hasher.update(chunk)
            left -= len(chunk)
            if source is file:
                out.write(chunk)
        if left or hasher.hexdigest() != kept.digest:
            raise ValueError("damaged")


def _cloned(path: Path, file: BinaryIO) -> bool:
    with path.open("rb", buffering=0) as source:
        return _clone(source, file)


def _clone(source: BinaryIO, target: BinaryIO) -> bool:
    """Let a file share the blocks of another one, each keeping its own when it is changed."""
    if sys.platform != "linux":
        return False
    import fcntl  # absent on Windows

    try:
        fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
    except OSError:  # another disk, or a file system without shared blocks
        return False
    return True


# All that is kept, together


def sizes_in(folder: Path) -> set[int]:
    """How many bytes results in this folder were made of, as the names of their entries tell."""
    found: set[int] = set()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            size, _, key = entry.name.partition("-")
            if key and size.isdigit():
                found.add(int(size))
    return found


def size_of(folder: Path) -> int:
    """The bytes of everything that is kept."""
    return sum(size for _, size, _ in _entries(folder))


def trim(folder: Path, most_bytes: int) -> int:
    """Remove what was not used for longest, until so much is left; answers how much it is."""
    entries = sorted(_entries(folder))
    total = sum(size for _, size, _ in entries)
    for _, size, path in entries:
        if total <= most_bytes:
            break
        with suppress(OSError):
            Path(path).unlink()
            total -= size
    return total


def clear(folder: Path) -> int:
    """Remove everything that is kept; answers how many bytes that were."""
    size = size_of(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return size


def _entries(folder: Path) -> Iterator[tuple[int, int, str]]:
    """When each entry was last used, its size and its path. What nobody finished is removed."""
    for method in _listed(folder):
        if not method.is_dir(follow_symlinks=False):
            continue
        for entry in _listed(Path(method.path)):
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                if not entry.name.startswith("."):
                    yield found.st_mtime_ns, found.st_size, entry.path
                elif time.time() - found.st_mtime > _ABANDONED_S:
                    Path(entry.path).unlink()


def _listed(folder: Path) -> list["os.DirEntry[str]"]:
    with suppress(OSError), os.scandir(folder) as entries:
        return list(entries)
    return []
