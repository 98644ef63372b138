"""Walks TIFF structures, the directories of tagged values that TIFF, RAW and EXIF are made of.

Made for garbage: every read is bounded, offsets into nowhere read as nothing, and nothing raises.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

Fetch = Callable[[int, int], bytes]  # (offset, length) -> what is there, shorter at the end
Entry = tuple[int, int, bytes]  # type, count, the value itself or where it is
Directory = dict[int, Entry]

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_SIZES[129] = 1  # UTF-8
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_FRACTIONS = {5: "I", 10: "i"}
_TEXTS = frozenset({1, 2, 7, 129})
_MOST_ENTRIES = 4096
_MOST_TEXT = 512


@dataclass(frozen=True, slots=True)
class Tiff:
    """A TIFF structure: where its bytes come from, its byte order, and its flavour."""

    fetch: Fetch
    order: str  # "<" or ">", as struct spells it
    first: int  # where the first directory is
    is_big: bool = False  # BigTIFF: 8-byte offsets

    @classmethod
    def open(cls, fetch: Fetch) -> "Tiff | None":
        """The structure that begins at 0, or None. The magic numbers of RAW files are taken too."""
        head = fetch(0, 16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            return None
        magic, first = struct.unpack_from(order + "HI", head, 2)
        if magic == 43 and len(head) == 16:
            return cls(fetch, order, struct.unpack_from(order + "Q", head, 8)[0], is_big=True)
        return cls(fetch, order, first)

    def directory(self, offset: int, wanted: frozenset[int]) -> tuple[Directory, int]:
        """The wanted entries of the directory at `offset`, and where the next one is or 0."""
        lead = 8 if self.is_big else 2
        head = self.fetch(offset, lead) if offset >= 8 else b""
        if len(head) < lead:
            return {}, 0
        entry, link, size = ("HHQ8s", "Q", 20) if self.is_big else ("HHI4s", "I", 12)
        count = min(int.from_bytes(head, "little" if self.order == "<" else "big"), _MOST_ENTRIES)
        block = self.fetch(offset + lead, count * size + lead * 4)
        usable = min(count, len(block) // size) * size
        found: Directory = {}
        for tag, kind, number, raw in struct.iter_unpack(self.order + entry, block[:usable]):
            if tag in wanted and tag not in found:
                found[tag] = (kind, number, raw)
        tail = block[count * size :]
        if len(tail) < struct.calcsize(link):
            return found, 0
        return found, struct.unpack_from(self.order + link, tail)[0]

    def numbers(self, entry: Entry | None, most: int = 16) -> tuple[int, ...]:
        """The whole numbers of an entry, at most `most`; () where it holds none."""
        if entry is None or entry[0] not in _LETTERS:
            return ()
        return self._unpack(_LETTERS[entry[0]], entry, most)

    def number(self, entry: Entry | None) -> int | None:
        """The first whole number of an entry."""
        numbers = self.numbers(entry, 1)
        return numbers[0] if numbers else None

    def fractions(self, entry: Entry | None, most: int = 3) -> list[float | None]:
        """The fractions of an entry as numbers; None for those with a zero denominator."""
        if entry is None or entry[0] not in _FRACTIONS:
            return []
        flat = self._unpack(_FRACTIONS[entry[0]] * 2, entry, most)
        return [n / d if d else None for n, d in zip(flat[::2], flat[1::2], strict=True)]

    def text(self, entry: Entry | None) -> bytes:
        """The text of an entry up to its first zero byte, as bytes; at most 512 of them."""
        if entry is None or entry[0] not in _TEXTS:
            return b""
        return self._value(entry, _MOST_TEXT).split(b"\0", 1)[0]

    def _unpack(self, letters: str, entry: Entry, most: int) -> tuple[int, ...]:
        size = _SIZES[entry[0]]
        block = self._value(entry, most)
        count = min(len(block) // size, most)
        return struct.unpack_from(self.order + letters * count, block)

    def _value(self, entry: Entry, most: int) -> bytes:
        """The bytes of an entry, of its first `most` values when it lies elsewhere."""
        kind, count, raw = entry
        length = _SIZES[kind] * count
        if length <= len(raw):
            return raw[:length]
        (offset,) = struct.unpack(self.order + ("Q" if self.is_big else "I"), raw)
        return self.fetch(offset, min(length, _SIZES[kind] * most))
