"""Finds files of equal content, and reads no more of them than that takes."""

import os
from collections import defaultdict
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from pathlib import Path

from desktopproc.core.errors import ProcError
from desktopproc.core.reading import reading
from desktopproc.formats.side_by_side import in_order

_END = 64 << 10  # bytes at each end that tell most files of one size apart
_CHUNK = 1 << 20

Told = dict[Path, bytes | ProcError]
Settled = Generator[int, None, Told]
"""Yields how many files are settled since the last time, 0 for a mere stop point; returns the
BLAKE3 digest of each file that has an equal, and the error of each that could not be read."""


def same_content(sizes: Mapping[Path, int], threads: int) -> Settled:
    """Compare by size, then by both ends, then as a whole: only candidates are read whole."""
    told: Told = {}
    suspects = _equal(sizes)
    yield len(sizes) - len(suspects)
    ends = yield from _read_all(ends_of, suspects, threads, told)
    rest = _equal({path: (sizes[path], ends[path]) for path in ends})
    small = [path for path in rest if sizes[path] <= 2 * _END]  # read whole already
    told |= {path: ends[path] for path in small}
    rest = [path for path in rest if sizes[path] > 2 * _END]
    yield len(suspects) - len(rest)
    wholes = yield from _read_all(digest_of, rest, threads, told, each=1)
    return told | {path: wholes[path] for path in _equal(wholes)}


def digest_of(path: Path) -> bytes:
    """The BLAKE3 digest of a whole file. Safe from any thread."""
    from blake3 import blake3

    digest = blake3()
    with reading(path), path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return bytes(digest.digest())


def ends_of(path: Path) -> bytes:
    """The digest of both ends, of a small file that of all of it. Safe from any thread."""
    from blake3 import blake3

    digest = blake3()
    with reading(path), path.open("rb", buffering=0) as file:
        digest.update(file.read(_END))
        size = os.fstat(file.fileno()).st_size
        file.seek(max(_END, size - _END))
        digest.update(file.read(_END))
    return bytes(digest.digest())


def _equal(keys: Mapping[Path, Hashable]) -> list[Path]:
    """The files whose key is another file's too."""
    together: dict[Hashable, list[Path]] = defaultdict(list)
    for path, key in keys.items():
        together[key].append(path)
    return [path for paths in together.values() if len(paths) > 1 for path in paths]


def _read_all(
    read: Callable[[Path], bytes], paths: Sequence[Path], threads: int, told: Told, each: int = 0
) -> Generator[int, None, dict[Path, bytes]]:
    """What reading each gives; errors go to `told`."""

    def attempted(path: Path) -> tuple[Path, bytes | ProcError]:
        try:
            return path, read(path)
        except ProcError as e:
            return path, e

    found: dict[Path, bytes] = {}
    for result in in_order(attempted, paths, threads):
        if result is None:
            yield 0
            continue
        path, digest = result
        if isinstance(digest, bytes):
            found[path] = digest
        else:
            told[path] = digest
        yield each
    return found
