"""Puts pictures on PDF pages: JPEG bytes as they are, everything else without loss."""

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.image_colour import flatten, has_alpha, resizable, to_srgb
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.image_whole import is_whole
from desktopproc.formats.pdf_writer import PdfWriter, number, text

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS_PER_MM = 72 / 25.4
_DEFAULT_DPI = 96.0
_QUALITY = 93
_MIN_POINTS, _MAX_POINTS = 3.0, 14_400.0  # what PDF readers accept as a page
_COLOURS = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK", "1": "/DeviceGray"}
_CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}


class Paper(StrEnum):
    """The size of the pages."""

    PICTURE = "picture"
    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"
    LEGAL = "legal"


_MILLIMETRES = {
    Paper.A4: (210.0, 297.0),
    Paper.A5: (148.0, 210.0),
    Paper.LETTER: (215.9, 279.4),
    Paper.LEGAL: (215.9, 355.6),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a picture lies on its page."""

    paper: Paper = Paper.PICTURE
    margin_mm: float = 10.0

    def place(self, size: tuple[int, int], dpi: tuple[float, float]) -> "Placed":
        """The page and the rectangle of an upright picture of `size` pixels, in points."""
        width, height = size[0] / dpi[0] * 72, size[1] / dpi[1] * 72
        if self.paper is Paper.PICTURE:
            scale = min(1.0, _MAX_POINTS / max(width, height))
            scale = max(scale, _MIN_POINTS / min(width, height))
            return Placed(width * scale, height * scale, 0, 0, width * scale, height * scale)
        short, long = (edge * _POINTS_PER_MM for edge in _MILLIMETRES[self.paper])
        page = (long, short) if width > height else (short, long)
        margin = min(self.margin_mm * _POINTS_PER_MM, short / 2 - 1)
        scale = min((page[0] - 2 * margin) / width, (page[1] - 2 * margin) / height)
        width, height = width * scale, height * scale
        return Placed(*page, (page[0] - width) / 2, (page[1] - height) / 2, width, height)


@dataclass(frozen=True, slots=True)
class Placed:
    """A page, and where the upright picture lies on it."""

    page_width: float
    page_height: float
    left: float
    bottom: float
    width: float
    height: float

    def matrix(self, orientation: int) -> tuple[float, ...]:
        """Maps the stored picture's unit square so that it shows upright."""
        w, h, x, y = self.width, self.height, self.left, self.bottom
        return {
            2: (-w, 0, 0, h, x + w, y),
            3: (-w, 0, 0, -h, x + w, y + h),
            4: (w, 0, 0, -h, x, y + h),
            5: (0, -h, -w, 0, x + w, y + h),
            6: (0, -h, w, 0, x, y + h),
            7: (0, h, w, 0, x, y),
            8: (0, h, -w, 0, x + w, y),
        }.get(orientation, (w, 0, 0, h, x, y))


class PhotoPdf:
    """A PDF that grows by one page per picture."""

    def __init__(self, target: Path, layout: Layout, *, title: str = "", author: str = "") -> None:
        self._writer = PdfWriter(target)
        self._layout = layout
        self._info = {"Title": title, "Author": author, "Producer": "desktopproc"}
        self._pages: list[int] = []
        self._tree = self._writer.reserve()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def add(self, source: Source, work: Work[Any]) -> None:
        """Put one picture on a page of its own."""
        with images.opened(source, work) as picture:
            if _goes_in_as_it_is(picture):
                self._add_page(self._jpeg(picture), picture.size, picture.orientation, picture)
                return
            picture.decode()
            with reading_picture(picture.name):
                upright = images.upright(picture.image, picture.orientation)
                if _is_lossy(picture) and not has_alpha(upright):
                    pixels = self._photographic(upright, picture.profile)
                    work.note("Photos of other lossy formats were stored as JPEG of high quality.")
                else:
                    pixels = self._pixels(upright, picture.profile)
            self._add_page(pixels, upright.size, 1, picture)

    def finish(self) -> None:
        """Write what ties the pages together; without it the file is no PDF."""
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        tree = f"<< /Type /Pages /Kids [{kids}] /Count {len(self._pages)} >>"
        self._writer.add(tree, self._tree)
        catalog = self._writer.add(f"<< /Type /Catalog /Pages {self._tree} 0 R >>")
        now = datetime.now(UTC).strftime("(D:%Y%m%d%H%M%SZ)")
        told = "".join(f"/{word} {text(value)} " for word, value in self._info.items() if value)
        self._writer.finish(catalog, self._writer.add(f"<< {told}/CreationDate {now} >>"))

    def _jpeg(self, picture: images.Picture) -> int:
        if not is_whole(picture.content, picture.format):
            picture.decode()  # says whether there is a picture, and that it is incomplete
        image = picture.image
        words = {"BitsPerComponent": "8", "Filter": "/DCTDecode"}
        if image.mode == "CMYK" and image.info.get("adobe") is not None:
            words["Decode"] = "[1 0 1 0 1 0 1 0]"
        return self._image(image, picture.profile, words, picture.content)

    def _photographic(self, image: "Image", profile: bytes | None) -> int:
        """A JPEG: what was lossy before would become many times as large without loss."""
        image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
        words = {"BitsPerComponent": "8", "Filter": "/DCTDecode"}
        return self._image(image, profile, words, buffer.getvalue())

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
        words = {"N": str(_CHANNELS[mode]), "Alternate": plain}
        return f"[/ICCBased {self._writer.add_stream(words, profile, pack=True)} 0 R]"

    def _add_page(
        self, image: int, stored: tuple[int, int], orientation: int, picture: images.Picture
    ) -> None:
        upright = stored[::-1] if orientation in {5, 6, 7, 8} else stored
        dpi = _dpi(picture)
        placed = self._layout.place(upright, dpi[::-1] if upright != stored else dpi)
        matrix = " ".join(number(value) for value in placed.matrix(orientation))
        drawing = self._writer.add_stream({}, f"q {matrix} cm /P Do Q".encode())
        box = f"[0 0 {number(placed.page_width)} {number(placed.page_height)}]"
        self._pages.append(
            self._writer.add(
                f"<< /Type /Page /Parent {self._tree} 0 R /MediaBox {box} "
                f"/Resources << /XObject << /P {image} 0 R >> >> /Contents {drawing} 0 R >>"
            )
        )


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
