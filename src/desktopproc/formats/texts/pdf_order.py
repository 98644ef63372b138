"""Tells whether a PDF stores its columns in rows, by a few pages from all over it."""

from itertools import pairwise
from typing import TYPE_CHECKING

from desktopproc.formats.texts import columns
from desktopproc.formats.texts.lines import Line, lines_of

if TYPE_CHECKING:
    import pymupdf

_SAMPLE_PAGES = 6
_LOWEST_LINE = 9.0  # points; lines that seem lower stand side by side, or are small
_LEAST_BESIDE = 4

Block = tuple[float, float, float, float, str, int, int]
"""What MuPDF's `extractBLOCKS` gives: box, lines, number, kind."""


def is_in_rows(pdf: "pymupdf.Document", flags: int) -> bool:
    """Whether pages have to be put in order; the same whichever pages are read afterwards."""
    step = max(1, -(-pdf.page_count // _SAMPLE_PAGES))
    for index in range(0, pdf.page_count, step):
        text = pdf.load_page(index).get_textpage(flags=flags)
        if not _may_be(text.extractBLOCKS()):
            continue
        lines = lines_of(text.extractDICT(), [])
        if ordered(lines) != lines:
            return True
    return False


def _may_be(blocks: list[Block]) -> bool:
    """Whether lines stand side by side, in a block or in blocks that follow each other.

    A quick look that most pages pass, before every line is looked at.
    """
    for _, top, _, bottom, text, *_ in blocks:
        count = text.count("\n")
        if count > 1 and bottom - top < _LOWEST_LINE * count:
            return True
    beside = sum(
        min(one[3], other[3]) > max(one[1], other[1]) and (one[2] < other[0] or other[2] < one[0])
        for one, other in pairwise(blocks)
    )
    return beside >= _LEAST_BESIDE


def ordered(lines: list[Line]) -> list[Line]:
    """The lines in reading order."""
    return columns.in_reading_order(lines, lambda line: line.box, lambda line: len(line.text))


def ordered_text(page: "pymupdf.Page", flags: int) -> str:
    """The text of a page, a line a line, in reading order."""
    lines = ordered(lines_of(page.get_textpage(flags=flags).extractDICT(), []))
    return "".join(f"{line.text.rstrip()}\n" for line in lines)
