"""Reads PDFs: what is refused at the door, and the text of their pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, ProcError
from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf_errors import check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import repaired_note
from desktopproc.formats.pdfs import unlocking

if TYPE_CHECKING:
    import pymupdf

READER = "pymupdf"
"""What worker processes import once for every operation that reads PDFs."""

_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])(?=[^A-Z])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How the text of a page is put on lines."""

    dehyphenate: bool = True
    keep_ligatures: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """An opened PDF, its password given where it needs one, with at least one page."""

    name: str
    pages: int
    pdf: "pymupdf.Document"

    def text(self, index: int, style: TextStyle) -> str:
        """The text of one page, form fields and annotations included."""
        import pymupdf

        flags = pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_PRESERVE_LIGATURES
        if style.keep_ligatures:
            flags |= pymupdf.TEXT_PRESERVE_LIGATURES
        with reading_pdf(self.name, pymupdf.mupdf.FzErrorBase, what=f"page {index + 1}"):
            text = _printed(self.pdf.load_page(index).get_textpage(flags=flags))
        text = _CONTROLS.sub(" ", text)
        return _BROKEN_WORD.sub("", text) if style.dehyphenate else text


def _printed(page: "pymupdf.TextPage") -> str:
    """MuPDF's own plain text, with blank lines between paragraphs; PyMuPDF's takes longer."""
    from pymupdf import mupdf

    buffer = mupdf.fz_new_buffer(4096)
    output = mupdf.FzOutput(buffer)
    mupdf.fz_print_stext_page_as_text(output, page.this)
    output.fz_close_output()
    content: bytes = mupdf.fz_buffer_extract_copy(buffer)
    return content.decode("utf-8", "replace")


@contextmanager
def opened(source: Source, work: Work[Any]) -> Iterator[Document]:
    """Open one source of a job; a PDF that had to be mended is told on the row."""
    import pymupdf

    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with reading_pdf(name, pymupdf.mupdf.FzErrorBase):
        pdf = pymupdf.open(stream=content, filetype="pdf")
    try:
        yield _checked(name, pdf, work)
        if pdf.is_repaired:
            work.note(repaired_note(name))
    finally:
        pdf.close()


def _checked(name: str, pdf: "pymupdf.Document", work: Work[Any]) -> Document:
    import pymupdf

    with reading_pdf(name, pymupdf.mupdf.FzErrorBase):
        unlocking.by_pymupdf(name, pdf, work)
    with reading_pdf(name, pymupdf.mupdf.FzErrorBase):
        pages = int(pdf.page_count)
    if pages < 1:
        raise BadInputError(f"{name} has no pages that can be read.")
    return Document(name, pages, pdf)


def texts(document: Document, pages: list[int], style: TextStyle, work: Work[Any]) -> Iterator[str]:
    """The text of each page in turn. A page that fails is empty and told on the row; when all
    fail, the first failure is raised."""
    failed: list[ProcError] = []
    for index in pages:
        try:
            text = document.text(index, style)
        except BadInputError as e:
            failed.append(e)
            work.note(f"Page {index + 1} cannot be read and was left out.")
            text = ""
        if len(failed) == len(pages):
            raise failed[0]
        yield text
