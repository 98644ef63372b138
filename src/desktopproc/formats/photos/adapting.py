"""Brings pixels into what a format can hold, and says what was lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.formats import pixels
from desktopproc.formats.photos.colours import fitting, to_srgb
from desktopproc.formats.photos.targets import HOLDS, Format

if TYPE_CHECKING:
    from pyvips import Image

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What is wanted of the pixels, besides that the format can hold them.

    `bits` are those of one colour that the picture came with.
    """

    background: str
    srgb: bool
    bits: int = 8


def adapted(
    image: "Image", profile: bytes, target: Format, how: Adaptation, note: Note
) -> "tuple[Image, bytes]":
    """Pixels this format holds, and the profile that still describes them."""
    holds = HOLDS[target]
    if pixels.has_alpha(image) and not holds.has_alpha:
        if _is_seen_through(image):
            note(f"Transparency was replaced by {how.background}.")
        image = pixels.flat(image, how.background)
        profile = fitting(image, profile)
    if image.interpretation == "cmyk" and (how.srgb or "cmyk" not in holds.kinds):
        note("CMYK colours were converted to sRGB.")
        image, profile = to_srgb(image, profile), b""
    if profile and (how.srgb or not holds.has_profile):
        image, profile = to_srgb(image, profile), b""
    return _in_depth(image, profile, target, how, note)


def _in_depth(
    image: "Image", profile: bytes, target: Format, how: Adaptation, note: Note
) -> "tuple[Image, bytes]":
    holds = HOLDS[target]
    if image.format == "ushort" and holds.bits < min(how.bits, 16):
        note(f"More than {holds.bits} bits per colour were reduced to {holds.bits}.")
    if image.format == "ushort" and holds.bits <= 8:
        image = pixels.eight_bits(image)
    is_passed_over = bool(profile) and target is Format.AVIF  # libvips writes none for grey
    if pixels.is_grey(image) and (image.interpretation not in holds.kinds or is_passed_over):
        image, profile = pixels.rgb(to_srgb(image, profile)), b""
    if target is Format.GIF:
        _tell_palette(image, note)
    return image, profile


_MOST_COLOURS = 256  # GIF89a, section 19


def _tell_palette(image: "Image", note: Note) -> None:
    """Say what a palette of few colours, one of which may be seen through, cannot show."""
    colours = image[: image.bands - 1] if pixels.has_alpha(image) else image
    if pixels.has_alpha(image):
        alpha = image[image.bands - 1]
        if ((alpha > 0) & (alpha < 255)).max():
            note("GIF holds no half-transparent pixels: they were made solid or clear.")
    if colours.bands == 3 and _more_colours_than(colours, _MOST_COLOURS):
        note(f"GIF holds at most {_MOST_COLOURS} colours: they were reduced.")


def _more_colours_than(image: "Image", most: int) -> bool:
    numbers = image[0] * 65536 + image[1] * 256 + image[2]
    seen: set[int] = set()
    data = memoryview(numbers.cast("uint").write_to_memory()).cast("I")
    for start in range(0, len(data), most):
        seen.update(data[start : start + most])
        if len(seen) > most:
            return True
    return False


def _is_seen_through(image: "Image") -> bool:
    return bool(image.extract_band(image.bands - 1).min() < pixels.top(image))
