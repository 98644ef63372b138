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


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table and the place it takes up."""

    box: Box
    rows: tuple[tuple[str, ...], ...]

    def has(self, line: Line) -> bool:
        """Whether a line stands in it."""
        across, down = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
        left, top, right, bottom = self.box
        return left <= across <= right and top <= down <= bottom

    def block(self) -> Block:
        return Block(BlockKind.TABLE, rows=self.rows, box=self.box)


def tables_of(page: "pymupdf.Page") -> list[PageTable]:
    """The tables with rules of at least two rows and columns, from top to bottom."""
    drawn = sum(kind.endswith("path") for kind, _ in page.get_bboxlog())
    if not _LEAST_DRAWINGS <= drawn <= _MOST_DRAWINGS:
        return []
    with contextlib.redirect_stdout(io.StringIO()):  # it recommends another package
        finder = page.find_tables(strategy="lines_strict")
    found = []
    for table in finder.tables:
        rows = tuple(tuple((cell or "").strip() for cell in row) for row in table.extract())
        rows = tuple(row for row in rows if any(row))
        if len(rows) > 1 and len(rows[0]) > 1:
            left, top, right, bottom = table.bbox
            found.append(PageTable((left, top, right, bottom), rows))
    return found
