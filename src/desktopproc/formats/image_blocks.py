"""Makes the metadata of a photo fit pixels that were turned, cut or resized."""

from dataclasses import replace
from functools import partial

from desktopproc.formats import xmp
from desktopproc.formats.containers import photoshop
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.containers.carriers import DAMAGE
from desktopproc.formats.image_exif import ExifBlock

DAMAGED_EXIF = "The EXIF data is damaged and was left out."
DAMAGED_XMP = "The XMP data is damaged and was left out."
_ORIENTATION = (xmp.TIFF, "Orientation")
_SIZES = (
    {(xmp.EXIF, "PixelXDimension"), (xmp.TIFF, "ImageWidth")},
    {(xmp.EXIF, "PixelYDimension"), (xmp.TIFF, "ImageLength")},
)
_PREVIEWS = frozenset({(xmp.XMP, "Thumbnails"), (xmp.PHOTOSHOP, "SidecarForExtension")})
_PREVIEWS |= {(xmp.GOOGLE_IMAGE, "Data"), (xmp.GOOGLE_DEPTH, "Data")}  # of phones: the whole photo
_ACROSS, _DOWN, _UNIT = 0x011A, 0x011B, 0x0128


def upright(blocks: Blocks, size: tuple[int, int], note: Note) -> Blocks:
    """Say that the pixels are upright and how many there are.

    Previews that lie on their side are taken out, and so are Photoshop's, which are of the pixels
    as they were.
    """
    resources = photoshop.without(blocks.photoshop, photoshop.SHOWING)
    return replace(
        blocks,
        exif=_upright_exif(blocks.exif, size, note),
        xmp=_upright_xmp(blocks.xmp, size, note),
        photoshop=resources,
    )


def without_previews(blocks: Blocks, note: Note) -> Blocks:
    """Take out all small pictures, which would show what was cut off."""
    resources = photoshop.without(blocks.photoshop, photoshop.SHOWING)
    exif, packet = blocks.exif, blocks.xmp
    try:
        if exif:
            block = ExifBlock(exif)
            block.drop_previews()
            exif = block.content
    except DAMAGE:
        note(DAMAGED_EXIF)
        exif = b""
    try:
        packet = xmp.without(packet, lambda name: name in _PREVIEWS) if packet else b""
    except ValueError:
        note(DAMAGED_XMP)
        packet = b""
    return replace(blocks, exif=exif, xmp=packet, photoshop=resources)


def with_dpi(blocks: Blocks, dpi: tuple[float, float]) -> Blocks:
    """Say how large the picture is printed, in EXIF too if it says so."""
    exif = blocks.exif
    try:
        if exif:
            block = ExifBlock(exif)
            sides = zip((_ACROSS, _DOWN), dpi, strict=True)
            block.set_fractions({tag: (round(side * 1000), 1000) for tag, side in sides})
            block.set_number(_UNIT, 2)
            exif = block.content
    except DAMAGE:
        exif = blocks.exif
    return replace(blocks, exif=exif, dpi=dpi)


def _upright_exif(exif: bytes, size: tuple[int, int], note: Note) -> bytes:
    if not exif:
        return b""
    try:
        block = ExifBlock(exif)
        block.make_upright(size)
        if block.is_plain():
            return b""
    except DAMAGE:
        note(DAMAGED_EXIF)
        return b""
    return block.content


def _upright_xmp(packet: bytes, size: tuple[int, int], note: Note) -> bytes:
    """What is not well-formed is of no use to anybody, and could ask for a turn again."""
    if not packet:
        return b""
    try:
        packet = xmp.without(packet, lambda name: name == _ORIENTATION)
        for names, length in zip(_SIZES, size, strict=True):
            packet = xmp.changed(packet, frozenset(names), partial(_said, str(length)))
    except ValueError:
        note(DAMAGED_XMP)
        return b""
    return packet


def _said(new: str, _: str) -> str:
    return new
