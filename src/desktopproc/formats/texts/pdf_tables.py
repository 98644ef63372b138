"""Finds the ruled tables of a PDF page, and what stands in their cells."""

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.formats.texts.blocks import Block, BlockKind, Box
from desktopproc.formats.texts.lines import Line

if TYPE_CHECKING:
    import pymupdf

_LEAST_DRAWINGS = 3  # a grid has more lines, or filled cells
_MOST_DRAWINGS = 4_000  # a map or a plot: looking for tables there takes minutes


Word = tuple[float, float, float, float, str, int, int, int]
"""What MuPDF's `extractWORDS` gives: box, letters, block, line, word."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """The grid of a table, and the place it takes up."""

    box: Box
    cells: tuple[tuple[Box | None, ...], ...]

    def has(self, line: Line) -> bool:
        """Whether a line stands in it."""
        across, down = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
        left, top, right, bottom = self.box
        return left <= across <= right and top <= down <= bottom

    def block(self, lines: list[Line], words: list[Word]) -> Block:
        """The table with what these lines say, each word in the cell it is in, or next to."""
        own = {(line.block, line.number) for line in lines}
        places = [
            (row, column, cell)
            for row, cells in enumerate(self.cells)
            for column, cell in enumerate(cells)
            if cell is not None
        ]
        texts: dict[tuple[int, int], str] = {}
        ends: dict[tuple[int, int], tuple[int, int]] = {}
        for left, top, right, bottom, word, block, line, _ in words:
            if (block, line) not in own:
                continue
            across, down = (left + right) / 2, (top + bottom) / 2
            row, column, _ = min(places, key=lambda place: _distance(place[2], across, down))
            at = (row, column)
            gap = " " if ends.get(at) == (block, line) else "\n"
            texts[at] = f"{texts[at]}{gap}{word}" if at in texts else word
            ends[at] = (block, line)
        rows = tuple(
            tuple(texts.get((row, column), "") for column in range(len(cells)))
            for row, cells in enumerate(self.cells)
        )
        return Block(BlockKind.TABLE, rows=tuple(filter(any, rows)), box=self.box)


def _distance(cell: Box, across: float, down: float) -> float:
    """How far a point lies outside of a cell."""
    aside = max(cell[0] - across, 0.0, across - cell[2])
    return float(aside + max(cell[1] - down, 0.0, down - cell[3]))


def tables_of(page: "pymupdf.Page") -> list[PageTable]:
    """The tables with rules of at least two rows and columns, from top to bottom."""
    drawn = sum(kind.endswith("path") for kind, _ in page.get_bboxlog())
    if not _LEAST_DRAWINGS <= drawn <= _MOST_DRAWINGS:
        return []
    with contextlib.redirect_stdout(io.StringIO()):  # it recommends another package
        finder = page.find_tables(strategy="lines_strict")
    found = []
    for table in finder.tables:
        cells = tuple(tuple(row.cells) for row in table.rows)
        if len(cells) > 1 and max(map(len, cells)) > 1:
            left, top, right, bottom = table.bbox
            found.append(PageTable((left, top, right, bottom), cells))
    return found
