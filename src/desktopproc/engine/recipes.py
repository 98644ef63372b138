"""Digests of everything that decides what a result holds: inputs, options, program, libraries."""

import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desktopproc import __version__
from desktopproc.core.depends import Depends
from desktopproc.core.job import Facts
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Kind, specs, to_plain
from desktopproc.engine import versions


@dataclass(frozen=True, slots=True)
class Method:
    """How the results of a batch are made: all that decides what they hold, but their sources.

    `depends` is None where no earlier result stands for a new one by itself.
    """

    digest: bytes
    depends: Depends | None


def method_of(operation: Operation, options: object) -> Method:
    """What is common to all jobs with these options, as things are here and now.

    Where there may be passwords among the options, it is equal to no other.
    """
    depends = operation.depends_on(options)
    parts: list[object] = [__version__, versions.of_libraries(), operation.name, to_plain(options)]
    parts += [_state(path) for path in _paths_in(options)]
    if any(spec.kind is Kind.SECRET for spec in specs(operation.options)):
        parts.append(os.urandom(16).hex())  # a digest of passwords would help to guess them
    if depends and Depends.DAY in depends:
        parts.append(date.today().isoformat())
    if depends and Depends.COMPUTER in depends:
        parts.append(versions.of_computer())
    return Method(digest_of(parts), depends)


def recipe(method: Method, files: Sequence[Facts], item: int | None = None) -> bytes:
    """A digest of the method and the sources as they lie there, by path, size and times."""
    known = [(str(f.path), f.size_bytes, f.mtime_ns, f.ctime_ns, f.inode) for f in files]
    return digest_of([method.digest.hex(), known, item])


def digest_of(parts: Sequence[object]) -> bytes:
    """A digest of plain values."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


def _state(path: Path) -> tuple[int, ...] | None:
    """What changes when the file behind an option changes, such as a logo."""
    with suppress(OSError):
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
    return None


def _paths_in(value: object) -> Iterator[Path]:
    """The files that options name, those of their steps and further copies too."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _paths_in(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name in _fields_of(type(value)):
            yield from _paths_in(getattr(value, name))


@functools.cache
def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
