"""Carries EXIF, XMP and resolution over to a converted picture, or leaves them behind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.formats.image_errors import DECODER_ERRORS, reading_picture
from desktopproc.formats.image_exif import ExifBlock
from desktopproc.formats.image_save import Format
from desktopproc.formats.images import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

_MAX_JPEG_EXIF = 65533
_MAX_JPEG_XMP = 65533 - 29
# tags that say how a TIFF's own pixels are laid out, or hold what is carried over by itself
_LAYOUT = (
    *(254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 284, 317, 320),
    *(322, 323, 324, 325, 330, 338, 339, 347, 512, 513, 514, 519, 520, 521, 529, 530, 531, 532),
    *(700, 33723, 34377, 34675),
)
_XMP_ORIENTATION = re.compile(
    rb"""\s*tiff:Orientation\s*=\s*("\d*"|'\d*')|<tiff:Orientation>\s*\d*\s*</tiff:Orientation>"""
)
_XMP_POSITION = re.compile(
    rb"""\s*exif:GPS\w+\s*=\s*("[^"]*"|'[^']*')|<exif:(GPS\w+)[^>]*>.*?</exif:\2>""", re.DOTALL
)


class Strip(StrEnum):
    """What metadata a converted picture loses."""

    NOTHING = "nothing"
    POSITION = "position"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is to be written beside the pixels; empty where there is nothing."""

    exif: bytes = b""
    xmp: bytes = b""
    dpi: tuple[float, float] | None = None

    def extras(self, kind: Format, note: Callable[[str], None]) -> dict[str, Any]:
        """What Pillow's encoder of this format calls it; says what the format cannot hold."""
        exif, xmp = self.exif, self.xmp
        if kind is Format.JPEG and len(exif) > _MAX_JPEG_EXIF:
            note("The EXIF data is too large for JPEG and was left out.")
            exif = b""
        if kind is Format.JPEG and len(xmp) > _MAX_JPEG_XMP:
            note("The XMP data is too large for JPEG and was left out.")
            xmp = b""
        if kind is Format.AVIF and exif:
            block = ExifBlock(exif)
            block.drop_orientation()
            exif = block.to_bytes()
        found = {"exif": exif, "dpi": self.dpi} | _xmp_words(kind, xmp)
        return {word: value for word, value in found.items() if value}


def metadata_of(
    picture: Picture, size: tuple[int, int], strip: Strip, note: Callable[[str], None]
) -> Metadata:
    """Read what is to be carried over to an upright picture of `size`; decode first."""
    if strip is Strip.ALL:
        return Metadata()
    has_position = strip is Strip.NOTHING
    with reading_picture(picture.name):
        try:
            exif = _changed(_exif(picture), size, has_position=has_position)
        except DECODER_ERRORS:
            exif = b""
            note("The EXIF data is damaged and was left out.")
        return Metadata(exif, _xmp(picture.image, has_position=has_position), _dpi(picture.image))


def _changed(exif: bytes, size: tuple[int, int], *, has_position: bool) -> bytes:
    if not exif:
        return b""
    block = ExifBlock(exif)
    block.make_upright(size)
    if not has_position:
        block.drop_position()
    return block.to_bytes()


def _exif(picture: Picture) -> bytes:
    found = picture.image.info.get("exif")
    if isinstance(found, bytes) and found:
        return found
    if picture.format != "TIFF":
        return b""
    exif = picture.image.getexif()
    for tag in _LAYOUT:
        exif.pop(tag, None)
    return exif.tobytes() if exif else b""


def _xmp(image: "Image", *, has_position: bool) -> bytes:
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if not isinstance(found, str | bytes):
        return b""
    xmp = found.encode() if isinstance(found, str) else found
    xmp = _XMP_ORIENTATION.sub(b"", xmp)
    return xmp if has_position else _XMP_POSITION.sub(b"", xmp)


def _xmp_words(kind: Format, xmp: bytes) -> dict[str, Any]:
    """PNG and TIFF hold XMP in a text chunk and a tag."""
    if not xmp:
        return {}
    if kind is Format.PNG:
        from PIL.PngImagePlugin import PngInfo

        chunks = PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", xmp.decode("utf-8", "replace"))
        return {"pnginfo": chunks}
    return {} if kind is Format.TIFF else {"xmp": xmp}


def _dpi(image: "Image") -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 <= across < 1e5 and 1 <= down < 1e5 else None
