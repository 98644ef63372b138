"""Reads one page of a PDF as blocks: headings, paragraphs, list items and tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from desktopproc.formats.texts import pdf_tables
from desktopproc.formats.texts.blocks import Block, Box, Page
from desktopproc.formats.texts.lines import Line, lines_of
from desktopproc.formats.texts.paragraphs import blocks_of
from desktopproc.formats.texts.pdf_headings import Headings
from desktopproc.formats.texts.pdf_order import ordered

if TYPE_CHECKING:
    import pymupdf


def page_of(
    page: "pymupdf.Page",
    flags: int,
    headings: Headings,
    *,
    dehyphenate: bool,
    in_columns: bool,
    with_tables: bool,
) -> Page:
    """The blocks of a page in reading order, with their places in points."""
    text = page.get_textpage(flags=flags)
    lines = lines_of(text.extractDICT(), _links(page))
    tables = pdf_tables.tables_of(page) if with_tables and lines else []
    if in_columns:
        lines = ordered(lines)

    def level(line: Line, text: str) -> int | None:
        return headings.level(page.number, line, text)

    blocks: list[Block] = []
    for stretch in _between_tables(lines, tables):
        if isinstance(stretch, list):
            blocks += blocks_of(stretch, level, dehyphenate=dehyphenate)
        else:
            blocks.append(stretch.block())
    width, height = page.rect.width, page.rect.height
    return Page(tuple(blocks), page.number + 1, round(width, 2), round(height, 2))


def _between_tables(
    lines: list[Line], tables: list[pdf_tables.PageTable]
) -> Iterator[list[Line] | pdf_tables.PageTable]:
    """The lines outside of tables, and each table where its first line stood."""
    told: set[int] = set()
    stretch: list[Line] = []
    for line in lines:
        at = next((number for number, table in enumerate(tables) if table.has(line)), None)
        if at is None:
            stretch.append(line)
        elif at not in told:
            told.add(at)
            yield stretch
            yield tables[at]
            stretch = []
    yield stretch


def _links(page: "pymupdf.Page") -> list[tuple[Box, str]]:
    """Where on the page links to the outside are, and where they lead."""
    if page.first_link is None:
        return []
    found = ((link["from"], link.get("uri", "")) for link in page.get_links())
    return [((box.x0, box.y0, box.x1, box.y1), uri) for box, uri in found if uri]
