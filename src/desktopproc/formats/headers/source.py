"""Bytes of an open file by position, read in few and bounded pieces."""

import os
import struct
import sys
from typing import Any

from desktopproc.core.errors import BadInputError

HEAD_BYTES = 1 << 16
_MOST_BYTES = 64 << 20  # what all the header reads of one file may cost together


if sys.platform == "win32":

    def _read_at(file: int, length: int, offset: int) -> bytes:
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, length)
else:
    _read_at = os.pread


class Source:
    """The file behind a descriptor; `head` is its beginning, the rest is read when asked for.

    The descriptor stays the caller's. A file that shrinks meanwhile reads as short.
    """

    __slots__ = ("_budget", "_file", "head", "name", "size")

    def __init__(self, file: int, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self.head = _read_at(file, HEAD_BYTES, 0)
        self._file = file
        self._budget = _MOST_BYTES

    def at(self, offset: int, length: int) -> bytes:
        """What lies there, shorter at the end of the file; nothing once the limit is reached."""
        end = offset + length
        if offset >= 0 and end <= len(self.head):
            return self.head[offset:end]
        length = min(length, self.size - offset, self._budget)
        if offset < 0 or length <= 0:
            return b""
        self._budget -= length
        return _read_at(self._file, length, offset)

    def tail(self, length: int) -> bytes:
        """The last bytes of the file."""
        return self.at(max(0, self.size - length), length)

    def unpack(self, layout: str, offset: int) -> tuple[Any, ...]:
        """The numbers that lie there; a file that ends before them is damaged."""
        block = self.at(offset, struct.calcsize(layout))
        if len(block) < struct.calcsize(layout):
            raise self.damaged("it ends inside its header")
        return struct.unpack(layout, block)

    def damaged(self, why: str) -> BadInputError:
        """The error for a header that makes no sense, to be raised by the caller."""
        return BadInputError(f"{self.name} is damaged: {why}. Get another copy of it.")
