"""Reads and writes the metadata items of HEIF files, which HEIC and AVIF are.

Items are those of ISO/IEC 23008-12 (annex A) and of the meta box of ISO/IEC 14496-12 (8.11). New
ones lie in a box of their own at the end of the file; the picture's stay where they are, and the
table of places follows them. The colour profile is the encoder's.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from desktopproc.formats.containers import item_tables as tables
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.containers.boxes import Box, box, walk
from desktopproc.formats.headers.heif import after_lead

_EXIF, _MIME, _XMP_TYPE = b"Exif", b"mime", b"application/rdf+xml"
_PROFILES = frozenset({b"prof", b"rICC"})
_MOST_BYTES = 64 << 20
_CHUNKS = (b"trak", b"mdia", b"minf", b"stbl")


@dataclass(slots=True)
class _Meta:
    """The file's meta box, taken apart."""

    box: Box
    children: list[Box]
    primary: int = 0
    items: list[tables.Item] = field(default_factory=list)
    places: tables.Places = field(default_factory=tables.Places)
    references: tables.References = field(default_factory=tables.References)
    idat: Box | None = None

    def of_kind(self, kind: bytes) -> list[tables.Item]:
        """The items with EXIF or XMP, those about the primary picture first."""
        found = [i for i in self.items if i.kind == kind and (kind == _EXIF or i.is_xmp)]
        about = self.references.describing(self.primary)
        return sorted(found, key=lambda item: item.number not in about)


def read(content: bytes) -> Blocks:
    """EXIF and XMP of the primary picture, and its colour profile."""
    meta = _meta(content)
    exif, xmp = (
        next((_payload(content, meta, item.number) for item in meta.of_kind(kind)), b"")
        for kind in (_EXIF, _MIME)
    )
    return Blocks(exif=after_lead(exif) if exif else b"", xmp=xmp, icc=_profile(content, meta))


def write(content: bytes, blocks: Blocks) -> bytes:
    """The same picture with these blocks; nothing else in such files is known to be metadata."""
    meta = _meta(content)
    if any(part.kind == b"moof" for part in walk(content, 0, len(content))):
        raise ValueError("a fragmented film")
    wiped = bytearray(content)
    gone = {item.number for kind in (_EXIF, _MIME) for item in meta.of_kind(kind)}
    for number in gone:
        for start, end in _extents(content, meta, number):
            if not any(_overlap(content, meta, start, end, gone)):
                wiped[start:end] = bytes(end - start)
    new = _new_items(meta, blocks, content[8:12])
    body = _new_meta(bytes(wiped), meta, gone, new, 0)
    delta = len(body) - (meta.box.end - meta.box.start)
    body = _new_meta(bytes(wiped), meta, gone, new, delta)
    out = wiped[: meta.box.start] + body + wiped[meta.box.end :]
    _close_last(out, content, delta)
    _move_chunks(out, meta.box.end, delta)
    if new:
        out += box(b"mdat", b"".join(payload for _, payload in new))
    return bytes(out)


def _meta(content: bytes) -> _Meta:
    outer = next((b for b in walk(content, 0, len(content)) if b.kind == b"meta"), None)
    if outer is None:
        raise ValueError("no pictures are described")
    meta = _Meta(outer, list(walk(content, outer.body + 4, outer.end)))
    for child in meta.children:
        block = content[child.body : child.end]
        if child.kind == b"pitm":
            meta.primary = int.from_bytes(block[4:6] if block[:1] == b"\0" else block[4:8])
        elif child.kind == b"iinf":
            meta.items = tables.items(block)
        elif child.kind == b"iloc":
            meta.places = tables.Places.read(block)
        elif child.kind == b"iref":
            meta.references = tables.References.read(block)
        elif child.kind == b"idat":
            meta.idat = child
    return meta


def _extents(content: bytes, meta: _Meta, number: int) -> Iterator[tuple[int, int]]:
    """Where the bytes of an item lie in the file."""
    place = meta.places.of.get(number)
    if place is None or place.method > 1 or (place.method == 1 and meta.idat is None):
        return
    base = meta.idat.body if place.method == 1 and meta.idat else 0
    for _, offset, length in place.extents:
        start = base + offset
        end = start + length if length else len(content)
        if start > len(content) or end > len(content):
            raise ValueError("an item that lies beyond the end")
        yield start, end


def _payload(content: bytes, meta: _Meta, number: int) -> bytes:
    extents = list(_extents(content, meta, number))
    if sum(end - start for start, end in extents) > _MOST_BYTES:
        raise ValueError("metadata that is larger than any sound one")
    return b"".join(content[start:end] for start, end in extents)


def _overlap(content: bytes, meta: _Meta, start: int, end: int, gone: set[int]) -> Iterator[bool]:
    """For each item that stays, whether it shares these bytes."""
    for number in meta.places.of:
        if number not in gone:
            for first, last in _extents(content, meta, number):
                yield first < end and start < last


def _profile(content: bytes, meta: _Meta) -> bytes:
    for child in meta.children:
        if child.kind != b"iprp":
            continue
        for part in walk(content, child.body, child.end):
            if part.kind == b"ipco":
                for prop in walk(content, part.body, part.end):
                    if prop.kind == b"colr" and content[prop.body : prop.body + 4] in _PROFILES:
                        return content[prop.body + 4 : prop.end]
    return b""


def _new_items(meta: _Meta, blocks: Blocks, brand: bytes) -> list[tuple[tables.Item, bytes]]:
    number = max([meta.primary, *meta.places.of, *(i.number for i in meta.items)]) + 1
    new = []
    if blocks.exif:
        # HEIC from phones has the mark of JPEG segments before it, AVIF has not
        lead = bytes(4) if brand in (b"avif", b"avis") else b"\0\0\0\6Exif\0\0"
        new.append((tables.Item.made(number, _EXIF), lead + blocks.exif))
    if blocks.xmp:
        item = tables.Item.made(number + len(new), _MIME, _XMP_TYPE)
        new.append((item, blocks.xmp))
    return new


def _new_meta(
    content: bytes,
    meta: _Meta,
    gone: set[int],
    new: list[tuple[tables.Item, bytes]],
    delta: int,
) -> bytes:
    """The meta box, for a file in which all behind it moves by `delta`."""
    places = meta.places.moved(meta.box.end, delta, gone)
    at = len(content) + delta + 8
    for item, payload in new:
        places.of[item.number] = tables.Place.made(at, len(payload))
        at += len(payload)
    items = [i for i in meta.items if i.number not in gone] + [item for item, _ in new]
    references = meta.references.without(gone)
    for item, _ in new:
        references.add(b"cdsc", item.number, meta.primary)
    made: Mapping[bytes, bytes] = {
        b"iinf": tables.items_box(items),
        b"iloc": places.to_bytes(),
        b"iref": references.to_bytes(),
    }
    body = content[meta.box.body : meta.box.body + 4]
    for child in meta.children:
        body += made[child.kind] if child.kind in made else content[child.start : child.end]
    known = {child.kind for child in meta.children}
    if not {b"iinf", b"iloc"} <= known:
        raise ValueError("no tables of items")
    return box(b"meta", body + (b"" if b"iref" in known else made[b"iref"]))


def _close_last(out: bytearray, content: bytes, delta: int) -> None:
    """Give the last box its length if it had none, because another one follows it now."""
    *_, last = walk(content, 0, len(content))
    if int.from_bytes(content[last.start : last.start + 4]) == 0 and last.kind != b"meta":
        struct.pack_into(">I", out, last.start + delta, last.end - last.start)


def _move_chunks(out: bytearray, behind: int, delta: int) -> None:
    """Correct where the frames of a picture sequence lie."""
    for part in walk(bytes(out), 0, len(out)):
        if part.kind == b"moov":
            _move_in(out, part, _CHUNKS, behind, delta)


def _move_in(out: bytearray, outer: Box, path: tuple[bytes, ...], behind: int, delta: int) -> None:
    for part in walk(bytes(out[: outer.end]), outer.body, outer.end):
        if path and part.kind == path[0]:
            _move_in(out, part, path[1:], behind, delta)
        elif not path and part.kind in (b"stco", b"co64"):
            letter, size = (">I", 4) if part.kind == b"stco" else (">Q", 8)
            count = min(
                int.from_bytes(out[part.body + 4 : part.body + 8]),
                (part.end - part.body - 8) // size,
            )
            for at in range(part.body + 8, part.body + 8 + count * size, size):
                (offset,) = struct.unpack_from(letter, out, at)
                if offset >= behind:
                    struct.pack_into(letter, out, at, offset + delta)
