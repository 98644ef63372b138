"""Makes a PDF of pictures of a PDF's pages, so that nothing of the original goes along."""

from collections.abc import Generator
from typing import Any

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Source, Work
from desktopproc.formats import pdf_render
from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.pdf_images import Others, PdfImages
from desktopproc.formats.pdf_writer import number

_QUALITY = 85


def pictured(source: Source, work: Work[Any], dpi: int) -> Generator[float, None, None]:
    """Draw each page into the job's target; a page that fails is left out and named."""
    first: BadInputError | None = None
    with (
        pdf_render.opened(source, work) as drawing,
        PdfDocument(work.target, Properties()) as document,
    ):
        images = PdfImages(document.writer, Others.JPEG, _QUALITY)
        for index in range(drawing.pages):
            try:
                image = drawing.page(index, dpi, grey=False)
            except BadInputError as e:
                first = first or e
                work.note(f"Page {index + 1} was left out: {e}")
            else:
                size = (image.width * 72 / dpi, image.height * 72 / dpi)
                across, down = (number(edge) for edge in size)
                stored = images.jpeg(image)
                shown = f"q {across} 0 0 {down} 0 0 cm /P Do Q"
                document.add_page(size, shown, {"XObject": f"/P {stored} 0 R"})
            yield (index + 1) / drawing.pages
        if first and not document.count:
            raise first
        document.finish()
        work.expect(pages=document.count)
