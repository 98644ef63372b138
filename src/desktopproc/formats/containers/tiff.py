"""Reads and writes the metadata tags of TIFF files; strips and tiles are never taken apart.

Tags are those of TIFF 6.0, its supplements and Exif 3.0 (4.6). Only the first page has metadata
here. A changed file gets a new first directory at its end.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from desktopproc.formats import exif_directory as ifd
from desktopproc.formats import iptc
from desktopproc.formats.containers import photoshop
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.exif_directory import Entry

_XMP, _IPTC, _PHOTOSHOP, _ICC = 700, 33723, 34377, 34675
_RESOLUTION = (282, 283, 296)
_LAYERS = 37724
_ORIENTATION = 274
_STRIPS, _TILES = 273, 324
_LAYOUT = frozenset(
    {
        *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281),
        *(284, 288, 289, 290, 291, 292, 293, 297, 301, 317, 320, 321, 322, 323, 324),
        *(325, 330, 332, 333, 334, 336, 338, 339, 340, 341, 342, 346, 347, 512, 513, 514, 515),
        *(517, 518, 519, 520, 521, 529, 530, 531, 532, 32997, 32998, 34925, 34926, 50674),
    }
)
"""Tags that say how the pixels are laid out."""
_BLOCKS = frozenset({_XMP, _IPTC, _PHOTOSHOP, _ICC, _LAYERS})
_OFFSETS = frozenset({_STRIPS, _TILES, 288, 513, 519, 520, 521})
_MOST_ROOM = 0xFFFF
_NAMES: dict[str, Literal["little", "big"]] = {"<": "little", ">": "big"}
_BIG = (b"II+\0", b"MM\0+")


@dataclass(slots=True)
class _Tiff:
    """The first directory of a file and those it points at."""

    content: bytes
    order: str
    main: ifd.Directory
    exif: ifd.Directory
    gps: ifd.Directory
    interop: ifd.Directory

    @classmethod
    def read(cls, content: bytes) -> "_Tiff":
        if content[:4] in _BIG:
            raise ValueError("BigTIFF, whose metadata cannot be changed")
        order = ifd.order_of(content)
        main = ifd.read(content, order, ifd.first_of(content))
        exif = ifd.pointed(content, order, main.entries, ifd.EXIF_IFD)
        gps = ifd.pointed(content, order, main.entries, ifd.GPS_IFD)
        interop = ifd.pointed(content, order, exif.entries, ifd.INTEROP_IFD)
        return cls(content, order, main, exif, gps, interop)

    def value(self, tag: int) -> bytes:
        return next((e.value for e in self.main.entries if e.tag == tag), b"")

    @property
    def is_simple(self) -> bool:
        """Whether the file has one page, whose pixels are all the first directory tells of."""
        tags = {e.tag for e in self.main.entries}
        return not self.main.following and not tags & {ifd.SUB_IFDS, _LAYERS}

    @property
    def descriptive(self) -> list[Entry]:
        """The tags of the first directory that say something about the photo."""
        left_out = _LAYOUT | _BLOCKS | ifd.POINTERS
        entries = [e for e in self.main.entries if e.tag not in left_out]
        return [e for e in entries if e.tag != _ORIENTATION or _is_orientation(self.order, e)]


def read(content: bytes, note: Note) -> Blocks:
    """The tags of the first page; EXIF becomes a block that stands by itself."""
    if content[:4] in _BIG:
        note("The metadata of a BigTIFF cannot be read and was left out.")
        return Blocks()
    tiff = _Tiff.read(content)
    resources = tiff.value(_PHOTOSHOP)
    return Blocks(
        exif=_standing_alone(tiff),
        xmp=tiff.value(_XMP),
        iptc=_records(tiff) or photoshop.iptc_of(resources),
        icc=tiff.value(_ICC),
        dpi=_density(tiff),
        photoshop=photoshop.others_of(resources),
    )


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out Photoshop's layers too."""
    tiff = _Tiff.read(content)
    if not any(e.tag in (_STRIPS, _TILES) for e in tiff.main.entries):
        raise ValueError("a TIFF without a picture")
    new = _Tiff.read(blocks.exif) if blocks.exif else None
    note = _maker_note(new) if new else None
    place, shift = _place_of(tiff, note, len(blocks.exif)) if note else (0, 0)
    out = _wiped(tiff, place, bare=bare)
    if new and shift:
        out[:0] = _room(new, place, shift, content[:4])
    stays = _LAYOUT if bare else _LAYOUT | {_LAYERS}
    kept = [_shifted(tiff, e, shift) for e in tiff.main.entries if e.tag in stays]
    kept += _block_entries(blocks)
    if new:
        kept += _exif_entries(out, tiff.order, new, place)
    if blocks.dpi and not (new and _density(new) == blocks.dpi):
        kept = [e for e in kept if e.tag not in _RESOLUTION] + _resolution(tiff.order, blocks.dpi)
    following = tiff.main.following
    at = _append(out, tiff.order, kept, following + shift if following else 0)
    struct.pack_into(tiff.order + "I", out, 4, at)
    return bytes(out)


def _is_orientation(order: str, entry: Entry) -> bool:
    """Readers of TIFF complain of others, which cameras do write."""
    return len(entry.value) == 2 and struct.unpack(order + "H", entry.value)[0] in range(1, 9)


def density_of(exif: bytes) -> tuple[float, float] | None:
    """The resolution that an EXIF block tells, in dots per inch."""
    return _density(_Tiff.read(exif))


def _standing_alone(tiff: _Tiff) -> bytes:
    block = ifd.build(
        tiff.order,
        tiff.descriptive,
        tiff.exif.entries,
        tiff.gps.entries,
        tiff.interop.entries,
    )
    note = _maker_note(tiff)
    if note is None or not len(block) < note.place <= _MOST_ROOM - len(note.value):
        return block
    # notes that count from the beginning of the file stay right where they keep their place
    exif = [e for e in tiff.exif.entries if e.tag != ifd.MAKER_NOTE]
    block = ifd.build(
        tiff.order,
        tiff.descriptive,
        [*exif, Entry(ifd.MAKER_NOTE, note.kind, 4, bytes(4))],
        tiff.gps.entries,
        tiff.interop.entries,
    )
    return _with_note_at(block, tiff.order, note)


def _with_note_at(block: bytes, order: str, note: Entry) -> bytes:
    """The block with the notes at their own place behind it."""
    out = bytearray(block.ljust(note.place, b"\0") + note.value)
    main = ifd.read(block, order, 8)
    exif = ifd.pointed(block, order, main.entries, ifd.EXIF_IFD)
    (count,) = struct.unpack_from(order + "H", out, exif.at)
    for at in range(exif.at + 2, exif.at + 2 + 12 * count, 12):
        if struct.unpack_from(order + "H", out, at)[0] == ifd.MAKER_NOTE:
            struct.pack_into(order + "II", out, at + 4, note.amount, note.place)
    return bytes(out)


def _maker_note(tiff: _Tiff) -> Entry | None:
    return next((e for e in tiff.exif.entries if e.tag == ifd.MAKER_NOTE and e.place), None)


def _place_of(tiff: _Tiff, note: Entry, length: int) -> tuple[int, int]:
    """Where the maker's notes can lie, and how far all of the file must move for that.

    They count from the beginning of the file, and refer to what lies behind them: those that are
    in the file stay where they are, and those of another one get the place they had, with the
    `length` bytes of EXIF around them. Where that is not possible, (0, 0).
    """
    own = _maker_note(tiff)
    if own is not None and own.value == note.value:
        return own.place, 0
    return (note.place, length + length % 2) if tiff.is_simple and length <= _MOST_ROOM else (0, 0)


def _room(new: _Tiff, place: int, length: int, start: bytes) -> bytes:
    """What is left of the EXIF block, under the header of the file that it will stand before.

    That is the maker's notes and what they may refer to; all else is written elsewhere.
    """
    room = _wiped(new, place, bare=True)
    for directory in (new.main, ifd.read(new.content, new.order, new.main.following)):
        places = {e.tag: int.from_bytes(e.value, _NAMES[new.order]) for e in directory.entries}
        at, size = (places.get(tag, 0) for tag in (513, 514))
        if at >= 8 and at + size <= len(room) and not at <= place < at + size:
            room[at : at + size] = bytes(size)
    return start + bytes(4) + bytes(room[8:]).ljust(length - 8, b"\0")


def _shifted(tiff: _Tiff, entry: Entry, shift: int) -> Entry:
    """The entry as it is to be written when the file's content moves by `shift`."""
    if not shift:
        return entry
    if entry.tag in _OFFSETS and entry.kind in (ifd.SHORT, ifd.LONG):
        letter = "H" if entry.kind == ifd.SHORT else "I"
        offsets = struct.unpack(f"{tiff.order}{entry.amount}{letter}", entry.value)
        moved = (offset + shift if offset else 0 for offset in offsets)
        return Entry.number(tiff.order, entry.tag, ifd.LONG, *moved)
    return entry._replace(place=entry.place + shift if entry.place else 0)


def _block_entries(blocks: Blocks) -> list[Entry]:
    resources = photoshop.joined(blocks.iptc, blocks.photoshop) if blocks.photoshop else b""
    pairs = (
        (_XMP, 1, blocks.xmp),
        (_PHOTOSHOP, 1, resources),
        (_ICC, ifd.UNDEFINED, blocks.icc),
    )
    entries = [Entry(tag, kind, len(value), value) for tag, kind, value in pairs if value]
    if blocks.iptc:  # numbers of four bytes, as it has always been, whatever they hold
        count = -(-len(blocks.iptc) // 4)
        entries.append(Entry(_IPTC, ifd.LONG, count, blocks.iptc.ljust(4 * count, b"\0")))
    return entries


def _exif_entries(out: bytearray, order: str, new: _Tiff, place: int) -> list[Entry]:
    """Write the directories below the first one; the entries that the first one needs."""

    def told(entries: Iterable[Entry]) -> list[Entry]:
        fresh = [e._replace(place=0) for e in entries if e.tag not in ifd.POINTERS]
        return fresh if order == new.order else [entry.swapped() for entry in fresh]

    main, exif, gps, interop = (
        told(entries)
        for entries in (new.descriptive, new.exif.entries, new.gps.entries, new.interop.entries)
    )
    if interop:
        at = _append(out, order, interop, 0)
        exif.append(Entry.number(order, ifd.INTEROP_IFD, ifd.LONG, at))
    exif = [e._replace(place=place if e.tag == ifd.MAKER_NOTE else 0) for e in exif]
    for tag, entries in ((ifd.EXIF_IFD, exif), (ifd.GPS_IFD, gps)):
        if entries:
            at = _append(out, order, entries, 0)
            main.append(Entry.number(order, tag, ifd.LONG, at))
    return main


def _append(out: bytearray, order: str, entries: Iterable[Entry], following: int) -> int:
    out += b"\0" * (len(out) % 2)
    at = len(out)
    if at > 0xFFFFFF00:
        raise ValueError("a TIFF of more than 4 GB")
    out += ifd.pack(order, entries, at, following)
    return at


def _wiped(tiff: _Tiff, place: int, *, bare: bool) -> bytearray:
    """The content without the values that no directory will mention any more."""
    out = bytearray(tiff.content)
    gone = [*tiff.descriptive, *tiff.exif.entries, *tiff.gps.entries, *tiff.interop.entries]
    blocks = _BLOCKS if bare else _BLOCKS - {_LAYERS}
    gone += [e for e in tiff.main.entries if e.tag in blocks]
    pixels = list(_pixels(tiff))
    for entry in gone:
        start, end = entry.place, entry.place + len(entry.value)
        is_shared = any(first < end and start < last for first, last in pixels)
        if start and start != place and not is_shared:
            out[start:end] = bytes(end - start)
    for directory in (tiff.main, tiff.exif, tiff.gps, tiff.interop):
        start, end = directory.at, directory.end
        if directory.entries and not any(a < end and start < b for a, b in pixels):
            out[start:end] = bytes(end - start)
    if not place and tiff.is_simple:  # what an earlier file of ours has before its own content
        used = [first for first, last in pixels if last > first]
        first = min([tiff.main.at, *used])
        out[8:first] = bytes(max(0, first - 8))
    return out


def _pixels(tiff: _Tiff) -> Iterable[tuple[int, int]]:
    """What must stay as it is: strips, tiles and the values of layout tags."""
    numbers: dict[int, tuple[int, ...]] = {}
    for entry in tiff.main.entries:
        if entry.tag in _LAYOUT:
            yield entry.place, entry.place + (len(entry.value) if entry.place else 0)
        if entry.kind in (ifd.SHORT, ifd.LONG):
            letter = "H" if entry.kind == ifd.SHORT else "I"
            layout = f"{tiff.order}{entry.amount}{letter}"
            numbers[entry.tag] = struct.unpack(layout, entry.value)
    for starts, lengths in ((_STRIPS, 279), (_TILES, 325), (513, 514)):
        pairs = zip(numbers.get(starts, ()), numbers.get(lengths, ()), strict=False)
        yield from ((start, start + length) for start, length in pairs)


def _records(tiff: _Tiff) -> bytes:
    """IPTC records; some programs store them as numbers of four bytes in the wrong order."""
    entry = next((e for e in tiff.main.entries if e.tag == _IPTC), None)
    if entry is None:
        return b""
    value = entry.value
    if entry.kind == ifd.LONG and value[:1] != b"\x1c" and value[3:4] == b"\x1c":
        value = entry.swapped().value
    return iptc.to_bytes(iptc.records(value))


def _density(tiff: _Tiff) -> tuple[float, float] | None:
    across, down, unit = (tiff.value(tag) for tag in _RESOLUTION)
    number = struct.unpack(tiff.order + "H", unit)[0] if len(unit) == 2 else 2
    scale = {2: 1.0, 3: 2.54}.get(number)
    sides = [struct.unpack(tiff.order + "II", side) for side in (across, down) if len(side) == 8]
    if scale is None or len(sides) != 2 or not all(part for side in sides for part in side):
        return None
    (a, b), (c, d) = sides
    return a / b * scale, c / d * scale


def _resolution(order: str, dpi: tuple[float, float]) -> list[Entry]:
    def fraction(tag: int, value: float) -> Entry:
        raw = struct.pack(order + "II", round(value * 1000), 1000)
        return Entry(tag, ifd.RATIONAL, 1, raw)

    unit = Entry.number(order, 296, ifd.SHORT, 2)
    return [fraction(282, dpi[0]), fraction(283, dpi[1]), unit]
