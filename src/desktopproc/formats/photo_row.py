"""Says in one row of a table what a photo's metadata say, under the standard's own names."""

import math
import struct
from collections.abc import Iterable, Iterator

from desktopproc.formats import exif, iptc, xmp
from desktopproc.formats import exif_directory as ifd
from desktopproc.formats.containers.carriers import DAMAGE
from desktopproc.formats.photo_file import PhotoFile
from desktopproc.formats.tables import Cell

COLUMNS = (
    *("file", "folder", "format", "bytes", "width", "height", "taken", "make", "model", "lens"),
    *("serial_number", "exposure_s", "f_number", "iso", "focal_length_mm", "orientation"),
    *("latitude", "longitude", "altitude_m", "title", "description", "artist", "copyright"),
    *("keywords", "rating", "colour_profile", "has_exif", "has_xmp", "has_iptc", "error"),
)
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_MOST_NUMBERS = 64
_MOST_TEXT = 4000
Entries = dict[int, ifd.Entry]


def row_of(photo: PhotoFile, *, all_tags: bool) -> dict[str, Cell]:
    """The row; columns of single tags come behind the usual ones."""
    blocks = photo.blocks
    header = photo.header
    row: dict[str, Cell] = {
        "file": photo.path.name,
        "folder": str(photo.path.parent),
        "format": photo.format,
        "bytes": len(photo.content),
        "width": header.width if header else None,
        "height": header.height if header else None,
        "has_exif": bool(blocks.exif) or bool(header and any(header.exif)),
        "has_xmp": bool(blocks.xmp),
        "has_iptc": bool(blocks.iptc),
        "colour_profile": _profile_name(blocks.icc),
    }
    facts = header.exif if header and any(header.exif) else exif.read(blocks.exif)
    row |= facts._asdict()
    try:
        tags = _Tags(blocks.exif) if blocks.exif else None
    except DAMAGE:
        tags = None
    row |= tags.usual() if tags else {}
    row |= _said(row, _properties(blocks.xmp), iptc.records(blocks.iptc))
    return row | (dict(tags.everything()) if tags and all_tags else {})


class _Tags:
    """The directories of an EXIF block, by tag."""

    def __init__(self, block: bytes) -> None:
        self._order = ifd.order_of(block)
        main = ifd.read(block, self._order, ifd.first_of(block)).entries
        own = ifd.pointed(block, self._order, main, ifd.EXIF_IFD).entries
        gps = ifd.pointed(block, self._order, main, ifd.GPS_IFD).entries
        self._main, self._own, self._gps = (
            {e.tag: e for e in entries} for entries in (main, own, gps)
        )

    def usual(self) -> dict[str, Cell]:
        """The tags of the usual columns (Exif 3.0, 4.6.5 and 4.6.6)."""
        own, main = self._own, self._main
        altitude = self._number(self._gps, 6)
        is_below = self._number(self._gps, 5) == 1
        return {
            "lens": self._text(own, 0xA434) or self._text(own, 0xA433),
            "serial_number": self._text(own, 0xA431),
            "exposure_s": self._number(own, 0x829A),
            "f_number": self._number(own, 0x829D),
            "iso": self._number(own, 0x8827),
            "focal_length_mm": self._number(own, 0x920A),
            "altitude_m": -altitude if altitude and is_below else altitude,
            "description": self._text(main, 0x010E),
            "artist": self._text(main, 0x013B),
            "copyright": self._text(main, 0x8298),
            "rating": self._number(main, 0x4746),
        }

    def everything(self) -> Iterator[tuple[str, Cell]]:
        """Every tag by its standard name, the unknown ones by their number."""
        from PIL.ExifTags import GPSTAGS, TAGS

        for entries, names in ((self._main, TAGS), (self._own, TAGS), (self._gps, GPSTAGS)):
            for tag, entry in entries.items():
                if tag not in ifd.POINTERS:
                    yield f"EXIF:{names.get(tag, f'0x{tag:04X}')}", self._cell(entry)

    def _text(self, entries: Entries, tag: int) -> str | None:
        entry = entries.get(tag)
        is_text = entry is not None and entry.kind in (ifd.ASCII, 129)
        return exif.clean(entry.value.partition(b"\0")[0]) if entry and is_text else None

    def _number(self, entries: Entries, tag: int) -> int | float | None:
        entry = entries.get(tag)
        return next(iter(self._numbers(entry)), None) if entry else None

    def _numbers(self, entry: ifd.Entry) -> list[int | float]:
        amount = min(entry.amount, _MOST_NUMBERS)
        if entry.kind in (ifd.RATIONAL, 10):
            letter = "I" if entry.kind == ifd.RATIONAL else "i"
            flat = struct.unpack_from(f"{self._order}{2 * amount}{letter}", entry.value)
            pairs = zip(flat[::2], flat[1::2], strict=True)
            return [round(a / b, 9) for a, b in pairs if b]
        letter = _LETTERS.get(entry.kind, "")
        found = struct.unpack_from(f"{self._order}{amount}{letter}", entry.value) if letter else ()
        return [number for number in found if math.isfinite(number)]

    def _cell(self, entry: ifd.Entry) -> Cell:
        if entry.kind in (ifd.ASCII, 129):
            return (exif.clean(entry.value.partition(b"\0")[0]) or "")[:_MOST_TEXT]
        if entry.kind == ifd.UNDEFINED:
            text = entry.value.rstrip(b"\0")
            is_text = text.isascii() and text.decode("ascii").isprintable()
            return text.decode("ascii")[:_MOST_TEXT] if is_text else f"({entry.amount} bytes)"
        numbers = self._numbers(entry)
        return numbers[0] if entry.amount == 1 and numbers else " ".join(f"{n:g}" for n in numbers)


def _properties(packet: bytes) -> dict[xmp.Name, tuple[str, ...]]:
    try:
        return dict(xmp.texts(packet)) if packet else {}
    except ValueError:
        return {}


def _said(
    row: dict[str, Cell], told: dict[xmp.Name, tuple[str, ...]], records: Iterable[iptc.Record]
) -> dict[str, Cell]:
    """What people wrote about the photo: EXIF's word first, then that of XMP and of IPTC."""
    records = list(records)
    places = {
        "title": ((xmp.DC, "title"), iptc.TITLE),
        "description": ((xmp.DC, "description"), iptc.CAPTION),
        "artist": ((xmp.DC, "creator"), iptc.BYLINE),
        "copyright": ((xmp.DC, "rights"), iptc.COPYRIGHT),
        "keywords": ((xmp.DC, "subject"), iptc.KEYWORDS),
    }
    found: dict[str, Cell] = {}
    for column, (name, place) in places.items():
        texts = told.get(name) or iptc.text_of(records, place)
        found[column] = row.get(column) or "; ".join(texts)[:_MOST_TEXT] or None
    rating = next(iter(told.get((xmp.XMP, "Rating"), ())), "")
    if row.get("rating") is None and rating.lstrip("-").isdecimal():
        found["rating"] = int(rating)
    if not row.get("taken"):
        names = ((xmp.EXIF, "DateTimeOriginal"), (xmp.XMP, "CreateDate"))
        dates = (text.encode() for name in names for text in told.get(name, ()))
        found["taken"] = exif.first_date(dates)
    return found


def _profile_name(profile: bytes) -> str | None:
    """The description of an ICC profile (ICC.1:2022, 9.2.41 and 10.15; older ones, 6.5.17)."""
    count = min(int.from_bytes(profile[128:132]), 100)
    for at in range(132, 132 + 12 * count, 12):
        if profile[at : at + 4] == b"desc":
            start, size = (int.from_bytes(profile[at + n : at + n + 4]) for n in (4, 8))
            body = profile[start : start + size]
            if body[:4] == b"mluc":
                length, offset = (int.from_bytes(body[n : n + 4]) for n in (20, 24))
                text = body[offset : offset + length].decode("utf-16-be", "replace")
                return exif.clean(text.encode("utf-8", "replace").rstrip(b"\0"))
            return exif.clean(body[12:].partition(b"\0")[0])
    return None
