"""Reads and writes whole directories of a TIFF structure, the values as the bytes they are.

Types are those of TIFF 6.0 (section 2) and Exif 3.0 (4.6.2). Values that lie outside the block are
left out; every read is bounded.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_SWAPS = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4}
_MOST_ENTRIES = 2000
EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS, MAKER_NOTE = 0x8769, 0x8825, 0xA005, 0x014A, 0x927C
POINTERS = frozenset({EXIF_IFD, GPS_IFD, INTEROP_IFD})


class Entry(NamedTuple):
    """One entry with its value; `place` says where the value must stay when it may not move."""

    tag: int
    kind: int
    amount: int
    value: bytes
    place: int = 0

    @classmethod
    def text(cls, tag: int, text: str) -> "Entry":
        """A text, closed by a zero as the standard wants it."""
        value = text.encode("utf-8", "replace").replace(b"\0", b" ") + b"\0"
        return cls(tag, ASCII, len(value), value)

    @classmethod
    def number(cls, order: str, tag: int, kind: int, *values: int) -> "Entry":
        """Whole numbers of two or four bytes."""
        letter = "H" if kind == SHORT else "I"
        return cls(tag, kind, len(values), struct.pack(f"{order}{len(values)}{letter}", *values))

    def swapped(self) -> "Entry":
        """The same value in the other byte order."""
        size = _SWAPS.get(self.kind, 1)
        value = self.value
        if size > 1:
            parts = (value[at : at + size][::-1] for at in range(0, len(value), size))
            value = b"".join(parts)
        return self._replace(value=value)


class Directory(NamedTuple):
    """The entries of one directory, where it begins, ends, and where the next one lies."""

    entries: list[Entry]
    at: int
    following: int
    end: int = 0


def order_of(block: bytes) -> str:
    """The byte order as `struct` writes it; ValueError when this is no TIFF structure."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(block[:4]))
    if order is None or len(block) < 8:
        raise ValueError("not a TIFF structure")
    return order


def first_of(block: bytes) -> int:
    """Where the first directory lies."""
    (first,) = struct.unpack_from(order_of(block) + "I", block, 4)
    return int(first)


def read(block: bytes, order: str, at: int) -> Directory:
    """The directory at `at`; an entry's `place` is where its value was, 0 if inside the entry."""
    if at < 8 or at + 2 > len(block):
        return Directory([], at, 0)
    (count,) = struct.unpack_from(order + "H", block, at)
    entries: list[Entry] = []
    for here in range(at + 2, at + 2 + 12 * min(count, _MOST_ENTRIES), 12):
        if here + 12 > len(block):
            return Directory(entries, at, 0, here)
        tag, kind, number = struct.unpack_from(order + "HHI", block, here)
        length = SIZES.get(kind, 0) * number
        (start,) = struct.unpack_from(order + "I", block, here + 8)
        if not length or (length > 4 and start + length > len(block)):
            continue
        place = start if length > 4 else 0
        start = place or here + 8
        entries.append(Entry(tag, kind, number, bytes(block[start : start + length]), place))
    end = at + 2 + 12 * count
    link = block[end : end + 4]
    following = struct.unpack(order + "I", link)[0] if len(link) == 4 else 0
    return Directory(entries, at, following, min(end + 4, len(block)))


def pointed(block: bytes, order: str, entries: Iterable[Entry], tag: int) -> Directory:
    """The directory that an entry points at; an empty one where none does."""
    for entry in entries:
        if entry.tag == tag and len(entry.value) == 4:
            (at,) = struct.unpack(order + "I", entry.value)
            return read(block, order, at)
    return Directory([], 0, 0)


def pack(order: str, entries: Iterable[Entry], at: int, following: int = 0) -> bytes:
    """A directory that will lie at `at`, its values behind it; those with a place stay there."""
    by_tag = sorted({entry.tag: entry for entry in entries}.values(), key=lambda e: e.tag)
    out = bytearray(struct.pack(order + "H", len(by_tag)))
    behind = at + 2 + 12 * len(by_tag) + 4
    values = bytearray()
    for entry in by_tag:
        out += struct.pack(order + "HHI", entry.tag, entry.kind, entry.amount)
        if len(entry.value) <= 4:
            out += entry.value.ljust(4, b"\0")
        elif entry.place:
            out += struct.pack(order + "I", entry.place)
        else:
            out += struct.pack(order + "I", behind + len(values))
            values += entry.value + b"\0" * (len(entry.value) % 2)
    return bytes(out + struct.pack(order + "I", following) + values)


def build(
    order: str,
    main: Sequence[Entry],
    exif: Sequence[Entry] = (),
    gps: Sequence[Entry] = (),
    interop: Sequence[Entry] = (),
) -> bytes:
    """A whole block of these directories, the first one first; empty when all are."""
    if not (main or exif or gps or interop):
        return b""
    pointers = {EXIF_IFD: bool(exif or interop), GPS_IFD: bool(gps)}
    kept = [e._replace(place=0) for e in main if e.tag not in POINTERS]
    dummies = [Entry(tag, LONG, 1, bytes(4)) for tag, is_wanted in pointers.items() if is_wanted]
    places: dict[int, int] = {}
    at = 8 + len(pack(order, [*kept, *dummies], 8))
    body = bytearray()
    for tag, entries in ((INTEROP_IFD, interop), (EXIF_IFD, exif), (GPS_IFD, gps)):
        inner = [e for e in entries if e.tag not in POINTERS]
        if tag == EXIF_IFD and interop:
            inner.append(Entry.number(order, INTEROP_IFD, LONG, places[INTEROP_IFD]))
        if inner:
            places[tag] = at + len(body)
            body += pack(order, [e._replace(place=0) for e in inner], places[tag])
    kept += [Entry.number(order, tag, LONG, places[tag]) for tag in pointers if tag in places]
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return start + pack(order, kept, 8) + bytes(body)
