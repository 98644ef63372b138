"""Changes a few tags inside an EXIF block and leaves every other byte where it is.

Camera makers' notes point into the block by position, so writing it anew would break them.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_START = b"Exif\0\0"
_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
_WIDTH, _HEIGHT = 0xA002, 0xA003
_THUMBNAIL_AT, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class _Entry:
    at: int
    tag: int
    kind: int
    count: int

    @property
    def size(self) -> int:
        return _SIZES.get(self.kind, 1) * self.count


class ExifBlock:
    """An EXIF block that can be changed in place; ValueError or struct.error if it is none."""

    def __init__(self, block: bytes) -> None:
        self._bytes = bytearray(block.removeprefix(_START))
        marks = {b"II*\0": "<", b"MM\0*": ">"}
        try:
            self._order = marks[bytes(self._bytes[:4])]
        except KeyError:
            raise ValueError("not an EXIF block") from None
        self._first = self._number(4, 4)

    def to_bytes(self) -> bytes:
        return _START + bytes(self._bytes)

    def make_upright(self, size: tuple[int, int]) -> None:
        """Say that the pixels are upright and how many there are; a preview that was not
        upright is taken out."""
        for entry in self._entries(self._first):
            if entry.tag == _ORIENTATION and self._value(entry) != 1:
                self._put(entry, 1)
                self._drop_preview()
        for entry in self._below(_EXIF_IFD):
            if entry.tag in {_WIDTH, _HEIGHT}:
                self._put(entry, size[0] if entry.tag == _WIDTH else size[1])

    def drop_position(self) -> None:
        """Wipe everything that tells where the photo was taken."""
        for entry in list(self._below(_GPS_IFD)):
            self._wipe(entry)
        self._drop(_GPS_IFD)

    def drop_orientation(self) -> None:
        """Take the tag out, for formats that say it elsewhere."""
        self._drop(_ORIENTATION)

    def _drop(self, tag: int) -> None:
        """Take one entry out of the first directory, closing the gap."""
        for entry in self._entries(self._first):
            if entry.tag == tag:
                count = self._number(self._first, 2)
                end = self._first + 2 + 12 * count + 4
                self._bytes[entry.at : end] = self._bytes[entry.at + 12 : end] + bytes(12)
                struct.pack_into(self._order + "H", self._bytes, self._first, count - 1)
                return

    def _drop_preview(self) -> None:
        link = self._first + 2 + 12 * self._number(self._first, 2)
        second = self._number(link, 4)
        if not second:
            return
        found = {e.tag: self._value(e) for e in self._entries(second)}
        start, length = found.get(_THUMBNAIL_AT, 0), found.get(_THUMBNAIL_LENGTH, 0)
        struct.pack_into(self._order + "I", self._bytes, link, 0)
        if start and 0 < length <= len(self._bytes) - start:
            if start + length == len(self._bytes):
                del self._bytes[start:]
            else:
                self._bytes[start : start + length] = bytes(length)

    def _below(self, tag: int) -> Iterator[_Entry]:
        for entry in self._entries(self._first):
            if entry.tag == tag:
                yield from self._entries(self._value(entry))

    def _entries(self, at: int) -> Iterator[_Entry]:
        for number in range(min(self._number(at, 2), _MAX_ENTRIES)):
            here = at + 2 + 12 * number
            yield _Entry(here, *struct.unpack_from(self._order + "HHI", self._bytes, here))

    def _number(self, at: int, size: int) -> int:
        (value,) = struct.unpack_from(self._order + {2: "H", 4: "I"}[size], self._bytes, at)
        return int(value)

    def _value(self, entry: _Entry) -> int:
        return self._number(entry.at + 8, 2 if entry.kind == 3 else 4)

    def _put(self, entry: _Entry, value: int) -> None:
        if entry.kind == 3:
            struct.pack_into(self._order + "HH", self._bytes, entry.at + 8, value & 0xFFFF, 0)
        else:
            struct.pack_into(self._order + "I", self._bytes, entry.at + 8, value)

    def _wipe(self, entry: _Entry) -> None:
        if entry.size > 4:
            start = self._number(entry.at + 8, 4)
            if start + entry.size <= len(self._bytes):
                self._bytes[start : start + entry.size] = bytes(entry.size)
        self._bytes[entry.at : entry.at + 12] = bytes(12)
