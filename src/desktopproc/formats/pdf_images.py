"""Stores pictures in a PDF: JPEG bytes as they are, everything else without loss or as asked."""

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.formats import images
from desktopproc.formats.image_colour import flatten, has_alpha, resizable, to_srgb
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.image_whole import is_whole
from desktopproc.formats.pdf_writer import PdfWriter

if TYPE_CHECKING:
    from PIL.Image import Image

_DEFAULT_DPI = 96.0
_COLOURS = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK", "1": "/DeviceGray"}
_CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}
_JPEG = {"BitsPerComponent": "8", "Filter": "/DCTDecode"}


class Others(StrEnum):
    """How pictures are stored that are no JPEG."""

    AUTO = "auto"
    LOSSLESS = "lossless"
    JPEG = "jpeg"


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture in the file: its object, its size as stored, and how it is to be turned."""

    number: int
    size: tuple[int, int]
    dpi: tuple[float, float]
    orientation: int = 1

    @property
    def points(self) -> tuple[float, float]:
        """The upright picture's size at its resolution."""
        across, down = (edge / dpi * 72 for edge, dpi in zip(self.size, self.dpi, strict=True))
        return (down, across) if self.orientation in {5, 6, 7, 8} else (across, down)


class PdfImages:
    """Writes pictures into a PDF, each colour profile once."""

    def __init__(self, writer: PdfWriter, others: Others, quality: int) -> None:
        self._writer = writer
        self._others = others
        self._quality = quality
        self._profiles: dict[bytes, int] = {}

    def store(self, picture: images.Picture, dpi: float | None = None) -> Stored:
        """Store a picture, or the page of it that is current; `dpi` overrides its own."""
        resolution = (dpi, dpi) if dpi else _dpi(picture)
        if _goes_in_as_it_is(picture):
            return Stored(self._untouched(picture), picture.size, resolution, picture.orientation)
        picture.decode()
        with reading_picture(picture.name):
            image = images.upright(picture.image, picture.orientation)
            is_turned = image.size != picture.size and picture.orientation in {5, 6, 7, 8}
            number = self._encoded(image, picture)
        return Stored(number, image.size, resolution[::-1] if is_turned else resolution)

    def jpeg(self, image: "Image", profile: bytes | None = None, quality: int = 0) -> int:
        """A picture as JPEG with full colour resolution."""
        image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality or self._quality, subsampling=0)
        return self._image(image, profile, _JPEG, buffer.getvalue())

    def embed(self, content: bytes, size: tuple[int, int], mode: str) -> int:
        """A finished JPEG of this size and mode, in sRGB."""
        kind = {"Type": "/XObject", "Subtype": "/Image", "ColorSpace": _COLOURS[mode]}
        edges = {"Width": str(size[0]), "Height": str(size[1])}
        return self._writer.add_stream({**kind, **edges, **_JPEG}, content)

    def _untouched(self, picture: images.Picture) -> int:
        if not is_whole(picture.content, picture.format):
            picture.decode()  # says whether there is a picture, and that it is incomplete
        words = dict(_JPEG)
        if picture.image.mode == "CMYK" and picture.image.info.get("adobe") is not None:
            words["Decode"] = "[1 0 1 0 1 0 1 0]"
        return self._image(picture.image, picture.profile, words, picture.content)

    def _encoded(self, image: "Image", picture: images.Picture) -> int:
        is_photo = self._others is Others.JPEG or (
            self._others is Others.AUTO and _is_lossy(picture)
        )
        if not is_photo or has_alpha(image) or image.mode == "1":
            return self._pixels(image, picture.profile)
        if _is_lossy(picture):
            picture.note("Photos of other lossy formats were stored as JPEG of high quality.")
        else:
            picture.note("Photos of other formats were stored as JPEG.")
        if image.mode in {"L", "RGB"}:
            return self.jpeg(image, picture.profile)
        return self.jpeg(to_srgb(image, picture.profile))

    def _pixels(self, image: "Image", profile: bytes | None) -> int:
        """Deflated samples; what is see-through becomes a mask of its own."""
        mask: dict[str, str] = {}
        image = resizable(image) if image.mode != "1" or has_alpha(image) else image
        if has_alpha(image):
            layers = image.convert("RGBA")
            alpha = layers.getchannel("A")
            if alpha.getextrema() != (255, 255):
                mask["SMask"] = f"{self._samples(alpha, None, {})} 0 R"
            image = layers.convert("RGB") if mask else flatten(image)
        elif image.mode not in _COLOURS:
            image, profile = to_srgb(image, profile), None
        return self._samples(image, profile, mask)

    def _samples(self, image: "Image", profile: bytes | None, words: Mapping[str, str]) -> int:
        bits = "1" if image.mode == "1" else "8"
        packed = zlib.compress(image.tobytes())
        more = {**words, "BitsPerComponent": bits, "Filter": "/FlateDecode"}
        return self._image(image, profile, more, packed)

    def _image(
        self, image: "Image", profile: bytes | None, words: Mapping[str, str], content: bytes
    ) -> int:
        width, height = image.size
        kind = {"Type": "/XObject", "Subtype": "/Image", "Width": width, "Height": height}
        spelled = {word: str(value) for word, value in kind.items()}
        spelled["ColorSpace"] = self._colours(image.mode, profile)
        return self._writer.add_stream({**spelled, **words}, content)

    def _colours(self, mode: str, profile: bytes | None) -> str:
        plain = _COLOURS[mode]
        spaces = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
        if not profile or profile[16:20] != spaces.get(mode):
            return plain
        if profile not in self._profiles:
            words = {"N": str(_CHANNELS[mode]), "Alternate": plain}
            self._profiles[profile] = self._writer.add_stream(words, profile, pack=True)
        return f"[/ICCBased {self._profiles[profile]} 0 R]"


def _is_lossy(picture: images.Picture) -> bool:
    is_plain_webp = picture.format == "WEBP" and picture.content[12:16] == b"VP8 "
    return is_plain_webp or picture.format in {"HEIF", "AVIF", "JPEG2000"}


def _goes_in_as_it_is(picture: images.Picture) -> bool:
    """Whether every PDF reader shows these JPEG bytes: 8 bits, with marks where they belong."""
    is_jpeg = picture.format in images.JPEGS and picture.content.startswith(b"\xff\xd8")
    return is_jpeg and picture.image.mode in {"L", "RGB", "CMYK"}


def _dpi(picture: images.Picture) -> tuple[float, float]:
    try:
        across, down = (float(value) for value in picture.image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return _DEFAULT_DPI, _DEFAULT_DPI
    is_sane = 10 <= across <= 4800 and 10 <= down <= 4800
    return (across, down) if is_sane else (_DEFAULT_DPI, _DEFAULT_DPI)
