"""Turns PDFs into Word documents that can be edited."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf, pdf_pages
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.texts.blocks import Page
from desktopproc.formats.word.docx_output import DocxOutput
from desktopproc.formats.word.from_pdf import Writer
from desktopproc.formats.word.main_font import main_font
from desktopproc.formats.word.page_pictures import Picture, is_scan, library_errors, pictures_of


@dataclass(frozen=True, slots=True)
class Options:
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    page_breaks: bool = option(
        default=True,
        label="Keep page breaks",
        help="Each page begins on a new one. Off: the text runs on.",
    )
    pictures: bool = option(default=True, label="Pictures")
    tables: bool = option(
        default=True, label="Tables", help="Tables with ruled lines become tables of Word."
    )


@operation(
    "pdf-to-docx",
    title="PDF to Word",
    takes=[Family.PDF],
    gives=".docx",
    options=Options,
    group="Documents",
    preload=[pdf.READER],
    depends=Depends.NAMES,
)
def pdf_to_docx(work: Work[Options]) -> Steps:
    """Make a Word document of each PDF: headings, paragraphs, lists, tables and pictures."""
    options = work.options
    style = pdf.TextStyle(with_tables=options.tables)
    scans: list[int] = []
    failed = 0
    with pdf.opened(work.source, work) as document, DocxOutput(work.target) as output:
        indexes = pdf_pages.chosen(options.pages, document.pages, document.name)
        font, size = main_font(document.pdf)
        writer = Writer(output, page_breaks=options.page_breaks, font=font, size=size)
        pages = pdf.blocks(document, indexes, style, work)
        for done, (page, index) in enumerate(zip(pages, indexes, strict=True), 1):
            pictures, is_picture = _pictures(document.pdf, index, page, work)
            if is_picture:
                scans.append(index + 1)
            failed += writer.add(page, pictures, document.pdf)
            yield done, len(indexes)
        about = document.pdf.metadata or {}
        writer.finish(about.get("title") or "", about.get("author") or "")
    _tell(work, scans, failed)


def _pictures(
    document: Any, index: int, page: Page, work: Work[Options]
) -> tuple[list[Picture], bool]:
    """The pictures of a page, and whether it is nothing but a scan."""
    if page.width is None:  # it could not be read, which is on the row already
        return [], False
    try:
        with reading_pdf(work.source.path.name, *library_errors()):
            found = document.load_page(index)
            pictures = pictures_of(found)
    except BadInputError:
        work.note(f"The pictures of page {index + 1} cannot be read and were left out.")
        return [], False
    letters = sum(len(block.text.strip()) for block in page.blocks)
    scanned = is_scan(found, pictures, letters)
    return (pictures if work.options.pictures or scanned else []), scanned


def _tell(work: Work[Options], scans: list[int], failed: int) -> None:
    if scans:
        which = ", ".join(_ranges(scans))
        word = "Page" if len(scans) == 1 else "Pages"
        verb = "is a picture" if len(scans) == 1 else "are pictures"
        work.note(f"{word} {which} {verb} of text; run ocr-pdf first to edit the words.")
    if failed:
        noun = "picture" if failed == 1 else "pictures"
        work.note(f"{failed} {noun} could not be read and were left out.")


def _ranges(numbers: list[int]) -> Iterator[str]:
    """1, 2, 3, 7 as "1-3" and "7"."""
    start = before = numbers[0]
    for number in [*numbers[1:], 0]:
        if number != before + 1:
            yield str(start) if start == before else f"{start}-{before}"
            start = number
        before = number
