"""Binds frames of pixels into a PDF, one page each, as large as their resolution says."""

import io
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.pdf_writer import PdfWriter, number

if TYPE_CHECKING:
    from pyvips import Image

_DEFAULT_DPI = 96.0
_COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}  # ISO 32000-1, 8.6.4


def bound(
    frames: "Sequence[Image]",
    jpegs: Sequence[bytes],
    profile: bytes,
    dpi: tuple[float, float] | None,
) -> bytes:
    """The PDF; `jpegs` are the frames already encoded, or none to store every pixel as it is."""
    file = io.BytesIO()
    across, down = dpi or (_DEFAULT_DPI, _DEFAULT_DPI)
    with PdfDocument(file, Properties()) as document:
        colours = _colours(document.writer, frames[0].bands, profile)
        for index, frame in enumerate(frames):
            jpeg = jpegs[index] if jpegs else None
            picture = _picture(document.writer, frame, jpeg, colours)
            size = (frame.width / across * 72, frame.height / down * 72)
            drawing = f"q {number(size[0])} 0 0 {number(size[1])} 0 0 cm /P Do Q"
            document.add_page(size, drawing, {"XObject": f"/P {picture} 0 R"})
        document.finish()
        return file.getvalue()


def _picture(writer: PdfWriter, frame: "Image", jpeg: bytes | None, colours: str) -> int:
    words = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": str(frame.width),
        "Height": str(frame.height),
        "BitsPerComponent": "8",
        "ColorSpace": colours,
        "Filter": "/FlateDecode" if jpeg is None else "/DCTDecode",
    }
    if jpeg is not None and frame.bands == 4:
        words["Decode"] = "[1 0 1 0 1 0 1 0]"  # JPEGs hold CMYK the other way round
    return writer.add_stream(words, jpeg or zlib.compress(frame.write_to_memory()))


def _colours(writer: PdfWriter, bands: int, profile: bytes) -> str:
    plain = _COLOURS[bands]
    if not profile:
        return plain
    words = {"N": str(bands), "Alternate": plain}
    return f"[/ICCBased {writer.add_stream(words, profile, pack=True)} 0 R]"
