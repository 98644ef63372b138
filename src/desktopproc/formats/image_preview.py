"""Makes a small copy of a picture for as little work as it can be had."""

import io
from typing import TYPE_CHECKING

from desktopproc.formats.image_colour import to_srgb
from desktopproc.formats.image_errors import DECODER_ERRORS, reading_picture
from desktopproc.formats.images import JPEGS, Picture, fitted, resized, upright

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

_HEADROOM = 1.5  # how much larger than wanted a JPEG is decoded before the one good resize
_SAME_SHAPE = 0.02
_OFFSET, _LENGTH = 0x0201, 0x0202
_EXIF_START = b"Exif\0\0"


def preview(picture: Picture, edge: int, *, fast: bool = False) -> "Image":
    """A small upright 8-bit sRGB copy whose longer edge is at most `edge`.

    `fast` scales the camera's own preview where it is large enough and of the same shape; the
    photo itself is then not decoded, so damage behind its header goes unseen.
    """
    full = picture.size
    target = fitted(full, edge)
    with reading_picture(picture.name):
        if fast and (shown := _embedded(picture, target)):
            return upright(to_srgb(resized(shown, target), picture.profile), picture.orientation)
    picture.decode((int(target[0] * _HEADROOM), int(target[1] * _HEADROOM)))
    with reading_picture(picture.name):
        small = resized(picture.image, target, full)
        return upright(to_srgb(small, picture.profile), picture.orientation)


def _embedded(picture: Picture, target: tuple[int, int]) -> "Image | None":
    """The decoded preview in the EXIF of a JPEG if it will do; a bad one is no preview."""
    from PIL import Image

    if picture.format not in JPEGS:
        return None
    try:
        exif = picture.image.getexif()
        shown = Image.open(io.BytesIO(_preview_bytes(picture.image, exif)))
        if not _will_do(shown.size, target, picture.size):
            return None
        shown.draft("RGB", (int(target[0] * _HEADROOM), int(target[1] * _HEADROOM)))
        shown.load()
    except DECODER_ERRORS:
        return None
    return shown


def _preview_bytes(image: "Image", exif: "Exif") -> bytes:
    from PIL.ExifTags import IFD

    directory = exif.get_ifd(IFD.IFD1)
    block: bytes = image.info["exif"].removeprefix(_EXIF_START)
    start = int(directory[_OFFSET])
    return block[start : start + int(directory[_LENGTH])]


def _will_do(size: tuple[int, int], target: tuple[int, int], full: tuple[int, int]) -> bool:
    is_large_enough = size[0] >= target[0] and size[1] >= target[1]
    shape, wanted = size[0] / size[1], full[0] / full[1]
    return is_large_enough and abs(shape - wanted) <= _SAME_SHAPE * wanted
