"""Changes a few tags inside an EXIF block and leaves every other byte where it is.

Camera makers' notes point into the block by position, so writing it anew would break them: what
does not fit into its place goes to the end of the block. Tags are those of Exif 3.0 (4.6).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktopproc.formats.exif_directory import ASCII, SIZES
from desktopproc.formats.image_whole import jpeg_end

_START = b"Exif\0\0"
_SHORT = 3  # EXIF 2.32, section 4.6.2
_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
_WIDTH, _HEIGHT = 0xA002, 0xA003
_PREVIEW_PARTS = ((0x0201, 0x0202), (0x0111, 0x0117))  # a JPEG, or strips of plain pixels
_JPEG = b"\xff\xd8\xff"
_MAX_ENTRIES = 1000
_DATES = frozenset({0x0132, 0x9003, 0x9004})
_DATE_LENGTH = len("2026:05:01 10:00:00")
_GEO = frozenset({33550, 33922, 34264, 34735, 34736, 34737})  # where a map lies (GeoTIFF 1.1)
_COPIES = frozenset({700, 33723, 34377})  # XMP, IPTC and resources a second time


@dataclass(frozen=True, slots=True)
class _Entry:
    at: int
    tag: int
    kind: int
    count: int

    @property
    def size(self) -> int:
        return SIZES.get(self.kind, 1) * self.count


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
        return _START + self.content

    @property
    def content(self) -> bytes:
        """The block from its byte order on."""
        return bytes(self._bytes)

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
        self.drop(_GPS_IFD, *_GEO, *_COPIES)

    def drop_previews(self) -> None:
        """Take out the small picture, and those that makers hide in their notes."""
        self._drop_preview()
        at = self._bytes.find(_JPEG)
        while at >= 0:
            end = jpeg_end(self._bytes, at)
            self._bytes[at:end] = bytes(end - at)
            at = self._bytes.find(_JPEG, end)

    def drop(self, *tags: int) -> None:
        """Take tags out of the first directory, and wipe what they said."""
        for tag in tags:
            for entry in list(self._entries(self._first)):
                if entry.tag == tag:
                    self._wipe_value(entry)
                    self._drop(tag)

    def set_text(self, tag: int, text: str) -> None:
        """Let a tag of the first directory say this: in its place, or else at the end."""
        value = text.encode("utf-8", "replace").replace(b"\0", b" ") + b"\0"
        entry = next((e for e in self._entries(self._first) if e.tag == tag), None)
        if entry is None:
            entry = self._added(tag)
        else:
            self._wipe_value(entry)
        fits = len(value) <= entry.size
        place = self._number(entry.at + 8, 4) if fits and entry.size > 4 else 0
        struct.pack_into(self._order + "HHI", self._bytes, entry.at, tag, ASCII, len(value))
        if len(value) <= 4:
            self._bytes[entry.at + 8 : entry.at + 12] = value.ljust(4, b"\0")
            return
        if not place or place + len(value) > len(self._bytes):
            place = self._end()
            self._bytes += value
        self._bytes[place : place + len(value)] = value
        struct.pack_into(self._order + "I", self._bytes, entry.at + 8, place)

    def change_dates(self, change: Callable[[str], str]) -> None:
        """Replace the dates of the photo by others that are written alike."""
        own = list(self._below(_EXIF_IFD))
        for entry in [*self._entries(self._first), *own]:
            if entry.tag in _DATES and entry.kind == ASCII and entry.size >= _DATE_LENGTH:
                start = self._number(entry.at + 8, 4)
                old = bytes(self._bytes[start : start + _DATE_LENGTH])
                new = change(old.decode("latin-1")).encode("latin-1")
                if len(old) == len(new):
                    self._bytes[start : start + _DATE_LENGTH] = new

    def set_fractions(self, values: dict[int, tuple[int, int]]) -> None:
        """Let tags of the first directory that are there say these fractions."""
        for entry in self._entries(self._first):
            if entry.tag in values and entry.kind == 5 and entry.count == 1:
                start = self._number(entry.at + 8, 4)
                struct.pack_into(self._order + "II", self._bytes, start, *values[entry.tag])

    def set_number(self, tag: int, value: int) -> None:
        """Let a tag of the first directory that is there say this number."""
        for entry in self._entries(self._first):
            if entry.tag == tag:
                self._put(entry, value)

    def turn(self, orientation: int) -> None:
        """Ask viewers to turn the picture by an orientation from 1 to 8."""
        entry = next((e for e in self._entries(self._first) if e.tag == _ORIENTATION), None)
        at = (entry or self._added(_ORIENTATION)).at
        words = (_ORIENTATION, _SHORT, 1, orientation, 0)
        struct.pack_into(self._order + "HHIHH", self._bytes, at, *words)

    def number(self, tag: int) -> int | None:
        """What a tag of the first directory says, if it is one number."""
        for entry in self._entries(self._first):
            if entry.tag == tag and entry.count == 1 and entry.kind in (3, 4):
                return self._value(entry)
        return None

    def is_plain(self) -> bool:
        """Whether it says nothing, or no more than how the pixels stand."""
        tags = {entry.tag for entry in self._entries(self._first)}
        link = self._first + 2 + 12 * self._number(self._first, 2)
        return tags <= {_ORIENTATION} and not self._number(link, 4)

    def _added(self, tag: int) -> _Entry:
        """A new entry of the first directory, which goes to the end for it."""
        count = self._number(self._first, 2)
        start, end = self._first + 2, self._first + 2 + 12 * count
        if end + 4 > len(self._bytes):
            raise ValueError("a directory that is cut off")
        old = [bytes(self._bytes[at : at + 12]) for at in range(start, end, 12)]
        link = bytes(self._bytes[end : end + 4])
        new = struct.pack(self._order + "HHI4x", tag, ASCII, 1)
        tags = [struct.unpack(self._order + "H", raw[:2])[0] for raw in old]
        # the others keep their order: readers give up at a damaged entry that comes first
        place = next((index for index, other in enumerate(tags) if other > tag), count)
        entries = [*old[:place], new, *old[place:]]
        self._bytes[self._first : end + 4] = bytes(end + 4 - self._first)
        self._first = self._end()
        struct.pack_into(self._order + "I", self._bytes, 4, self._first)
        self._bytes += struct.pack(self._order + "H", count + 1) + b"".join(entries) + link
        return next(e for e in self._entries(self._first) if e.tag == tag)

    def _end(self) -> int:
        """Where something can be added: an even place, as the standard wants it."""
        self._bytes += b"\0" * (len(self._bytes) % 2)
        return len(self._bytes)

    def _wipe_value(self, entry: _Entry) -> None:
        if entry.size > 4:
            start = self._number(entry.at + 8, 4)
            if start >= 8 and start + entry.size <= len(self._bytes):
                self._bytes[start : start + entry.size] = bytes(entry.size)

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
        found = {e.tag: self._values(e) for e in self._entries(second)}
        struct.pack_into(self._order + "I", self._bytes, link, 0)
        for places, lengths in _PREVIEW_PARTS:
            for start, length in zip(found.get(places, ()), found.get(lengths, ()), strict=False):
                self._clear(start, length)

    def _clear(self, start: int, length: int) -> None:
        """Wipe bytes, or cut them off where they are the last."""
        if start and 0 < length <= len(self._bytes) - start:
            if start + length == len(self._bytes):
                del self._bytes[start:]
            else:
                self._bytes[start : start + length] = bytes(length)

    def _values(self, entry: _Entry) -> tuple[int, ...]:
        """Whole numbers of an entry: one in its place, or several elsewhere."""
        letter = {3: "H", 4: "I"}.get(entry.kind)
        if letter is None or entry.count > _MAX_ENTRIES:
            return ()
        start = entry.at + 8 if entry.size <= 4 else self._number(entry.at + 8, 4)
        return struct.unpack_from(f"{self._order}{entry.count}{letter}", self._bytes, start)

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
        self._wipe_value(entry)
        self._bytes[entry.at : entry.at + 12] = bytes(12)
