"""Reads the header of HEIF files, which HEIC and AVIF are: the primary picture's size and EXIF."""

import struct
from dataclasses import dataclass, field

from desktopproc.formats import exif
from desktopproc.formats.headers import boxes
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_MOST_EXIF = 1 << 20
_MOST_TABLE = 1 << 20


@dataclass(slots=True)
class _Bytes:
    """Reads whole numbers one after another; the end of the block reads as zeros."""

    block: bytes
    at: int = 0

    def take(self, length: int) -> int:
        self.at += length
        return int.from_bytes(self.block[self.at - length : self.at])

    @property
    def is_over(self) -> bool:
        return self.at >= len(self.block)


@dataclass(slots=True)
class _Items:
    """What the `meta` box says of the pictures in the file."""

    primary: int = 0
    exif: int | None = None
    places: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    sizes: list[tuple[int, int] | None] = field(default_factory=list)
    properties: dict[int, list[int]] = field(default_factory=dict)


def read(source: Source) -> Header:
    """Size before any rotation, and EXIF; damaged when no picture's size is declared."""
    meta = boxes.first(source, 0, source.size, b"meta")
    size, facts = None, exif.NOTHING
    if meta is not None:
        items = _items(source, meta)
        size, facts = _primary_size(items), _facts(source, meta, items)
    if size is None:
        size = _track_size(source)
    if size is None or not all(size):
        raise source.damaged("it ends before it tells the size of its picture")
    return Header(*size, facts)


def _items(source: Source, meta: boxes.Box) -> _Items:
    items = _Items()
    for box in boxes.walk(source, meta.start + 4, meta.end):
        wanted = box.kind in (b"pitm", b"iinf", b"iloc")
        block = source.at(box.start, min(box.end - box.start, _MOST_TABLE)) if wanted else b""
        if box.kind == b"pitm":
            items.primary = int.from_bytes(block[4:6] if block[:1] == b"\0" else block[4:8])
        elif box.kind == b"iinf":
            items.exif = _exif_item(source, box, block)
        elif box.kind == b"iloc":
            items.places = _places(_Bytes(block))
        elif box.kind == b"iprp":
            _read_properties(source, box, items)
    return items


def _exif_item(source: Source, box: boxes.Box, block: bytes) -> int | None:
    lead = 6 if block[:1] == b"\0" else 8
    for entry in boxes.walk(source, box.start + lead, box.end):
        info = source.at(entry.start, 16)
        if info[:1] == b"\2" and info[8:12] == b"Exif":
            return int.from_bytes(info[4:6])
        if info[:1] == b"\3" and info[10:14] == b"Exif":
            return int.from_bytes(info[4:8])
    return None


def _places(table: _Bytes) -> dict[int, tuple[int, int, int]]:
    """Where each item lies: construction method, offset, length of its first extent."""
    version = table.take(4) >> 24
    sizes = table.take(2)
    of_offset, of_length, of_base, of_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    places = {}
    for _ in range(table.take(wide)):
        if table.is_over:
            break
        item = table.take(wide)
        method = table.take(2) & 15 if version in (1, 2) else 0
        table.take(2)
        base = table.take(of_base)
        extents = table.take(2)
        one = (of_index if version in (1, 2) else 0) + of_offset + of_length
        following = table.at + extents * one
        if extents:
            table.take(of_index if version in (1, 2) else 0)
            offset = base + table.take(of_offset)
            places[item] = (method, offset, table.take(of_length))
        table.at = following
    return places


def _read_properties(source: Source, box: boxes.Box, items: _Items) -> None:
    for part in boxes.walk(source, box.start, box.end):
        if part.kind == b"ipco":
            items.sizes = [_size(source, p) for p in boxes.walk(source, part.start, part.end)]
        elif part.kind == b"ipma":
            table = _Bytes(source.at(part.start, min(part.end - part.start, _MOST_TABLE)))
            items.properties |= _associations(table)


def _size(source: Source, box: boxes.Box) -> tuple[int, int] | None:
    block = source.at(box.start + 4, 8)
    if box.kind != b"ispe" or len(block) < 8:
        return None
    width, height = struct.unpack(">II", block)
    return width, height


def _associations(table: _Bytes) -> dict[int, list[int]]:
    """Which properties belong to which item, as positions from 0."""
    lead = table.take(4)
    wide, big = (4 if lead >> 24 else 2), bool(lead & 1)
    found: dict[int, list[int]] = {}
    for _ in range(table.take(4)):
        if table.is_over:
            break
        item = table.take(wide)
        numbers = [
            table.take(2) & 0x7FFF if big else table.take(1) & 0x7F for _ in range(table.take(1))
        ]
        found.setdefault(item, [n - 1 for n in numbers])
    return found


def _primary_size(items: _Items) -> tuple[int, int] | None:
    for place in items.properties.get(items.primary, []):
        if 0 <= place < len(items.sizes) and items.sizes[place] is not None:
            return items.sizes[place]
    return max((size for size in items.sizes if size), default=None)


def _facts(source: Source, meta: boxes.Box, items: _Items) -> exif.Exif:
    if items.exif not in items.places:
        return exif.NOTHING
    method, offset, length = items.places[items.exif]
    if method == 1:  # inside the idat box
        idat = boxes.first(source, meta.start + 4, meta.end, b"idat")
        offset += idat.start if idat else 0
    block = source.at(offset, min(length, _MOST_EXIF) or _MOST_EXIF)
    return exif.read(after_lead(block))


def after_lead(block: bytes) -> bytes:
    """EXIF in such files begins with how many bytes to skip to its byte order mark; some programs
    leave that out."""
    if block[:4] in (b"II*\0", b"MM\0*"):
        return block
    skip = int.from_bytes(block[:4]) + 4
    if block[skip : skip + 2] not in (b"II", b"MM"):
        skip = 10 if block[4:10] == b"Exif\0\0" else 4
    return block[skip:]


def _track_size(source: Source) -> tuple[int, int] | None:
    """The size of the first track with one: a moving picture without a still one."""
    moov = boxes.first(source, 0, source.size, b"moov")
    if moov is None:
        return None
    for track in boxes.walk(source, moov.start, moov.end):
        header = (
            boxes.first(source, track.start, track.end, b"tkhd") if track.kind == b"trak" else None
        )
        if header is None:
            continue
        block = source.at(header.end - 8, 8)
        if len(block) == 8 and any(block):
            width, height = struct.unpack(">II", block)
            return width >> 16, height >> 16
    return None
