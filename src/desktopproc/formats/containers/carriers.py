"""Knows which module reads and writes the metadata of which container, and what each can hold."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import NamedTuple

from desktopproc.formats import xmp
from desktopproc.formats.containers import bmff, gif, jpeg, jxl, photoshop, png, tiff, webp
from desktopproc.formats.containers.blocks import Blocks, Note


class _Carrier(NamedTuple):
    """How one container is read and written; `write` takes whether to write barely."""

    read: Callable[[bytes, Note], Blocks]
    write: Callable[[bytes, Blocks, bool], bytes]


_HEIF_CARRIER = _Carrier(
    lambda content, _: bmff.read(content), lambda content, blocks, _: bmff.write(content, blocks)
)
_CARRIERS = {
    "jpeg": _Carrier(jpeg.read, lambda c, blocks, bare: jpeg.write(c, blocks, bare=bare)),
    "png": _Carrier(png.read, lambda c, blocks, bare: png.write(c, blocks, bare=bare)),
    "webp": _Carrier(
        lambda c, _: webp.read(c), lambda c, blocks, bare: webp.write(c, blocks, bare=bare)
    ),
    "avif": _HEIF_CARRIER,
    "heic": _HEIF_CARRIER,
    "heif": _HEIF_CARRIER,
    "tiff": _Carrier(tiff.read, lambda c, blocks, bare: tiff.write(c, blocks, bare=bare)),
    "jxl": _Carrier(jxl.read, lambda c, blocks, bare: jxl.write(c, blocks, bare=bare)),
    "gif": _Carrier(
        lambda c, _: gif.read(c), lambda c, blocks, bare: gif.write(c, blocks, bare=bare)
    ),
}
_EVERYTHING = frozenset(field.name for field in fields(Blocks))
_HEIF = frozenset({"exif", "xmp", "icc"})
HOLDS: dict[str, frozenset[str]] = {
    "jpeg": _EVERYTHING,
    "png": _EVERYTHING,
    "webp": frozenset({"exif", "xmp", "icc"}),
    "avif": _HEIF,
    "heic": _HEIF,
    "heif": _HEIF,
    "tiff": _EVERYTHING - {"comment"},
    "jxl": frozenset({"exif", "xmp", "icc"}),
    "gif": frozenset({"xmp", "comment"}),
}
"""Which fields of `Blocks` each container holds; the profile of AVIF, HEIC and JPEG XL is put
there by their encoders, and `write` leaves it as it is."""
_NAMES = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "jxl": "JPEG XL"}
_SPOKEN = {
    "exif": "EXIF",
    "xmp": "XMP",
    "iptc": "IPTC",
    "comment": "a comment",
    "photoshop": "clipping paths",
}
_USUAL_DPI = frozenset({72, 96})  # what programs write when nobody said anything
DAMAGE = (ValueError, LookupError, struct.error, zlib.error)
"""What blocks and containers that make no sense raise."""


def read(content: bytes, format_name: str, note: Note) -> Blocks:
    """The metadata of a picture file; what is damaged is left out and told. Raises nothing."""
    if format_name not in _CARRIERS:
        return Blocks()
    try:
        found = _CARRIERS[format_name].read(content, note)
        found = replace(found, exif=_sound_exif(found.exif, note), xmp=xmp.as_utf8(found.xmp))
    except DAMAGE:
        note("The metadata is damaged and was left out.")
        return Blocks()
    return replace(found, dpi=_chosen(found.dpi, _dpi_of(found.exif)))


def write(content: bytes, format_name: str, blocks: Blocks, *, bare: bool = False) -> bytes:
    """The same picture with exactly these blocks; pixels stay as they are, byte by byte.

    What the container cannot hold is left out: `lost` says it. `bare` leaves out everything else
    that does not show the picture too: other programs' data, text, and what lies behind the
    picture. ValueError when the file is damaged or of a kind that cannot be changed.
    """
    if format_name not in _CARRIERS:
        raise ValueError("a format without metadata that can be changed")
    holds = HOLDS[format_name] - set(_too_large(blocks, format_name))
    kept = Blocks(**{name: getattr(blocks, name) for name in holds})
    try:
        return _CARRIERS[format_name].write(content, kept, bare)
    except DAMAGE as e:
        raise ValueError(str(e)) from e


def can_write(format_name: str) -> bool:
    """Whether the metadata of such files can be changed without making the picture anew."""
    return format_name in _CARRIERS


def name_of(format_name: str) -> str:
    """What people call the format."""
    return _NAMES.get(format_name, format_name.upper())


def fits(blocks: Blocks, format_name: str) -> bool:
    """Whether no block is larger than the container can hold."""
    return not any(_too_large(blocks, format_name))


def behind(content: bytes, format_name: str) -> bytes:
    """What lies behind the picture of a JPEG: more pictures, video; other formats have none."""
    return jpeg.behind(content) if format_name == "jpeg" else b""


def lost(blocks: Blocks, format_name: str) -> list[str]:
    """What a container cannot hold of these blocks, in sentences for the row."""
    name = name_of(format_name)
    holds = HOLDS.get(format_name, frozenset())
    sentences = [
        f"{name} cannot hold {_SPOKEN[field]}: dropped."
        for field in _SPOKEN
        if field not in holds and getattr(blocks, field) and _matters(blocks, field)
    ]
    if "dpi" not in holds and blocks.dpi and _is_said(blocks):
        sentences.append(f"{name} cannot hold the resolution of {blocks.dpi[0]:g} dpi: dropped.")
    too_large = (_SPOKEN.get(field, "a profile") for field in _too_large(blocks, format_name))
    return sentences + [
        f"{name} cannot hold {what} as large as this: dropped." for what in too_large
    ]


def _matters(blocks: Blocks, field: str) -> bool:
    """Of Photoshop's resources only the paths were made by somebody."""
    return field != "photoshop" or photoshop.has_paths(blocks.photoshop)


def _is_said(blocks: Blocks) -> bool:
    """Whether somebody chose the resolution, and EXIF does not carry it anyway."""
    if blocks.dpi is None or round(blocks.dpi[0]) in _USUAL_DPI:
        return False
    found = _dpi_of(blocks.exif)
    return found is None or round(found[0]) != round(blocks.dpi[0])


def _too_large(blocks: Blocks, format_name: str) -> Iterator[str]:
    return jpeg.too_large(blocks) if format_name == "jpeg" else iter(())


def _chosen(*told: tuple[float, float] | None) -> tuple[float, float] | None:
    """Of several resolutions the first that is not just what programs write by themselves."""
    found = [dpi for dpi in told if dpi]
    return next((d for d in found if round(d[0]) not in _USUAL_DPI), found[0] if found else None)


def _sound_exif(exif: bytes, note: Note) -> bytes:
    if not exif or (exif[:4] in (b"II*\0", b"MM\0*") and len(exif) > 8):
        return exif
    note("The EXIF data is damaged and was left out.")
    return b""


def _dpi_of(exif: bytes) -> tuple[float, float] | None:
    try:
        return tiff.density_of(exif) if exif else None
    except DAMAGE:
        return None
