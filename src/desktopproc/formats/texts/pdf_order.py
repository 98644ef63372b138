"""Tells whether a PDF stores its columns in rows, by a few pages from all over it."""

from typing import TYPE_CHECKING

from desktopproc.formats.texts import columns
from desktopproc.formats.texts.lines import Line, lines_of

if TYPE_CHECKING:
    import pymupdf

_SAMPLE_PAGES = 6


def is_in_rows(pdf: "pymupdf.Document", flags: int) -> bool:
    """Whether pages have to be put in order; the same whichever pages are read afterwards."""
    step = max(1, -(-pdf.page_count // _SAMPLE_PAGES))
    for index in range(0, pdf.page_count, step):
        text = pdf.load_page(index).get_textpage(flags=flags)
        if len(text.extractBLOCKS()) < 2:
            continue
        lines = lines_of(text.extractDICT(), [])
        if ordered(lines) != lines:
            return True
    return False


def ordered(lines: list[Line]) -> list[Line]:
    """The lines in reading order."""
    return columns.in_reading_order(lines, lambda line: line.box, lambda line: len(line.text))


def ordered_text(page: "pymupdf.Page", flags: int) -> str:
    """The text of a page, a line a line, in reading order."""
    lines = ordered(lines_of(page.get_textpage(flags=flags).extractDICT(), []))
    return "".join(f"{line.text.rstrip()}\n" for line in lines)
