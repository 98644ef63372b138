"""Reads one page of a PDF as blocks: headings, paragraphs, list items and tables."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from desktopproc.formats.texts.blocks import Block, BlockKind, Box, Page, Place
from desktopproc.formats.texts.lines import Line, lines_of
from desktopproc.formats.texts.paragraphs import blocks_of
from desktopproc.formats.texts.pdf_habits import Habits
from desktopproc.formats.texts.pdf_order import ordered
from desktopproc.formats.texts.pdf_tables import PageTable, tables_of

if TYPE_CHECKING:
    import pymupdf

_OUTSIDE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_MOST_LINKS = 2_000  # each is compared with each piece of text


def page_of(
    page: "pymupdf.Page",
    flags: int,
    habits: Habits,
    *,
    dehyphenate: bool,
    in_columns: bool,
    with_tables: bool,
    with_margins: bool,
) -> Page:
    """The blocks of a page in reading order, with their places in points."""
    text = page.get_textpage(flags=flags)
    lines = lines_of(text.extractDICT(), _links(page))
    heads, lines, feet = _parted(lines, habits)
    tables = tables_of(page, lines) if with_tables and lines else []
    if in_columns:
        lines = ordered(lines)

    def level(line: Line, text: str) -> int | None:
        return habits.level(page.number, line, text)

    words = text.extractWORDS() if tables else []
    blocks = _margin(heads, Place.HEADER) if with_margins else []
    for table, stretch in _stretches(lines, tables):
        if table is None:
            blocks += blocks_of(stretch, level, dehyphenate=dehyphenate)
        else:
            blocks.append(table.block(stretch, words))
    if with_margins:
        blocks += _margin(feet, Place.FOOTER)
    width, height = page.rect.width, page.rect.height
    return Page(tuple(blocks), page.number + 1, round(width, 2), round(height, 2))


def _parted(lines: list[Line], habits: Habits) -> tuple[list[Line], list[Line], list[Line]]:
    """The running heads, the text, and the running feet."""
    running = [habits.is_running(line) for line in lines]
    text = [line for line, runs in zip(lines, running, strict=True) if not runs]
    if not text:
        return [], lines, []
    top = min(line.box[1] for line in text)
    margins = [line for line, runs in zip(lines, running, strict=True) if runs]
    heads = [line for line in margins if line.box[1] <= top]
    return heads, text, [line for line in margins if line.box[1] > top]


def _margin(lines: list[Line], place: Place) -> list[Block]:
    blocks = blocks_of(lines, lambda *_: None, dehyphenate=False)
    return [replace(block, kind=BlockKind.PARAGRAPH, place=place) for block in blocks]


def _stretches(
    lines: list[Line], tables: list[PageTable]
) -> list[tuple[PageTable | None, list[Line]]]:
    """The lines between tables, and all lines of each table where its first one stood."""
    found: list[tuple[PageTable | None, list[Line]]] = []
    places: dict[int, list[Line]] = {}
    for line in lines:
        at = next((number for number, table in enumerate(tables) if table.has(line)), None)
        if at is None:
            if not found or found[-1][0] is not None:
                found.append((None, []))
            found[-1][1].append(line)
        elif at in places:
            places[at].append(line)
        else:
            places[at] = [line]
            found.append((tables[at], places[at]))
    return found


def _links(page: "pymupdf.Page") -> list[tuple[Box, str]]:
    """Where on the page links to the outside are, and where they lead.

    Asked of MuPDF itself: PyMuPDF looks through all links of the page for each of them.
    """
    from pymupdf import mupdf

    found: list[tuple[Box, str]] = []
    link = mupdf.fz_load_links(page.this)
    while link.m_internal and len(found) < _MOST_LINKS:
        uri, box = link.m_internal.uri, link.m_internal.rect
        if _OUTSIDE.match(uri or ""):
            found.append(((box.x0, box.y0, box.x1, box.y1), uri))
        link = link.next()
    return found
