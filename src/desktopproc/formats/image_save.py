"""Encodes a finished picture and writes it at once."""

import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import OutputError, TooLargeError
from desktopproc.formats.image_errors import DECODER_ERRORS, too_little_memory
from desktopproc.formats.image_tiff import deflated
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

    @classmethod
    def of_suffix(cls, suffix: str) -> "Format":
        """The format a file of this name has; PNG for names that say none of them."""
        return _BY_SUFFIX.get(suffix.lower(), cls.PNG)


_BY_SUFFIX = {
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".jfif": Format.JPEG,
    ".png": Format.PNG,
    ".webp": Format.WEBP,
    ".avif": Format.AVIF,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
}
_LOSSY = frozenset({".heic", ".heif", ".hif", ".mpo", ".jp2", ".j2k"})


def suffix_like(word: str, source: str) -> str:
    """The suffix of a chosen format; "same" keeps the source's, where such files can be written."""
    if word != "same":
        return Format(word).suffix
    if source in _BY_SUFFIX:
        return source
    return (Format.JPEG if source in _LOSSY else Format.PNG).suffix


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
    extras: Mapping[str, Any] = field(default_factory=dict)


_WEBP_METHOD = {Effort.FAST: 2, Effort.BALANCED: 4, Effort.SMALL: 6}
_AVIF_SPEED = {Effort.FAST: 9, Effort.BALANCED: 7, Effort.SMALL: 4}
_MAX_EDGE = {Format.JPEG: 65_500, Format.WEBP: 16_383, Format.AVIF: 65_535}
_PLAIN = frozenset({"icc_profile", "dpi"})
_FULL_COLOUR = 93  # from this JPEG quality on, colours are stored as finely as brightness
_PNG_LEVEL = {Effort.FAST: 3, Effort.BALANCED: 6, Effort.SMALL: 9}


def save(
    image: "Image", target: Path, encoding: Encoding, name: str, note: Callable[[str], None]
) -> None:
    """Encode and write; the target does not exist until the picture is encoded.

    `name` is the source, named when its pixels cannot be stored. Metadata that the encoder
    does not take is left out and told.
    """
    _check_edges(image.size, encoding.format, name)
    bare = _bare(image)
    try:
        content = _encoded(bare, encoding, encoding.extras)
    except MemoryError as e:
        raise too_little_memory(name) from e
    except DECODER_ERRORS as e:
        kept = {word: encoding.extras[word] for word in _PLAIN & encoding.extras.keys()}
        if kept == encoding.extras:
            raise _cannot_store(name, encoding, e) from e
        content = _without_metadata(bare, encoding, kept, name)
        note("The metadata is damaged and was left out.")
    write_bytes(target, content)


def _encoded(image: "Image", encoding: Encoding, extras: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.save(buffer, encoding.format.name, **_words(encoding), **extras)
    content = buffer.getvalue()
    return deflated(content) if encoding.format is Format.TIFF else content


def _without_metadata(
    image: "Image", encoding: Encoding, kept: Mapping[str, Any], name: str
) -> bytes:
    try:
        return _encoded(image, encoding, kept)
    except DECODER_ERRORS as e:
        raise _cannot_store(name, encoding, e) from e


def _cannot_store(name: str, encoding: Encoding, error: Exception) -> OutputError:
    return OutputError(f"{name} could not be stored as {encoding.format.name}: {error}.")


def _check_edges(size: tuple[int, int], kind: Format, name: str) -> None:
    longest = _MAX_EDGE.get(kind, max(size))
    if max(size) > longest:
        raise TooLargeError(
            f"{name} is {size[0]:,} x {size[1]:,} pixels, and {kind.name} holds at most "
            f"{longest:,} pixels per edge. Make it smaller or choose another format."
        )


def _bare(image: "Image") -> "Image":
    """The picture without what Pillow would copy from the source by itself."""
    bare = image.copy() if hasattr(image, "tag_v2") else image
    bare.info = {word: bare.info[word] for word in ("transparency",) if word in bare.info}
    return bare


def _words(encoding: Encoding) -> dict[str, Any]:
    """The encoder's own words for it."""
    match encoding.format:
        case Format.JPEG:
            return {
                "quality": encoding.quality,
                "optimize": encoding.effort is not Effort.FAST,
                "progressive": encoding.effort is Effort.SMALL,
                "subsampling": 0 if encoding.quality >= _FULL_COLOUR else 2,
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
            return {"compression": "raw"}  # deflated afterwards
