"""Stores drawn pages as pictures: many equal pixels, which is what the encoders are chosen for."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from desktopproc.core.stages import Stage, during
from desktopproc.formats import image_save
from desktopproc.formats.image_save import Encoding
from desktopproc.formats.writing import write_bytes, writing

if TYPE_CHECKING:
    from PIL.Image import Image

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_COLOURS = {"1": 0, "L": 0, "RGB": 2, "LA": 4, "RGBA": 6}  # PNG, 11.2.2
_METRE = 39.3701  # inches
_LEVEL = 4
_PHOTO = 0.45  # deflated to more than this share, rows need to be filtered first
_SAMPLE = 32  # rows


class Kind(StrEnum):
    """The formats to choose from, by their suffix."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    TIF = "tif"


@dataclass(frozen=True, slots=True)
class Store:
    """How pages become files; `name` is the document, named when pixels cannot be stored."""

    kind: Kind
    quality: int
    name: str

    def save(self, image: "Image", target: Path, dpi: float) -> None:
        """Encode and write one page."""
        match self.kind:
            case Kind.PNG:
                with during(Stage.ENCODE):
                    content = png(image, dpi)
                write_bytes(target, content)
            case Kind.TIF:
                with tiff(target) as file:
                    file.add(image, dpi)
            case _:
                self._encode(image, target, dpi)

    def _encode(self, image: "Image", target: Path, dpi: float) -> None:
        if self.kind is Kind.WEBP:
            image = _plain(image)
        if image.mode in {"1", "LA"}:
            image = image.convert("L" if image.mode == "1" else "RGBA")
        kind = image_save.Format(self.kind.value)
        image_save.save(image, target, Encoding(kind, self.quality, round(dpi)), self.name)


def png(image: "Image", dpi: float) -> bytes:
    """A PNG of a page. Most are paper with letters: rows deflate best as they are, and a page
    without colour needs a third of the room."""
    import deflate

    if image.mode in {"RGB", "RGBX"}:
        image = image.getchannel(0) if _is_grey(image) else _plain(image)
    width, height = image.size
    content = image.tobytes()
    stride = len(content) // height
    if _is_photo(content, stride, height):
        return _filtered(image, dpi)
    rows = b"".join([b"\0" + content[at : at + stride] for at in range(0, len(content), stride)])
    depth = 1 if image.mode == "1" else 8
    head = struct.pack(">IIBBBBB", width, height, depth, _PNG_COLOURS[image.mode], 0, 0, 0)
    dots = round(dpi * _METRE)
    return b"".join(
        [
            _PNG,
            _chunk(b"IHDR", head),
            _chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1)),
            _chunk(b"IDAT", deflate.zlib_compress(rows, _LEVEL)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes | bytearray) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return b"".join([struct.pack(">I", len(content)), kind, content, struct.pack(">I", checksum)])


def _plain(image: "Image") -> "Image":
    """Without the fourth byte that a drawn page has for each pixel."""
    return image.convert("RGB") if image.mode == "RGBX" else image


def _is_grey(image: "Image") -> bool:
    red, green, blue = (image.getchannel(at) for at in range(3))
    first = red.tobytes()
    return first == green.tobytes() and first == blue.tobytes()


def _is_photo(content: bytes, stride: int, height: int) -> bool:
    import deflate

    apart = max(height // _SAMPLE, 1) * stride
    sample = b"".join([content[at : at + stride] for at in range(0, len(content), apart)])
    return len(deflate.zlib_compress(sample, 1)) > _PHOTO * len(sample)


def _filtered(image: "Image", dpi: float) -> bytes:
    buffer = io.BytesIO()
    image.info = {}
    image.save(buffer, "PNG", compress_level=3, dpi=(dpi, dpi))
    return buffer.getvalue()


class Pages(Protocol):
    """A file that takes one page after the other."""

    def add(self, image: "Image", dpi: float) -> None: ...


@contextmanager
def tiff(target: Path) -> Iterator[Pages]:
    """A TIFF that grows page by page, so that only one of them is in memory."""
    from PIL import TiffImagePlugin

    with writing(target), target.open("w+b") as file:
        yield _Tiff(TiffImagePlugin.AppendingTiffWriter(file, new=True))


class _Tiff:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def add(self, image: "Image", dpi: float) -> None:
        """Black and white as fax machines pack it (group 4), everything else deflated."""
        image = _plain(image)
        packing = "group4" if image.mode == "1" else "tiff_adobe_deflate"
        image.info = {}
        image.save(self._writer, "TIFF", compression=packing, dpi=(dpi, dpi))
        self._writer.newFrame()
