"""Decodes a picture upright at the size it is wanted, with no more work than that takes."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from desktopproc.formats.image_errors import DECODER_ERRORS, reading_picture
from desktopproc.formats.images import JPEGS, Picture, check_pixels, resized, upright

if TYPE_CHECKING:
    from PIL.Image import Image

Size = tuple[int, int]
_HEADROOM = 1.2  # how much larger than wanted a JPEG is decoded before the one good resize


def rendered(picture: Picture, sized: Callable[[Size], Size], max_pixels: int) -> "Image":
    """The upright picture in its own colours; `sized` makes the wanted size of the full one."""
    if picture.format not in JPEGS:
        picture.decode()
    full = picture.size
    target = _turned(sized(_turned(full, picture.orientation)), picture.orientation)
    check_pixels(picture.name, target, max_pixels)
    if picture.format in JPEGS:
        is_smaller = target[0] < full[0]
        wanted = (int(target[0] * _HEADROOM), int(target[1] * _HEADROOM))
        picture.decode(wanted if is_smaller else None)
    with reading_picture(picture.name):
        image = picture.image if target == full else resized(picture.image, target, full)
        return upright(image, picture.orientation)


def tell_frames(picture: Picture) -> None:
    """Say that only the first of several pictures in one file is used; ask before decoding."""
    has_more = False
    with reading_picture(picture.name), suppress(*DECODER_ERRORS):
        has_more = bool(getattr(picture.image, "is_animated", False))
    if has_more and picture.format != "MPO":
        word = "page" if picture.format == "TIFF" else "picture"
        picture.note(f"Only the first {word} in the file was used.")


def tell_depth(picture: Picture) -> None:
    """Say that colours were deeper than 8 bits in the file, which is what they are decoded to."""
    if picture.image.mode.startswith(("I", "F")):
        return
    if _bits(picture) > 8:
        picture.note("More than 8 bits per colour were reduced to 8.")


def _bits(picture: Picture) -> int:
    if picture.format == "PNG":
        return picture.content[24] if len(picture.content) > 24 else 8
    if picture.format == "TIFF":
        found = getattr(picture.image, "tag_v2", {}).get(258, 8)
        return max(found) if isinstance(found, tuple) else int(found)
    return int(picture.image.info.get("bit_depth", 8))


def _turned(size: Size, orientation: int) -> Size:
    return (size[1], size[0]) if orientation in {5, 6, 7, 8} else size
