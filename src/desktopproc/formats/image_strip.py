"""Takes private metadata out of a photo: where it was taken, or all but who owns it."""

import struct
from dataclasses import replace
from enum import StrEnum

from desktopproc.formats import exif_directory as ifd
from desktopproc.formats import iptc, xmp
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.containers.carriers import DAMAGE
from desktopproc.formats.image_blocks import DAMAGED_EXIF, DAMAGED_XMP
from desktopproc.formats.image_exif import ExifBlock


class Strip(StrEnum):
    """What metadata a photo loses."""

    NOTHING = "nothing"
    POSITION = "position"
    ALL_BUT_COPYRIGHT = "all-but-copyright"
    ALL = "all"


LABELS = {
    Strip.NOTHING.value: "Nothing",
    Strip.POSITION.value: "Where it was taken",
    Strip.ALL_BUT_COPYRIGHT.value: "All but copyright and colour",
    Strip.ALL.value: "Everything",
}
_BARE = frozenset({Strip.ALL, Strip.ALL_BUT_COPYRIGHT})
_TELLING = (b"Exif\0\0", b"ftyp", b"GPS")  # photos and videos that may say where they were taken
_ORIENTATION, _ARTIST, _COPYRIGHT, _COLOUR_SPACE = 0x0112, 0x013B, 0x8298, 0xA001
_PLACES = {
    xmp.PHOTOSHOP: frozenset({"City", "State", "Country"}),
    xmp.IPTC_CORE: frozenset({"Location", "CountryCode"}),
    xmp.IPTC_EXTENSION: frozenset({"LocationCreated", "LocationShown"}),
}
_MEASURED = frozenset({"latitude", "longitude", "absolutealtitude"})  # drones' vocabularies
_OWNERS = {
    xmp.DC: frozenset({"creator", "rights"}),
    xmp.RIGHTS: None,  # all of it
    xmp.PHOTOSHOP: frozenset({"Credit", "Source", "AuthorsPosition"}),
    xmp.IPTC_CORE: frozenset({"CreatorContactInfo"}),
    xmp.PLUS: None,
    xmp.CREATIVE_COMMONS: None,
    xmp.TIFF: frozenset({"Artist", "Copyright"}),
}
_OWNER_RECORDS = frozenset(
    {iptc.CHARACTER_SET, iptc.VERSION, iptc.BYLINE, iptc.BYLINE_TITLE, iptc.COPYRIGHT}
)


def stripped(blocks: Blocks, strip: Strip, note: Note) -> Blocks:
    """The blocks without what is to go; the colour profile always stays.

    What cannot be read cannot be cleaned, so it goes as a whole and that is told. A photo that
    is shown turned stays so: its orientation is a part of the picture.
    """
    if strip is Strip.NOTHING:
        return blocks
    exif = _exif(blocks.exif, strip, note)
    if strip is Strip.ALL:
        return Blocks(exif=exif, icc=blocks.icc)
    records = [r for r in iptc.records(blocks.iptc) if _keeps_record(r.place, strip)]
    has_said = any(r.place not in (iptc.CHARACTER_SET, iptc.VERSION) for r in records)
    packet = _xmp(blocks.xmp, strip, note)
    found = iptc.to_bytes(records) if has_said else b""
    if strip is Strip.POSITION:
        return replace(blocks, exif=exif, xmp=packet, iptc=found)
    return Blocks(exif=exif, xmp=packet, iptc=found, icc=blocks.icc, dpi=blocks.dpi)


def cleaned(content: bytes, format_name: str, blocks: Blocks, strip: Strip, note: Note) -> bytes:
    """The same picture with these blocks, and without anything else that is to go with them.

    ValueError when the file is damaged or of a kind that cannot be changed.
    """
    behind = b"" if strip is Strip.NOTHING else carriers.behind(content, format_name)
    if behind and strip in _BARE:
        note("What lay behind the picture, such as more pictures or video, was removed.")
    elif any(word in behind for word in _TELLING):
        note("Pictures or video behind the picture could tell the position and were removed.")
        content = content[: -len(behind)]
    return carriers.write(content, format_name, blocks, bare=strip in _BARE)


def _keeps_record(place: tuple[int, int], strip: Strip) -> bool:
    return place not in iptc.LOCATION if strip is Strip.POSITION else place in _OWNER_RECORDS


def _exif(exif: bytes, strip: Strip, note: Note) -> bytes:
    if not exif:
        return b""
    try:
        if strip is Strip.POSITION:
            block = ExifBlock(exif)
            block.drop_position()
            return block.content
        return _only_owner(exif, has_owner=strip is Strip.ALL_BUT_COPYRIGHT)
    except DAMAGE:
        note(DAMAGED_EXIF)
        return b""


def _only_owner(exif: bytes, *, has_owner: bool) -> bytes:
    """A new block of what is left; nothing when an upright photo has nobody to name."""
    order = ifd.order_of(exif)
    main = ifd.read(exif, order, ifd.first_of(exif)).entries
    own = ifd.pointed(exif, order, main, ifd.EXIF_IFD).entries
    kept = [e for e in main if e.tag == _ORIENTATION and _is_turned(order, e)]
    if has_owner:
        kept += [e for e in main if e.tag in (_ARTIST, _COPYRIGHT)]
    return ifd.build(order, kept, [e for e in own if e.tag == _COLOUR_SPACE] if has_owner else ())


def _is_turned(order: str, entry: ifd.Entry) -> bool:
    is_number = entry.kind == ifd.SHORT and entry.amount == 1
    return is_number and struct.unpack(order + "H", entry.value)[0] in range(2, 9)


def _xmp(packet: bytes, strip: Strip, note: Note) -> bytes:
    if not packet:
        return b""
    try:
        if strip is Strip.POSITION:
            return xmp.without(packet, _is_place)
        return xmp.only(packet, _is_owner)
    except ValueError:
        note(DAMAGED_XMP)
        return b""


def _is_place(name: xmp.Name) -> bool:
    space, local = name
    word = local.lower()
    is_measured = word.startswith("gps") or word in _MEASURED or space == xmp.WGS84
    return is_measured or local in _PLACES.get(space, ())


def _is_owner(name: xmp.Name) -> bool:
    names = _OWNERS.get(name[0], frozenset())
    return names is None or name[1] in names
