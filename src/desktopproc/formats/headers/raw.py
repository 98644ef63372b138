"""Reads the headers of RAW files that are no TIFF inside: Canon's CR3 and Fujifilm's RAF."""

from desktopproc.formats import exif
from desktopproc.formats.headers import boxes, jpeg
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source
from desktopproc.formats.ifd import Tiff

_CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_DATES, _GPS = frozenset({0x9003, 0x9004}), frozenset({1, 2, 3, 4})
_WIDTH, _HEIGHT = 0x0100, 0x0101
_MOST_BLOCK = 1 << 20
_RAF_SIZES = (0x0111, 0x0121, 0x0100)  # cropped, as stored, whole sensor


def read_cr3(source: Source) -> Header:
    """Size and facts from the three TIFF blocks that Canon keeps in a box of its own."""
    moov = boxes.first(source, 0, source.size, b"moov")
    inner = boxes.walk(source, moov.start, moov.end) if moov else ()
    canon = next((box for box in inner if box.extended == _CANON_UUID), None)
    if canon is None:
        raise source.damaged("its directory of contents cannot be read")
    blocks = {
        box.kind: source.at(box.start, min(box.end - box.start, _MOST_BLOCK))
        for box in boxes.walk(source, canon.start, canon.end)
        if box.kind in (b"CMT1", b"CMT2", b"CMT4")
    }
    return _joined(source, *(_tiff(blocks.get(kind, b"")) for kind in (b"CMT1", b"CMT2", b"CMT4")))


def _joined(source: Source, main: Tiff | None, own: Tiff | None, gps: Tiff | None) -> Header:
    if main is None:
        raise source.damaged("its directory of contents cannot be read")
    directory, _ = main.directory(main.first, exif.MAIN | {_WIDTH, _HEIGHT})
    width, height = main.number(directory.get(_WIDTH)), main.number(directory.get(_HEIGHT))
    if not width or not height:
        raise source.damaged("its header declares no size")
    facts = exif.facts_of(main, directory)
    taken = facts.taken
    place: tuple[float | None, float | None] = (None, None)
    if own is not None:
        dates, _ = own.directory(own.first, _DATES)
        taken = exif.first_date(own.text(dates.get(tag)) for tag in sorted(_DATES)) or taken
    if gps is not None:
        place = exif.position(gps, gps.directory(gps.first, _GPS)[0])
    known = exif.Exif(facts.make, facts.model, facts.orientation, taken, *place)
    return Header(width, height, known)


def _tiff(block: bytes) -> Tiff | None:
    return Tiff.open(lambda offset, length: block[offset : offset + length])


def read_raf(source: Source) -> Header:
    """Size from Fujifilm's own directory, facts from the JPEG that the file carries."""
    preview, _, table = source.unpack(">III", 84)
    sizes: dict[int, tuple[int, int]] = {}
    (count,) = source.unpack(">I", table)
    at = table + 4
    for _ in range(min(count, 256)):
        tag, length = source.unpack(">HH", at)
        if tag in _RAF_SIZES and length == 4:
            height, width = source.unpack(">HH", at + 4)
            sizes[tag] = (width, height)
        at += 4 + length
    size = next((sizes[tag] for tag in _RAF_SIZES if all(sizes.get(tag, (0,)))), None)
    if size is None:
        raise source.damaged("its header declares no size")
    return Header(*size, jpeg.facts_at(source, preview))
