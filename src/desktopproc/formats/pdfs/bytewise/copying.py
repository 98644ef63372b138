"""Copies objects of one document into another, with all that they refer to."""

from collections import deque
from collections.abc import Iterable, Mapping

from desktopproc.formats.pdfs.bytewise.file_writer import FileWriter
from desktopproc.formats.pdfs.bytewise.notation import dictionary, entries, renumbered
from desktopproc.formats.pdfs.bytewise.objects import Objects, Stored

_NULL = b"null"


def nulls(left_out: Iterable[int]) -> dict[bytes, bytes]:
    """References to these objects lead nowhere in the other document."""
    return {b"%d" % old: _NULL for old in left_out}


class Copier(dict[bytes, bytes]):
    """Gives the objects of one document numbers in another, and copies those that have one.

    It is the table of references itself: from numbers as they are written in the one to
    references as they are written in the other.
    """

    def __init__(self, file: FileWriter, objects: Objects, left_out: Mapping[bytes, bytes]) -> None:
        """`left_out` is what `nulls` makes; these are copied only when they are given a number."""
        super().__init__(left_out)
        self._file, self._objects = file, objects
        self._numbers: dict[int, int] = {}
        self._waiting: deque[int] = deque()

    def __missing__(self, old: bytes) -> bytes:
        made = self[old] = b"%d 0 R" % self.number(int(old))
        return made

    def number(self, old: int, *, is_ours: bool = False) -> int:
        """The number of an object; it is copied by `run` unless the caller adds it."""
        found = self._numbers.get(old)
        if found is None:
            found = self._numbers[old] = self._file.new_number()
            self[b"%d" % old] = b"%d 0 R" % found
            if not is_ours:
                self._waiting.append(old)
        return found

    def add_changed(self, old: int, words: Mapping[bytes, bytes]) -> None:
        """Copy a dictionary with other values for some keys, which are written already."""
        changed = entries(renumbered(self._objects.get(old).body, self)) | dict(words)
        self._file.add(self.number(old, is_ours=True), Stored(dictionary(changed)))

    def run(self) -> None:
        """Copy all that was given a number, and what that refers to."""
        waiting, objects, file, numbers = self._waiting, self._objects, self._file, self._numbers
        while waiting:
            old = waiting.popleft()
            body, stream = objects.get(old)
            file.add(numbers[old], Stored(renumbered(body, self), stream))
