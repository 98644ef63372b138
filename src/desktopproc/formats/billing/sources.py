"""Reads the documents of a data file, and remembers the last file for the next of its jobs."""

from functools import lru_cache
from pathlib import Path

from desktopproc.core.operation import Source
from desktopproc.core.reading import reading
from desktopproc.formats.rows.documents import Documents, Reading
from desktopproc.formats.rows.reading import read_table


def documents(source: Source, how: Reading, sheet: str = "") -> Documents:
    """The documents in a file; a thousand jobs on one file read it once in each process."""
    with reading(source.path):
        status = source.path.stat()
    state = (status.st_size, status.st_mtime_ns, status.st_ino)
    return _read(source.path, state, how, sheet)


def read_once(path: Path, how: Reading, sheet: str = "") -> Documents:
    """The same, not remembered: for a process that only counts what is there."""
    return Documents(read_table(Source(path), sheet), how)


@lru_cache(maxsize=1)
def _read(path: Path, _state: tuple[int, int, int], how: Reading, sheet: str) -> Documents:
    return read_once(path, how, sheet)
