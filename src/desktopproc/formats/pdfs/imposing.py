"""Says which page stands where when several share one side of a sheet: grids and booklets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.errors import UsageError
from desktopproc.formats.pdf_layout import MILLIMETRES, POINTS_PER_MM, Box, Orientation, Size
from desktopproc.formats.pdf_layout import Paper as AnyPaper

_MOST_POINTS = 14_400.0  # ISO 32000-2, annex C


class Paper(StrEnum):
    """The size of the sheets."""

    A4 = "a4"
    A3 = "a3"
    A5 = "a5"
    LETTER = "letter"
    LEGAL = "legal"
    SAME = "same"


PAPER_LABELS = {"a4": "A4", "a3": "A3", "a5": "A5", "same": "As large as the pages"}


class PerSheet(StrEnum):
    """How many pages share one side."""

    TWO = "2"
    FOUR = "4"
    SIX = "6"
    EIGHT = "8"
    NINE = "9"
    SIXTEEN = "16"


_GRIDS = {"2": (2, 1), "4": (2, 2), "6": (3, 2), "8": (4, 2), "9": (3, 3), "16": (4, 4)}


class Order(StrEnum):
    """How pages follow each other on a side."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Imposition:
    """How sheets are made; lengths in points."""

    paper: Paper
    orientation: Orientation
    per_sheet: PerSheet
    order: Order
    is_right_to_left: bool
    margin: float
    gap: float
    is_booklet: bool = False

    def sheet(self, page: Size) -> tuple[Size, tuple[Box, ...]]:
        """The size of a sheet and its cells in the order of the pages, best for pages like this."""
        options = [
            (min(cells[0].width / page[0], cells[0].height / page[1]), size, cells)
            for size in self._sizes(page)
            for grid in self._grids()
            if (cells := self._cells(size, grid))
        ]
        if not options:
            raise UsageError("Margins and gaps leave no room for the pages. Make them smaller.")
        _, size, cells = max(options, key=lambda one: one[0])
        return size, cells

    def _sizes(self, page: Size) -> list[Size]:
        if self.paper is Paper.SAME:
            size = (min(page[0], _MOST_POINTS), min(page[1], _MOST_POINTS))
        else:
            width, height = MILLIMETRES[AnyPaper(self.paper.value)]
            size = (width * POINTS_PER_MM, height * POINTS_PER_MM)
        upright, flat = (min(size), max(size)), (max(size), min(size))
        if self.is_booklet:
            return [flat] if page[0] <= page[1] else [upright]
        chosen = {Orientation.PORTRAIT: [upright], Orientation.LANDSCAPE: [flat]}
        return chosen.get(self.orientation, [upright, flat])

    def _grids(self) -> list[tuple[int, int]]:
        if self.is_booklet:
            return [(2, 1)]
        columns, rows = _GRIDS[self.per_sheet.value]
        return [(columns, rows), (rows, columns)]

    def _cells(self, size: Size, grid: tuple[int, int]) -> tuple[Box, ...]:
        columns, rows = grid
        gap = 0.0 if self.is_booklet else self.gap
        width = (size[0] - 2 * self.margin - gap * (columns - 1)) / columns
        height = (size[1] - 2 * self.margin - gap * (rows - 1)) / rows
        if width < 1 or height < 1:
            return ()
        across = range(columns)[::-1] if self.is_right_to_left else range(columns)
        if self.order is Order.COLUMNS:
            places = [(column, row) for column in across for row in range(rows)]
        else:
            places = [(column, row) for row in range(rows) for column in across]
        return tuple(
            Box(
                self.margin + column * (width + gap),
                size[1] - self.margin - (row + 1) * height - row * gap,
                width,
                height,
            )
            for column, row in places
        )


def sides(count: int, cells: int) -> Iterator[list[int | None]]:
    """The pages of each side one after the other; None is left empty."""
    for start in range(0, count, cells):
        yield [page if page < count else None for page in range(start, start + cells)]


def booklet_sides(count: int, sheets: int) -> Iterator[list[int | None]]:
    """The left and right page of each side, front then back, of sheets that are folded together.

    `sheets` is how many are folded into each other at most; 0 is all of them.
    """
    per_fold = 4 * sheets if sheets else 4 * -(-count // 4)
    for start in range(0, count, max(per_fold, 4)):
        pages = min(per_fold, 4 * -(-(count - start) // 4))
        for front in range(0, pages // 2, 2):
            back = front + 1
            for left, right in ((pages - 1 - front, front), (back, pages - 1 - back)):
                yield [_there(start + left, count), _there(start + right, count)]


def _there(page: int, count: int) -> int | None:
    return page if page < count else None
