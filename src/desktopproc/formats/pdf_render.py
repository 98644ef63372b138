"""Draws the pages of a PDF as pictures, one at a time."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, TooLargeError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.pdf_errors import check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs import unlocking

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

RENDERER = ("pypdfium2", "PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")
"""What worker processes import once for operations that draw pages."""


class Ink(StrEnum):
    """What pages are drawn with."""

    COLOR = "color"
    GREY = "grey"
    MONO = "mono"


@dataclass(frozen=True, slots=True)
class Look:
    """How pages are drawn."""

    ink: Ink = Ink.COLOR
    is_transparent: bool = False  # what nothing is drawn on; not in black and white
    has_annotations: bool = True  # and form fields
    is_dithered: bool = False  # black and white: dots in place of greys


@dataclass(frozen=True, slots=True)
class Drawing:
    """An opened PDF whose pages can be drawn."""

    name: str
    pages: int
    max_pixels: int
    pdf: "pypdfium2.PdfDocument"

    def points(self, index: int) -> tuple[float, float]:
        """The size of a page as it is shown."""
        with reading_pdf(self.name, what=f"page {index + 1}"), closing(self.pdf[index]) as page:
            width, height = page.get_size()
        return float(width), float(height)

    def page(self, index: int, dpi: float, *, grey: bool) -> "Image":
        """One page as an RGB or grey picture. See `drawn`."""
        image = self.drawn(index, dpi, Look(Ink.GREY if grey else Ink.COLOR))
        return image.convert("L" if grey else "RGB")

    def drawn(self, index: int, dpi: float, look: Look) -> "Image":
        """One page as a picture, RGBX where it has colours; a page that is too large is refused
        before it is drawn."""
        what = f"page {index + 1}"
        with reading_pdf(self.name, what=what), closing(self.pdf[index]) as page:
            width, height = (math.ceil(edge * dpi / 72) for edge in page.get_size())
            if width < 1 or height < 1:
                raise BadInputError(f"{self.name} is damaged: {what} has no area.")
            if width * height > self.max_pixels:
                raise TooLargeError(
                    f"{self.name}: {what} would be {width:,} x {height:,} pixels at {dpi:.4g} dpi. "
                    "Choose fewer dpi, or raise the limit in the settings."
                )
            with closing(page.render(scale=dpi / 72, **_words(look))) as bitmap:
                return _inked(bitmap, look)


def _words(look: Look) -> dict[str, Any]:
    """What PDFium calls it."""
    words: dict[str, Any] = {
        "draw_annots": look.has_annotations,
        "may_draw_forms": look.has_annotations,
        "rev_byteorder": True,
    }
    if look.is_transparent and look.ink is not Ink.MONO:
        return words | {"fill_color": (255, 255, 255, 0)}
    return words | {"grayscale": look.ink is not Ink.COLOR, "prefer_bgrx": True}


def _inked(bitmap: "pypdfium2.PdfBitmap", look: Look) -> "Image":
    """A picture of the bitmap's own memory, which belongs to Python and lives as long as it."""
    from PIL import Image

    size, mode = (bitmap.width, bitmap.height), bitmap.mode
    image = Image.frombuffer(mode, size, bitmap.buffer, "raw", mode, bitmap.stride, 1)
    if look.ink is Ink.MONO:
        dither = Image.Dither.FLOYDSTEINBERG if look.is_dithered else Image.Dither.NONE
        return image.convert("1", dither=dither)
    return image.convert("LA") if look.ink is Ink.GREY and mode == "RGBA" else image


@contextmanager
def opened(source: Source, work: Work[Any]) -> Iterator[Drawing]:
    """Open a PDF for drawing; one that had to be mended is told on the row."""
    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
    with during(Stage.DECODE):
        pdf = _opened(name, content, work)
    with closing(pdf):
        with reading_pdf(name):
            pages = len(pdf)
            pdf.init_forms()
        if pages < 1:
            raise BadInputError(f"{name} has no pages that can be read.")
        yield Drawing(name, pages, work.max_pixels, pdf)


def _opened(name: str, content: bytes, work: Work[Any]) -> "pypdfium2.PdfDocument":
    import pypdfium2

    try:
        return unlocking.by_pdfium(name, content, work)
    except pypdfium2.PdfiumError:
        whole = mended(name, content, work)
    work.note(repaired_note(name))
    with reading_pdf(name):
        return pypdfium2.PdfDocument(whole)
