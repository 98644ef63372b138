"""Writes who made a photo, who owns it and what it shows into all its kinds of metadata."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktopproc.formats import exif_directory as ifd
from desktopproc.formats import iptc, xmp
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.containers.carriers import DAMAGE
from desktopproc.formats.image_exif import ExifBlock

_ARTIST, _COPYRIGHT, _DESCRIPTION = 0x013B, 0x8298, 0x010E


@dataclass(frozen=True, slots=True)
class Credit:
    """What is to be said; None leaves what is there."""

    artist: str | None = None
    copyright: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()


def credited(blocks: Blocks, credit: Credit, note: Note) -> Blocks:
    """The blocks saying so, in EXIF and XMP, and in IPTC where there is some.

    That all three say the same is what the Metadata Working Group's guidelines ask for. What is
    damaged is not replaced by new metadata, it stays as it is, and that is told.
    """
    try:
        exif = _with_tags(blocks.exif, credit)
    except DAMAGE:
        note("The EXIF data is damaged and was not changed.")
        exif = blocks.exif
    try:
        packet = _with_properties(blocks.xmp, credit)
    except ValueError:
        note("The XMP data is damaged and was not changed.")
        packet = blocks.xmp
    records = _with_records(blocks.iptc, credit) if blocks.iptc else b""
    return replace(blocks, exif=exif, xmp=packet, iptc=records)


def _with_tags(exif: bytes, credit: Credit) -> bytes:
    texts = {
        _ARTIST: credit.artist,
        _COPYRIGHT: credit.copyright,
        _DESCRIPTION: credit.description,
    }
    said = {tag: text for tag, text in texts.items() if text is not None}
    if not exif:
        return ifd.build("<", [ifd.Entry.text(tag, text) for tag, text in said.items() if text])
    block = ExifBlock(exif)
    for tag, text in said.items():
        if text:
            block.set_text(tag, text)
        else:
            block.drop(tag)
    return block.content


def _with_properties(packet: bytes, credit: Credit) -> bytes:
    arrays = (
        ("creator", "Seq", _listed(credit.artist)),
        ("rights", "Alt", _listed(credit.copyright)),
        ("description", "Alt", _listed(credit.description)),
        ("subject", "Bag", credit.keywords or None),
    )
    for name, kind, values in arrays:
        if values is not None:
            packet = xmp.with_property(packet, (xmp.DC, name), "dc", kind, values)
    return packet


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else (text,) if text else ()


def _with_records(block: bytes, credit: Credit) -> bytes:
    texts: Iterable[tuple[tuple[int, int], tuple[str, ...] | None]] = (
        (iptc.BYLINE, _listed(credit.artist)),
        (iptc.COPYRIGHT, _listed(credit.copyright)),
        (iptc.CAPTION, _listed(credit.description)),
        (iptc.KEYWORDS, credit.keywords or None),
    )
    return iptc.with_texts(block, {place: said for place, said in texts if said is not None})
