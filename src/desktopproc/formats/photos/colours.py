"""Brings pictures into a colour space, measured by their profile, with 8 or 16 bits kept."""

import functools
import io
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.formats import pixels

if TYPE_CHECKING:
    from pyvips import Image

_KINDS = {"srgb": b"RGB ", "rgb16": b"RGB ", "cmyk": b"CMYK", "b-w": b"GRAY", "grey16": b"GRAY"}
_INTENT = "perceptual"


class Space(StrEnum):
    """The colour spaces that pictures can be converted to."""

    SRGB = "srgb"
    P3 = "p3"
    GREY = "grey"
    CMYK = "cmyk"


def working(image: "Image", profile: bytes) -> "tuple[Image, bytes]":
    """Grey, RGB or CMYK of 8 or 16 bits, with or without alpha, and the profile that fits it."""
    if image.interpretation not in _KINDS or image.format not in {"uchar", "ushort"}:
        image, profile = _usual(image.copy_memory()), b""
    if image.interpretation in {"srgb", "rgb16"} and image.bands > 4:
        image = image.extract_band(0, n=4)
    return image, fitting(image, profile)


def fitting(image: "Image", profile: bytes) -> bytes:
    """The profile if it describes this kind of colours, else nothing."""
    return profile if profile[16:20] == _KINDS.get(image.interpretation) else b""


def _usual(image: "Image") -> "Image":
    """Unusual number formats and colour kinds as the nearest usual one."""
    if image.interpretation in {"lab", "labs", "labq", "xyz", "scrgb", "lch", "yxy", "hsv"}:
        return image.colourspace("rgb16" if image.interpretation != "hsv" else "srgb")
    if image.format not in {"uchar", "ushort"}:
        image = _ranged(image)
    deep = image.format == "ushort"
    if image.bands >= 3:
        return image.copy(interpretation="rgb16" if deep else "srgb")
    return image.copy(interpretation="grey16" if deep else "b-w")


def _ranged(image: "Image") -> "Image":
    """Numbers of any size as 16 bits (8 where they fit), by the range the values lie in."""
    lowest, highest = image.min(), image.max()
    if lowest >= 0 and highest <= 255 and image.format not in {"float", "double"}:
        return image.cast("uchar")
    if image.format in {"float", "double"} and lowest >= 0 and highest <= 1:
        return (image * 65535).rint().cast("ushort")
    if lowest >= 0 and highest <= 65535:
        return image.rint().cast("ushort") if highest > 255 else image.rint().cast("uchar")
    span = highest - lowest or 1.0
    return ((image - lowest) * (65535 / span)).rint().cast("ushort")


def to_srgb(image: "Image", profile: bytes) -> "Image":
    """The same colours in sRGB; greys stay grey. A profile that cannot be read is passed over."""
    profile = fitting(image, profile)
    if image.interpretation == "cmyk":
        return _through(image, profile, "srgb")
    if not profile or (not pixels.is_grey(image) and is_srgb(profile)):
        return image
    if pixels.is_grey(image):
        managed = _through(pixels.rgb(image) if not profile else image, profile, "srgb")
        if managed.bands < 3:
            return managed
        alpha = managed.extract_band(3) if managed.bands == 4 else None
        grey = managed.extract_band(1)
        plain = grey if alpha is None else grey.bandjoin(alpha)
        return plain.copy(interpretation="grey16" if image.format == "ushort" else "b-w")
    return _through(image, profile, "srgb")


def in_space(image: "Image", profile: bytes, space: Space) -> "tuple[Image, bytes]":
    """The same colours in another space, and the profile that describes them there."""
    if space is Space.SRGB:
        return pixels.rgb(to_srgb(image, profile)), b""
    if space is Space.GREY:
        plain = pixels.rgb(to_srgb(image, profile))
        alpha = plain.extract_band(plain.bands - 1) if pixels.has_alpha(plain) else None
        grey = pixels.luma(plain).rint().cast(plain.format)
        joined = grey if alpha is None else grey.bandjoin(alpha)
        kind = "grey16" if plain.format == "ushort" else "b-w"
        return joined.copy(interpretation=kind), b""
    if space is Space.CMYK:
        plain = pixels.eight_bits(pixels.flat(pixels.rgb(image), "#ffffff"))
        made = _through(plain, fitting(plain, profile), "cmyk")
        return made, _profile_in(made)
    made = _through(pixels.rgb(image), fitting(image, profile), "p3")
    return made, _profile_in(made)


def _profile_in(image: "Image") -> bytes:
    found = image.get("icc-profile-data") if "icc-profile-data" in image.get_fields() else b""
    return bytes(found)


def _through(image: "Image", profile: bytes, target: str) -> "Image":
    """Convert by lcms; without a readable profile the usual one of the kind is assumed."""
    import pyvips  # heavy: only where pixels are

    alpha = image.extract_band(image.bands - 1) if pixels.has_alpha(image) else None
    colours = image.extract_band(0, n=image.bands - 1) if alpha is not None else image
    colours = colours.copy(interpretation=image.interpretation)
    depth = 16 if image.format == "ushort" else 8
    usual = "cmyk" if image.interpretation == "cmyk" else "srgb"
    words = {"intent": _INTENT, "depth": depth, "input_profile": usual}
    if profile:
        described = colours.copy()
        described.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        try:
            made = described.icc_transform(target, embedded=True, **words)
        except pyvips.Error:
            made = colours.icc_transform(target, **words)
    else:
        bare = colours.copy()
        bare.remove("icc-profile-data")
        made = bare.icc_transform(target, **words)
    if alpha is None:
        return made
    if alpha.format != made.format:
        alpha = alpha.cast(made.format)
    return made.bandjoin(alpha).copy(interpretation=made.interpretation)


@functools.lru_cache(maxsize=32)
def is_srgb(profile: bytes) -> bool:
    """Whether a profile says that it is sRGB, so that nothing has to be converted."""
    from PIL import ImageCms

    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False
    return (found.profile_description or "").startswith("sRGB") and found.xcolor_space == "RGB "
