"""Brings any kind of pixels to 8-bit sRGB, so that a picture looks the same wherever it goes."""

import functools
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab "}
_DIRECT = frozenset({"RGB", "L", "CMYK", "LAB", "RGBA", "LA"})
_ALPHA = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})


def has_alpha(image: "Image") -> bool:
    """Whether some pixels may be see-through."""
    return image.mode in _ALPHA or "transparency" in image.info


def resizable(image: "Image") -> "Image":
    """The picture in a mode that can be resized without false colours, still in its own space."""
    if "transparency" in image.info and image.mode in {"1", "L", "RGB", "P"}:
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    if image.mode == "PA":
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image


def to_srgb(image: "Image", profile: bytes | None) -> "Image":
    """8-bit L, LA, RGB or RGBA in sRGB; a profile that is unreadable or of another kind of
    picture is passed over, as viewers do."""
    image = _eight_bit(resizable(image))
    if profile:
        managed = _through_profile(image, profile)
        if managed is not None:
            return managed
    if image.mode in {"L", "LA", "RGB", "RGBA"}:
        return image
    return image.convert("RGB")


def flatten(image: "Image", background: str = "#ffffff") -> "Image":
    """Lay a see-through picture on a plain background; others come back as they are."""
    from PIL import Image

    if not has_alpha(image):
        return image
    layered = image.convert("RGBA")
    plain = Image.new("RGBA", image.size, background)
    plain.alpha_composite(layered)
    is_grey = image.mode in {"LA", "La", "L"} and _is_grey(background)
    return plain.convert("L" if is_grey else "RGB")


def _is_grey(background: str) -> bool:
    from PIL import ImageColor

    return len(set(ImageColor.getrgb(background)[:3])) == 1


def _eight_bit(image: "Image") -> "Image":
    if image.mode in _DIRECT:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return _stretched(image)
    return image.convert({"RGBa": "RGBA", "La": "LA"}.get(image.mode, "RGB"))


def _stretched(image: "Image") -> "Image":
    """Map 16-bit, 32-bit and floating point greys to 0..255 by the range the values lie in."""
    wide = image if image.mode == "F" else image.convert("F")
    lowest, highest = _extrema(wide)
    if image.mode.startswith("I;16"):
        lowest, span = 0.0, 65535.0
    elif image.mode == "F" and lowest >= 0 and highest <= 1:
        lowest, span = 0.0, 1.0
    elif lowest >= 0 and highest <= 255:
        lowest, span = 0.0, 255.0
    elif lowest >= 0 and highest <= 65535:
        lowest, span = 0.0, 65535.0
    else:
        span = highest - lowest or 1.0
    scale = 255.0 / span
    return wide.point(lambda value: value * scale + (0.5 - lowest * scale)).convert("L")


def _extrema(wide: "Image") -> tuple[float, float]:
    lowest, highest = wide.getextrema()
    if isinstance(lowest, tuple) or isinstance(highest, tuple):
        raise TypeError(wide.mode)
    return float(lowest), float(highest)


def _through_profile(image: "Image", profile: bytes) -> "Image | None":
    from PIL import ImageCms

    base = {"RGBA": "RGB", "LA": "L"}.get(image.mode, image.mode)
    alpha = image.getchannel("A") if base != image.mode else None
    flat = image.convert(base) if alpha else image
    try:
        transform = _transform(profile, base)
        managed = ImageCms.applyTransform(flat, transform) if transform else flat
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if managed is None:
        return None
    if base == "L":
        managed = managed.convert("L")
    if alpha:
        managed.putalpha(alpha)
    return managed


@functools.lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> "ImageCmsTransform | None":
    """From the profile to sRGB; None where nothing is to be done. Greys stay grey."""
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if source.profile.xcolor_space != _SPACES[mode]:
        if mode in {"CMYK", "LAB"}:
            raise ValueError(source.profile.xcolor_space)
        return None
    description = source.profile.profile_description or ""
    if mode == "RGB" and description.startswith("sRGB"):
        return None
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
