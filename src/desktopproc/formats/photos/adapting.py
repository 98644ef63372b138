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
    if image.interpretation not in holds.kinds:
        image = pixels.rgb(image)
        profile = fitting(image, profile)
    return image, profile


def _is_seen_through(image: "Image") -> bool:
    return bool(image.extract_band(image.bands - 1).min() < pixels.top(image))
