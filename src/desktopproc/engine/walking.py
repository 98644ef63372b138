"""Lists the files below what the user named, in an order people expect, each file once."""

import heapq
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_JUNK = frozenset(
    {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information", "@eadir"}
)
_DIGITS = re.compile(r"[0-9]+")
_CHECK_EVERY = 1000
_PIECE = 5000


@dataclass(frozen=True, slots=True)
class Named:
    """A file that was found, the folder it was found under, and why it cannot be entered."""

    path: Path
    root: Path | None = None
    error: OSError | None = None  # a folder that cannot be listed, a path that leads nowhere


def natural(name: str) -> str:
    """A key that sorts "IMG_2" before "IMG_10" and does not tell capitals from small letters."""
    return _DIGITS.sub(_padded, name.casefold()) + "\0" + name


def in_order(names: Sequence[str]) -> list[str]:
    """The names in natural order, without holding up other threads for more than a moment.

    Sorting happens in one go, during which no other thread of the program runs: so it is done in
    pieces, which are then merged. The name is the end of its key, behind a sign no name can hold.
    """
    pieces = [
        sorted(natural(name) for name in names[at : at + _PIECE])
        for at in range(0, len(names), _PIECE)
    ]
    return [key.rpartition("\0")[2] for key in heapq.merge(*pieces)]


def _padded(match: re.Match[str]) -> str:
    number = match[0].lstrip("0") or "0"
    return f"{len(number):03}{number}"


class Walk:
    """Walks the named paths; iterate once. Folders are entered once, by whatever way they come.

    Inside folders, hidden files and what systems leave behind are passed over, and so are the
    `exclude` folders. A link to a folder is followed unless the walk comes there anyway.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        exclude: Collection[Path] = (),
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._nowhere: dict[Path, OSError] = {}
        self._tops = list(dict.fromkeys(map(self._absolute, paths)))
        self._is_cancelled = is_cancelled
        self._entered: set[tuple[int, int]] = set()
        self._excluded = {identity for path in exclude if (identity := _identity(path))}
        # What cannot even be asked for is no folder: looking at it tells why. `is_dir` would raise.
        folders = {top for top in self._tops if os.path.isdir(top)} - self._nowhere.keys()  # noqa: PTH112
        self._by_name = {os.fspath(top) for top in self._tops if top not in folders}
        self._covered = tuple(os.path.join(os.path.realpath(top), "") for top in folders)  # noqa: PTH118

    def __iter__(self) -> Iterator[Named]:
        for top in self._tops:
            if os.fspath(top) in self._by_name:
                yield Named(top, error=self._nowhere.get(top))
            else:
                yield from self._below(top)

    def _absolute(self, path: Path) -> Path:
        try:
            return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
        except OSError as e:  # the folder that this process is in was removed
            self._nowhere[path] = e
            return path

    def _below(self, top: Path) -> Iterator[Named]:
        waiting = [os.fspath(top)]
        while waiting and not self._is_cancelled():
            folder = waiting.pop()
            try:
                if not self._enter(folder, is_top=folder == os.fspath(top)):
                    continue
                files, folders = self._listed(folder)
            except OSError as e:
                yield Named(Path(folder), top, e)
                continue
            for path in files:
                yield Named(Path(path), top)
            waiting += reversed(folders)

    def _enter(self, folder: str, *, is_top: bool) -> bool:
        status = os.stat(folder)  # noqa: PTH116
        identity = (status.st_dev, status.st_ino)
        if identity in self._entered or (identity in self._excluded and not is_top):
            return False
        self._entered.add(identity)
        return True

    def _listed(self, folder: str) -> tuple[list[str], list[str]]:
        """Paths of the files and of the folders to enter, each in natural order."""
        files: list[str] = []
        folders: list[str] = []
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number % _CHECK_EVERY == 0 and self._is_cancelled():
                    break
                if entry.name[0] == "." or entry.name.lower() in _JUNK:
                    continue
                if not _is_folder(entry):
                    files.append(entry.name)
                elif not entry.is_symlink() or not self._comes_there(entry.path):
                    folders.append(entry.name)
        lead = os.path.join(folder, "")  # noqa: PTH118
        paths = [lead + name for name in in_order(files)]
        if self._by_name:
            paths = [path for path in paths if path not in self._by_name]
        return paths, [lead + name for name in in_order(folders)]

    def _comes_there(self, link: str) -> bool:
        target = os.path.join(os.path.realpath(link), "")  # noqa: PTH118
        return target.startswith(self._covered)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that cannot be followed: looking at it tells why


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
