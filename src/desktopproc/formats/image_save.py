"""Encodes a finished picture and writes it at once."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import OutputError
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.writing import write_bytes

if TYPE_CHECKING:
    from PIL.Image import Image


class Format(StrEnum):
    """The picture formats that can be written."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    TIFF = "tiff"

    @property
    def suffix(self) -> str:
        return {"jpeg": ".jpg", "tiff": ".tif"}.get(self.value, f".{self.value}")


class Effort(StrEnum):
    """How much time may be spent on a smaller file."""

    FAST = "fast"
    BALANCED = "balanced"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a picture is to be stored; what a format does not know is left out by it."""

    format: Format
    quality: int = 85
    effort: Effort = Effort.BALANCED
    lossless: bool = False
    progressive: bool = True
    extras: Mapping[str, Any] = field(default_factory=dict)


_WEBP_METHOD = {Effort.FAST: 2, Effort.BALANCED: 4, Effort.SMALL: 6}
_AVIF_SPEED = {Effort.FAST: 9, Effort.BALANCED: 7, Effort.SMALL: 4}
_PNG_LEVEL = {Effort.FAST: 3, Effort.BALANCED: 6, Effort.SMALL: 9}


def encoded(image: "Image", encoding: Encoding, name: str) -> bytes:
    """The file's bytes; `name` is the source, named when its pixels cannot be encoded."""
    buffer = io.BytesIO()
    with reading_picture(name):
        image.save(buffer, encoding.format.name, **_words(encoding), **encoding.extras)
    return buffer.getvalue()


def save(image: "Image", target: Path, encoding: Encoding, name: str) -> None:
    """Encode and write; the target does not exist until the picture is encoded."""
    content = encoded(image, encoding, name)
    if not content:
        raise OutputError(f"{name} could not be stored as {encoding.format.name}.")
    write_bytes(target, content)


def _words(encoding: Encoding) -> dict[str, Any]:
    """The encoder's own words for it."""
    match encoding.format:
        case Format.JPEG:
            return {
                "quality": encoding.quality,
                "optimize": encoding.effort is not Effort.FAST,
                "progressive": encoding.progressive,
            }
        case Format.PNG:
            return {"compress_level": _PNG_LEVEL[encoding.effort]}
        case Format.WEBP:
            return {
                "quality": encoding.quality,
                "method": _WEBP_METHOD[encoding.effort],
                "lossless": encoding.lossless,
                "exact": encoding.lossless,
            }
        case Format.AVIF:
            return {
                "quality": 100 if encoding.lossless else encoding.quality,
                "speed": _AVIF_SPEED[encoding.effort],
                "max_threads": 1,
            } | ({"subsampling": "4:4:4"} if encoding.lossless else {})
        case Format.TIFF:
            return {"compression": "tiff_adobe_deflate"}
