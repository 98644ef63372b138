"""Encodes a small or drawn picture quickly and writes it at once."""

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import OutputError, TooLargeError
from desktopproc.core.stages import Stage, during
from desktopproc.formats.image_errors import DECODER_ERRORS, too_little_memory
from desktopproc.formats.writing import write_bytes

if TYPE_CHECKING:
    from PIL.Image import Image


class Format(StrEnum):
    """The formats such pictures are stored in, by their suffix."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a picture is to be stored; what a format does not know is left out by it."""

    format: Format
    quality: int = 85
    dpi: int | None = None


_NAMES = {Format.JPG: "JPEG", Format.PNG: "PNG", Format.WEBP: "WebP"}
_MAX_EDGE = {Format.JPG: 65_500, Format.WEBP: 16_383}
_FULL_COLOUR = 93  # from this JPEG quality on, colours are stored as finely as brightness
_WEBP_METHOD = 2
_PNG_LEVEL = 3


def save(image: "Image", target: Path, encoding: Encoding, name: str) -> None:
    """Encode and write; the target does not exist until the picture is encoded.

    `name` is the source, named when its pixels cannot be stored.
    """
    _check_edges(image.size, encoding.format, name)
    image.info = {}  # Pillow would copy metadata of the source by itself
    buffer = io.BytesIO()
    try:
        with during(Stage.ENCODE), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.save(buffer, _NAMES[encoding.format].upper(), **_words(encoding))
    except MemoryError as e:
        raise too_little_memory(name) from e
    except DECODER_ERRORS as e:
        raise OutputError(f"{name} could not be stored as {_NAMES[encoding.format]}: {e}.") from e
    write_bytes(target, buffer.getvalue())


def _check_edges(size: tuple[int, int], kind: Format, name: str) -> None:
    longest = _MAX_EDGE.get(kind, max(size))
    if max(size) > longest:
        raise TooLargeError(
            f"{name} is {size[0]:,} x {size[1]:,} pixels, and {_NAMES[kind]} holds at most "
            f"{longest:,} pixels per edge. Make it smaller or choose another format."
        )


def _words(encoding: Encoding) -> dict[str, Any]:
    """The encoder's own words for it."""
    words: dict[str, Any] = {"dpi": (encoding.dpi,) * 2} if encoding.dpi else {}
    match encoding.format:
        case Format.JPG:
            subsampling = 0 if encoding.quality >= _FULL_COLOUR else 2
            return words | {"quality": encoding.quality, "subsampling": subsampling}
        case Format.PNG:
            return words | {"compress_level": _PNG_LEVEL}
        case Format.WEBP:
            return words | {"quality": encoding.quality, "method": _WEBP_METHOD}
