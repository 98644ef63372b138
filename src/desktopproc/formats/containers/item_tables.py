"""The three tables of a HEIF file: what its items are, where they lie, what they refer to.

ISO/IEC 14496-12: item information (8.11.6), item location (8.11.3), item reference (8.11.12).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from desktopproc.formats.containers.boxes import box, walk

_MOST_ITEMS = 100_000
_MOST_PIECES = 200_000
_XMP_TYPE = b"application/rdf+xml"


class Item(NamedTuple):
    """One item: its number, its kind, and its entry as it stands in the table."""

    number: int
    kind: bytes
    raw: bytes
    is_xmp: bool = False

    @classmethod
    def made(cls, number: int, kind: bytes, content_type: bytes = b"") -> "Item":
        """A new item; its entry is of version 2 as long as its number fits."""
        if number > 0xFFFF:
            raise ValueError("too many items")
        body = struct.pack(">IHH4sx", 2 << 24, number, 0, kind)
        body += content_type + b"\0" if content_type else b""
        return cls(number, kind, box(b"infe", body), bool(content_type))


def items(block: bytes) -> list[Item]:
    """The items of an `iinf` box, whose body this is."""
    found = []
    for entry in walk(block, 6 if block[:1] == b"\0" else 8, len(block)):
        body = block[entry.body : entry.end]
        wide = 4 if body[:1] == b"\3" else 2
        number = int.from_bytes(body[4 : 4 + wide])
        kind = body[6 + wide : 10 + wide] if body[:1] in (b"\2", b"\3") else b""
        words = body[10 + wide :].split(b"\0")
        is_xmp = kind == b"mime" and len(words) > 1 and words[1] == _XMP_TYPE
        found.append(Item(number, kind, block[entry.start : entry.end], is_xmp))
    return found


def items_box(found: list[Item]) -> bytes:
    """An `iinf` box of these items."""
    lead = struct.pack(">IH", 0, len(found))
    if len(found) > 0xFFFF:
        lead = struct.pack(">II", 1 << 24, len(found))
    return box(b"iinf", lead + b"".join(item.raw for item in found))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies: how offsets count, in which file, and its pieces (index, at, length)."""

    method: int
    file: int
    extents: tuple[tuple[int, int, int], ...]

    @classmethod
    def made(cls, at: int, length: int) -> "Place":
        """One piece of this file."""
        return cls(0, 0, ((0, at, length),))


@dataclass(slots=True)
class Places:
    """The places of all items."""

    version: int = 0
    index_size: int = 0
    of: dict[int, Place] = field(default_factory=dict)

    @classmethod
    def read(cls, block: bytes) -> "Places":
        """Those of an `iloc` box, whose body this is; what is cut off is a ValueError."""
        take = _Numbers(block)
        version = take(4) >> 24
        sizes = take(2)
        of_offset, of_length, of_base, of_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
        of_index = of_index if version in (1, 2) else 0
        wide = 4 if version == 2 else 2
        places, left = cls(version, of_index), _MOST_PIECES
        for _ in range(min(take(wide), _MOST_ITEMS)):
            number = take(wide)
            method = take(2) & 15 if version in (1, 2) else 0
            file, base, count = take(2), take(of_base), take(2)
            left -= count
            if left < 0:
                raise ValueError("too many pieces of items")
            extents = tuple(
                (take(of_index), base + take(of_offset), take(of_length)) for _ in range(count)
            )
            places.of[number] = Place(method, file, extents)
        return places

    def moved(self, behind: int, delta: int, gone: set[int]) -> "Places":
        """Without the items that are gone, all bytes from `behind` on moved by `delta`."""

        def move(place: Place) -> Place:
            if place.method or place.file:
                return place
            moved = tuple(
                (index, at + (delta if at >= behind else 0), length)
                for index, at, length in place.extents
            )
            return replace(place, extents=moved)

        kept = {number: move(place) for number, place in self.of.items() if number not in gone}
        return Places(self.version, self.index_size, kept)

    def to_bytes(self) -> bytes:
        """An `iloc` box, with offsets and lengths of four bytes."""
        wide = 4 if self.version == 2 else 2
        out = bytearray(struct.pack(">IH", self.version << 24, 0x4400 | self.index_size))
        try:
            out += len(self.of).to_bytes(wide)
            for number, place in self.of.items():
                out += number.to_bytes(wide)
                out += place.method.to_bytes(2) if self.version in (1, 2) else b""
                out += struct.pack(">HH", place.file, len(place.extents))
                for index, at, length in place.extents:
                    out += index.to_bytes(self.index_size) + struct.pack(">II", at, length)
        except (struct.error, OverflowError):
            raise ValueError("a file of more than 4 GB") from None
        return box(b"iloc", bytes(out))


@dataclass(slots=True)
class References:
    """What refers to what: (kind, from, to) in the order of the file."""

    version: int = 0
    found: list[tuple[bytes, int, tuple[int, ...]]] = field(default_factory=list)

    @classmethod
    def read(cls, block: bytes) -> "References":
        """Those of an `iref` box, whose body this is."""
        version = block[0] if block else 0
        wide = 4 if version else 2
        references = cls(version)
        for part in walk(block, 4, len(block)):
            take = _Numbers(block[part.body : part.end])
            start = take(wide)
            targets = tuple(take(wide) for _ in range(take(2)))
            references.found.append((part.kind, start, targets))
        return references

    def describing(self, number: int) -> set[int]:
        """The items that describe this one."""
        return {
            start for kind, start, targets in self.found if kind == b"cdsc" and number in targets
        }

    def without(self, gone: Iterable[int]) -> "References":
        """Those that neither begin nor end at one of these items."""
        dropped = set(gone)
        kept = []
        for kind, start, targets in self.found:
            left = tuple(target for target in targets if target not in dropped)
            if start not in dropped and left:
                kept.append((kind, start, left))
        return References(self.version, kept)

    def add(self, kind: bytes, start: int, target: int) -> None:
        """One more."""
        self.found.append((kind, start, (target,)))

    def to_bytes(self) -> bytes:
        """An `iref` box; nothing when nothing refers to anything."""
        if not self.found:
            return b""
        wide = 4 if self.version else 2
        body = bytearray(struct.pack(">I", self.version << 24))
        for kind, start, targets in self.found:
            inner = start.to_bytes(wide) + len(targets).to_bytes(2)
            body += box(kind, inner + b"".join(target.to_bytes(wide) for target in targets))
        return box(b"iref", bytes(body))


class _Numbers:
    """Reads whole numbers one after another."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self._at = 0

    def __call__(self, size: int) -> int:
        end = self._at + size
        if end > len(self._block):
            raise ValueError("a table that is cut off")
        value = int.from_bytes(self._block[self._at : end])
        self._at = end
        return value
