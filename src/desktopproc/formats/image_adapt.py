"""Brings a picture into the pixels a format can hold, and says what was lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.formats.image_colour import flatten, has_alpha, resizable, to_srgb
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.image_save import Format

if TYPE_CHECKING:
    from PIL.Image import Image

_HOLDS: dict[Format, frozenset[str]] = {
    Format.JPEG: frozenset({"L", "RGB", "CMYK"}),
    Format.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}),
    Format.WEBP: frozenset({"RGB", "RGBA"}),
    Format.AVIF: frozenset({"RGB", "RGBA"}),
    Format.TIFF: frozenset({"1", "L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"}),
}
_WIDER = {"L": "RGB", "LA": "RGBA", "1": "L"}  # the same picture in a mode more formats hold


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What a picture comes with, and what is wanted of it."""

    profile: bytes
    background: str
    srgb: bool


def adapted(
    image: "Image", name: str, kind: Format, note: Callable[[str], None], how: Adaptation
) -> tuple["Image", bytes]:
    """The picture in a mode this format holds, and the profile that still describes it."""
    with reading_picture(name):
        image = _opaque(image, kind, how.background, note)
        image, profile = _in_mode(image, how.profile, kind, note)
        if how.srgb and profile:
            return to_srgb(image, profile), b""
        return image, profile


def _opaque(image: "Image", kind: Format, background: str, note: Callable[[str], None]) -> "Image":
    if not has_alpha(image):
        return image
    if kind is Format.PNG and image.mode in _HOLDS[kind]:
        return image
    if image.mode == "P" or "transparency" in image.info:
        image = resizable(image)
    if kind is not Format.JPEG:
        return image
    if _is_seen_through(image):
        note(f"Transparency was replaced by {background}.")
    return flatten(image, background)


def _is_seen_through(image: "Image") -> bool:
    layers = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    lowest, _ = layers.getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _in_mode(
    image: "Image", profile: bytes, kind: Format, note: Callable[[str], None]
) -> tuple["Image", bytes]:
    holds = _HOLDS[kind]
    if image.mode in holds:
        return image, profile
    if image.mode.startswith("I;16") and "I;16" in holds:
        return image.convert("I").convert("I;16"), profile
    if image.mode.startswith(("I", "F")):
        note("More than 8 bits per colour were reduced to 8.")
        image = to_srgb(image, None)
    elif image.mode in {"CMYK", "LAB"}:
        note(f"{image.mode} colours were converted to sRGB.")
        image, profile = to_srgb(image, profile), b""
    image = resizable(image)
    while image.mode not in holds and image.mode in _WIDER:
        image, profile = image.convert(_WIDER[image.mode]), _fitting(profile, image.mode)
    if image.mode not in holds:
        image = to_srgb(image, None)
    return image, profile


def _fitting(profile: bytes, mode: str) -> bytes:
    """A profile of greys does not describe the colours they are stored as now."""
    return b"" if mode in {"L", "LA"} and profile[16:20] == b"GRAY" else profile
