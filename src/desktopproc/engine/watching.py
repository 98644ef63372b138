"""Watches a folder for files that are whole: the same at two looks, and open to be read.

A folder is looked at, not listened to: drives in a network tell nothing of what others put there.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktopproc.engine.walking import Walk

_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", "~")


@dataclass(frozen=True, slots=True)
class _Mark:
    """What changes about a file while it is written, or when another takes its place."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(slots=True)
class WatchedFolder:
    """The files of a folder, each of which is answered once in the state it is in.

    `error` says why the folder could not be listed at the last look; nothing is forgotten then.
    `locked` are files that are whole but cannot be opened.
    """

    folder: Path
    exclude: Sequence[Path] = ()
    error: OSError | None = None
    locked: frozenset[Path] = frozenset()
    _seen: dict[Path, _Mark] = field(default_factory=dict)
    _taken: dict[Path, _Mark] = field(default_factory=dict)

    def look(self) -> list[Path]:
        """The files that are whole now and were not answered before as they are, in order."""
        try:
            os.scandir(self.folder).close()
        except OSError as e:
            self.error = e
            return []
        self.error = None
        now = dict(self._marks())
        still = [path for path, mark in now.items() if self._seen.get(path) == mark]
        ready = [path for path in still if self._taken.get(path) != now[path]]
        whole = [path for path in ready if _opens(path)]
        self.locked = frozenset(ready) - frozenset(whole)
        self._seen = now
        self._taken = {path: mark for path, mark in self._taken.items() if path in now}
        self._taken |= {path: now[path] for path in whole}
        return whole

    def give_back(self, paths: Sequence[Path]) -> None:
        """Answer these again at the next look: nothing could be done with them."""
        for path in paths:
            self._taken.pop(path, None)

    def _marks(self) -> Iterator[tuple[Path, _Mark]]:
        for named in Walk([self.folder], self.exclude):
            if named.error is not None or named.path.name.lower().endswith(_UNFINISHED):
                continue
            try:
                status = named.path.stat()
            except OSError:  # gone since it was listed
                continue
            if stat.S_ISREG(status.st_mode) and status.st_size:
                yield named.path, _Mark(status.st_size, status.st_mtime_ns, status.st_ino)


def _opens(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(file.read(1))
    except OSError:  # locked by whoever writes it, or not for this user
        return False
