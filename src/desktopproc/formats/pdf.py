"""Reads PDFs: what is refused at the door, and the text of their pages."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from desktopproc.core.errors import BadInputError, ProcError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.pdf_errors import check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import repaired_note
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.texts.blocks import Page
from desktopproc.formats.texts.pdf_habits import Habits, habits_of
from desktopproc.formats.texts.pdf_order import is_in_rows, ordered_text
from desktopproc.formats.texts.pdf_page import page_of

if TYPE_CHECKING:
    import pymupdf

T = TypeVar("T")

READER = "pymupdf"
"""What worker processes import once for every operation that reads PDFs."""

# begins with what is rare on a page, so that nearly every place is passed over at once
_BROKEN_WORD = re.compile(r"[-\u00ad\u2010](?<=[^\W\d_].)\n(?=[^\W\d_])(?=[^A-Z])")
_CONTROLS = bytes(range(9)) + bytes(range(11, 32)) + b"\x7f"  # all but tabs and line breaks
_AS_SPACES = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How the text of a page is put on lines, and in which order."""

    dehyphenate: bool = True
    keep_ligatures: bool = False
    as_stored: bool = False
    with_tables: bool = True
    with_margins: bool = True

    @property
    def flags(self) -> int:
        """What MuPDF has to be told."""
        import pymupdf

        flags: int = pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_PRESERVE_LIGATURES
        return flags | pymupdf.TEXT_PRESERVE_LIGATURES if self.keep_ligatures else flags


@dataclass(frozen=True, slots=True)
class Document:
    """An opened PDF, its password given where it needs one, with at least one page."""

    name: str
    pages: int
    pdf: "pymupdf.Document"

    def text(self, index: int, style: TextStyle, *, in_order: bool = False) -> str:
        """The text of one page, form fields and annotations included.

        `in_order` parts columns that the file stores in rows, which takes longer.
        """
        with self._reading(index) as page:
            if in_order:
                text = ordered_text(page, style.flags)
            else:
                text = _printed(page.get_textpage(flags=style.flags))
        return _BROKEN_WORD.sub("", text) if style.dehyphenate else text

    def page(self, index: int, style: TextStyle, habits: Habits) -> Page:
        """The blocks of one page."""
        with self._reading(index) as page:
            return page_of(
                page,
                style.flags,
                habits,
                dehyphenate=style.dehyphenate,
                in_columns=not style.as_stored,
                with_tables=style.with_tables,
                with_margins=style.with_margins,
            )

    def habits(self, style: TextStyle) -> Habits:
        """What its headings and margins look like; nothing where that cannot be found out."""
        with suppress(BadInputError), self._reading(0):
            return habits_of(self.pdf, style.flags)
        return Habits()

    def is_in_rows(self, style: TextStyle) -> bool:
        """Whether its pages have to be put in order."""
        with suppress(BadInputError), self._reading(0):
            return not style.as_stored and is_in_rows(self.pdf, style.flags)
        return False

    @contextmanager
    def _reading(self, index: int) -> "Iterator[pymupdf.Page]":
        import pymupdf

        with reading_pdf(self.name, pymupdf.mupdf.FzErrorBase, what=f"page {index + 1}"):
            yield self.pdf.load_page(index)


def _printed(page: "pymupdf.TextPage") -> str:
    """MuPDF's own plain text, with blank lines between paragraphs; PyMuPDF's takes longer."""
    from pymupdf import mupdf

    buffer = mupdf.fz_new_buffer(4096)
    output = mupdf.FzOutput(buffer)
    mupdf.fz_print_stext_page_as_text(output, page.this)
    output.fz_close_output()
    content: bytes = mupdf.fz_buffer_extract_copy(buffer)
    return content.translate(_AS_SPACES).decode("utf-8", "replace")


@contextmanager
def opened(source: Source, work: Work[Any]) -> Iterator[Document]:
    """Open one source of a job; a PDF that had to be mended is told on the row."""
    import pymupdf

    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with during(Stage.DECODE), reading_pdf(name, pymupdf.mupdf.FzErrorBase):
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


def texts(
    document: Document, pages: Sequence[int], style: TextStyle, work: Work[Any]
) -> Iterator[str]:
    """The text of each page in turn; see `_each` for pages that fail."""
    in_order = document.is_in_rows(style)
    return _each(
        pages, lambda index: document.text(index, style, in_order=in_order), lambda _: "", work
    )


def blocks(
    document: Document, pages: Sequence[int], style: TextStyle, work: Work[Any]
) -> Iterator[Page]:
    """The blocks of each page in turn; see `_each` for pages that fail."""
    habits = document.habits(style)
    return _each(
        pages,
        lambda index: document.page(index, style, habits),
        lambda index: Page((), index + 1),
        work,
    )


def _each(
    pages: Sequence[int], read: Callable[[int], T], empty: Callable[[int], T], work: Work[Any]
) -> Iterator[T]:
    """Read each page in turn. A page that fails is empty and told on the row; when all pages of a
    job fail, the first failure is raised."""
    failed: list[ProcError] = []
    for index in pages:
        try:
            found = read(index)
        except BadInputError as e:
            failed.append(e)
            work.note(f"Page {index + 1} cannot be read and was left out.")
            found = empty(index)
        if len(failed) == len(pages) and work.part is None:
            raise failed[0]
        yield found
