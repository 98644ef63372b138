"""Walks TIFF structures, the directories of tagged values that TIFF, RAW and EXIF are made of.

Made for garbage: every read is bounded, offsets into nowhere read as nothing, and nothing raises.
"""

import struct
from collections.abc import Callable
from typing import Literal

Fetch = Callable[[int, int], bytes]  # (offset, length) -> what is there, shorter at the end
Entry = tuple[int, int, bytes]  # type, count, the value itself or where it is
Directory = dict[int, Entry]

_ENTRIES = {
    (is_little, is_big): struct.Struct(
        ("<" if is_little else ">") + ("HHQ8s" if is_big else "HHI4s")
    )
    for is_little in (True, False)
    for is_big in (True, False)
}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_SIZES[129] = 1  # UTF-8
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_UNSIGNED = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}  # type -> bytes
_FRACTIONS = {5: "II", 10: "ii"}
_TEXTS = frozenset({1, 2, 7, 129})
_MOST_ENTRIES = 4096
_FIRST_READ = 400  # holds most directories; small blocks are quickly had
_MOST_TEXT = 512


class Tiff:
    """A TIFF structure: where its bytes come from, its byte order, and its flavour.

    A plain class, because phase 1 makes one for every photo and counts microseconds.
    """

    __slots__ = ("_byteorder", "_entry", "_order", "_wide", "fetch", "first")

    def __init__(self, fetch: Fetch, *, is_little: bool, first: int, is_big: bool = False) -> None:
        self.fetch = fetch
        self.first = first  # where the first directory is
        self._order = "<" if is_little else ">"
        self._byteorder: Literal["little", "big"] = "little" if is_little else "big"
        self._wide = 8 if is_big else 4  # bytes of an offset
        self._entry = _ENTRIES[is_little, is_big]

    @classmethod
    def open(cls, fetch: Fetch) -> "Tiff | None":
        """The structure that begins at 0, or None. The magic numbers of RAW files are taken too."""
        head = fetch(0, 16)
        is_little = head[:2] == b"II"
        if len(head) < 8 or not (is_little or head[:2] == b"MM"):
            return None
        magic, first = struct.unpack_from("<HI" if is_little else ">HI", head, 2)
        is_big = magic == 43 and len(head) == 16
        if is_big:
            (first,) = struct.unpack_from("<Q" if is_little else ">Q", head, 8)
        return cls(fetch, is_little=is_little, first=first, is_big=is_big)

    def directory(self, offset: int, wanted: frozenset[int]) -> tuple[Directory, int]:
        """The wanted entries of the directory at `offset`, and where the next one is or 0."""
        lead, size = (8, 20) if self._wide == 8 else (2, 12)
        block = self.fetch(offset, _FIRST_READ) if offset >= 8 else b""
        if len(block) < lead:
            return {}, 0
        count = min(int.from_bytes(block[:lead], self._byteorder), _MOST_ENTRIES)
        end = lead + count * size
        if end + self._wide > _FIRST_READ:
            block = self.fetch(offset, end + self._wide)
        whole = min(end, len(block) - (len(block) - lead) % size)
        found: Directory = {}
        for tag, kind, number, raw in self._entry.iter_unpack(block[lead:whole]):
            if tag in wanted and tag not in found:
                found[tag] = (kind, number, raw)
        link = block[end : end + self._wide]
        following = int.from_bytes(link, self._byteorder) if len(link) == self._wide else 0
        return found, following

    def number(self, entry: Entry | None) -> int | None:
        """The first whole number of an entry."""
        if entry is None:
            return None
        kind, count, raw = entry
        size = _UNSIGNED.get(kind, 99)
        if count and size * count <= len(raw):  # the usual case, quickly
            return int.from_bytes(raw[:size], self._byteorder)
        numbers = self.numbers(entry, 1)
        return numbers[0] if numbers else None

    def numbers(self, entry: Entry | None, most: int = 16) -> tuple[int, ...]:
        """The whole numbers of an entry, at most `most`; () where it holds none."""
        if entry is None or entry[0] not in _LETTERS:
            return ()
        return self._unpack(_LETTERS[entry[0]], entry, most)

    def fractions(self, entry: Entry | None, most: int = 3) -> tuple[int, ...]:
        """The fractions of an entry, upper and lower numbers by turns; () where it holds none."""
        if entry is None or entry[0] not in _FRACTIONS:
            return ()
        return self._unpack(_FRACTIONS[entry[0]], entry, most)

    def text(self, entry: Entry | None) -> bytes:
        """The text of an entry up to its first zero byte, as bytes; at most 512 of them.

        A text that is cut by the end of the file is none: half a date is a wrong date.
        """
        if entry is None or entry[0] not in _TEXTS:
            return b""
        text = self._value(entry, _MOST_TEXT)
        return text.partition(b"\0")[0] if len(text) >= min(entry[1], _MOST_TEXT) else b""

    def _unpack(self, letters: str, entry: Entry, most: int) -> tuple[int, ...]:
        block = self._value(entry, most)
        count = min(len(block) // _SIZES[entry[0]], most)
        return struct.unpack_from(self._order + letters * count, block)

    def _value(self, entry: Entry, most: int) -> bytes:
        """The bytes of an entry, of its first `most` values when it lies elsewhere."""
        kind, count, raw = entry
        length = _SIZES[kind] * count
        if length <= len(raw):
            return raw[:length]
        offset = int.from_bytes(raw, self._byteorder)
        return self.fetch(offset, min(length, _SIZES[kind] * most))
