"""Draws the pages of a PDF as pictures, one at a time."""

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, TooLargeError
from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf_errors import check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs import unlocking

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

RENDERER = ("pypdfium2", "PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")
"""What worker processes import once for operations that draw pages."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An opened PDF whose pages can be drawn."""

    name: str
    pages: int
    max_pixels: int
    pdf: "pypdfium2.PdfDocument"

    def page(self, index: int, dpi: float, *, grey: bool) -> "Image":
        """One page as an RGB or grey picture; too large a page is refused before it is drawn."""
        what = f"page {index + 1}"
        with reading_pdf(self.name, what=what), closing(self.pdf[index]) as page:
            width, height = (math.ceil(edge * dpi / 72) for edge in page.get_size())
            if width < 1 or height < 1:
                raise BadInputError(f"{self.name} is damaged: {what} has no area.")
            if width * height > self.max_pixels:
                raise TooLargeError(
                    f"{self.name}: {what} would be {width:,} x {height:,} pixels at {dpi:g} dpi. "
                    "Choose fewer dpi, or raise the limit in the settings."
                )
            with closing(
                page.render(scale=dpi / 72, grayscale=grey, rev_byteorder=True, prefer_bgrx=True)
            ) as bitmap:
                return _copied(bitmap)


def _copied(bitmap: "pypdfium2.PdfBitmap") -> "Image":
    """A picture that does not share the bitmap's memory, which is given back at once."""
    shared: Image = bitmap.to_pil()
    return shared.copy() if shared.mode in {"L", "RGB"} else shared.convert("RGB")


@contextmanager
def opened(source: Source, work: Work[Any]) -> Iterator[Drawing]:
    """Open a PDF for drawing; one that had to be mended is told on the row."""
    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
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
