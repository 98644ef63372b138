"""Finds the ruled tables of a PDF page, and what stands in their cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.formats.texts.blocks import Block, BlockKind, Box
from desktopproc.formats.texts.lines import Line
from desktopproc.formats.texts.rules import Grid, grids_of

if TYPE_CHECKING:
    import pymupdf

_LEAST_TEXTS = 3  # cells with text; a frame around two words is no table
_MOST_ITEMS = 20_000  # of the drawings on a page; more belong to a map or a plot

Word = tuple[float, float, float, float, str, int, int, int]
"""What MuPDF's `extractWORDS` gives: box, letters, block, line, word."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on a page."""

    grid: Grid

    def has(self, line: Line) -> bool:
        """Whether a line stands in it."""
        across, down = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
        left, top, right, bottom = self.grid.box
        return left <= across <= right and top <= down <= bottom

    def block(self, lines: list[Line], words: list[Word]) -> Block:
        """The table with what these lines say, each word in the cell it is in, or next to."""
        own = {(line.block, line.number) for line in lines}
        texts: dict[tuple[int, int], str] = {}
        ends: dict[tuple[int, int], tuple[int, int]] = {}
        for left, top, right, bottom, word, block, line, _ in words:
            if (block, line) not in own:
                continue
            at = self.grid.cell_at((left + right) / 2, (top + bottom) / 2)
            gap = " " if ends.get(at) == (block, line) else "\n"
            texts[at] = f"{texts[at]}{gap}{word}" if at in texts else word
            ends[at] = (block, line)
        rows = tuple(
            tuple(texts.get((row, column), "") for column in range(len(self.grid.columns) - 1))
            for row in range(len(self.grid.rows) - 1)
        )
        return Block(BlockKind.TABLE, rows=tuple(filter(any, rows)), box=self.grid.box)


def tables_of(page: "pymupdf.Page", lines: list[Line]) -> list[PageTable]:
    """The tables with rules around their cells, from top to bottom."""
    tables = [PageTable(grid) for grid in grids_of(_drawn(page))]
    return [table for table in tables if _is_filled(table, lines)]


def _is_filled(table: PageTable, lines: list[Line]) -> bool:
    """Whether text stands in some cells, in more than one column."""
    cells = {
        table.grid.cell_at(line.box[0] + 1, (line.box[1] + line.box[3]) / 2)
        for line in lines
        if table.has(line)
    }
    return len(cells) >= _LEAST_TEXTS and len({column for _, column in cells}) > 1


def _drawn(page: "pymupdf.Page") -> list[Box]:
    """The lines of a page, and the rectangles that are drawn or are thin."""
    found: list[Box] = []
    for drawing in page.get_cdrawings():
        found += _boxes(drawing)
        if len(found) > _MOST_ITEMS:
            return []
    return found


def _boxes(drawing: dict[str, Any]) -> Iterator[Box]:
    is_stroked = "s" in drawing.get("type", "")
    for kind, *places in drawing.get("items", ()):
        if kind == "re":
            left, top, right, bottom = places[0]
            if is_stroked or min(right - left, bottom - top) < 3:
                yield left, top, right, bottom
        elif kind == "l" and is_stroked:
            (x0, y0), (x1, y1) = places
            if abs(x0 - x1) < 1 or abs(y0 - y1) < 1:
                yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
