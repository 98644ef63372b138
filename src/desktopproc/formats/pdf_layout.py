"""Says where pictures lie on pages: paper, margins, a grid of cells, and the fit in each."""

import math
from dataclasses import dataclass
from enum import StrEnum

POINTS_PER_MM = 72 / 25.4
Size = tuple[float, float]

_MIN_POINTS, _MAX_POINTS = 3.0, 14_400.0  # what PDF readers accept as a page
_NUMBER_MM = 9.0  # what a page number needs below the pictures


class Paper(StrEnum):
    """The size of the pages."""

    PICTURE = "picture"
    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"
    LEGAL = "legal"
    CUSTOM = "custom"


PAPER_LABELS = {
    "picture": "As large as the photo",
    "custom": "A size of my own",
    "a3": "A3",
    "a4": "A4",
    "a5": "A5",
}
PAPERS = tuple(paper for paper in Paper if paper is not Paper.PICTURE)
"""The sizes that do not depend on the photo."""

MILLIMETRES = {
    Paper.A3: (297.0, 420.0),
    Paper.A4: (210.0, 297.0),
    Paper.A5: (148.0, 210.0),
    Paper.LETTER: (215.9, 279.4),
    Paper.LEGAL: (215.9, 355.6),
}


class Orientation(StrEnum):
    """Which way a page is turned."""

    AUTO = "auto"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class Fit(StrEnum):
    """How a picture takes its cell."""

    FIT = "fit"
    FILL = "fill"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, from the lower left corner of the page."""

    left: float
    bottom: float
    width: float
    height: float

    def matrix(self, orientation: int) -> tuple[float, ...]:
        """Maps the stored picture's unit square to this box so that it shows upright."""
        w, h, x, y = self.width, self.height, self.left, self.bottom
        return {
            2: (-w, 0, 0, h, x + w, y),
            3: (-w, 0, 0, -h, x + w, y + h),
            4: (w, 0, 0, -h, x, y + h),
            5: (0, -h, -w, 0, x + w, y + h),
            6: (0, -h, w, 0, x, y + h),
            7: (0, h, w, 0, x, y),
            8: (0, h, -w, 0, x + w, y),
        }.get(orientation, (w, 0, 0, h, x, y))

    def holding(self, size: Size, fit: Fit = Fit.FIT) -> "Box":
        """Where a picture of this size in points lies in the middle of the box.

        To fill, it may be larger than the box, which then has to cut it.
        """
        across, down = self.width / size[0], self.height / size[1]
        scale = max(across, down) if fit is Fit.FILL else min(across, down)
        if fit is Fit.ACTUAL:
            scale = min(scale, 1.0)
        width, height = size[0] * scale, size[1] * scale
        left = self.left + (self.width - width) / 2
        return Box(left, self.bottom + (self.height - height) / 2, width, height)


@dataclass(frozen=True, slots=True)
class Page:
    """The size of a page in points, and the cells on it in reading order."""

    width: float
    height: float
    cells: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How pages are made; lengths in millimetres."""

    paper: Paper = Paper.PICTURE
    custom_mm: Size = MILLIMETRES[Paper.A4]
    orientation: Orientation = Orientation.AUTO
    margin_mm: float = 10.0
    gap_mm: float = 5.0
    per_page: int = 1
    fit: Fit = Fit.FIT
    has_numbers: bool = False

    def page_for(self, size: Size) -> Page:
        """The page that begins with an upright picture of this size in points."""
        if self.paper is Paper.PICTURE:
            return _as_large_as(size)
        edges = self.custom_mm if self.paper is Paper.CUSTOM else MILLIMETRES[self.paper]
        short, long = sorted(edge * POINTS_PER_MM for edge in edges)
        upright, turned = self._page((short, long), size), self._page((long, short), size)
        if self.orientation is Orientation.PORTRAIT:
            return upright
        if self.orientation is Orientation.LANDSCAPE:
            return turned
        return max(upright, turned, key=lambda page: _shown(page, size))

    def _page(self, paper: Size, size: Size) -> Page:
        count = self.per_page
        grids = [(columns, math.ceil(count / columns)) for columns in range(1, count + 1)]
        pages = {grid: Page(*paper, self.cells(paper, *grid)[:count]) for grid in grids}
        return pages[max(grids, key=lambda grid: _shown(pages[grid], size) / _oddity(*grid))]

    def cells(self, paper: Size, columns: int, rows: int) -> tuple[Box, ...]:
        """The cells of a grid inside the margins, however little room these leave."""
        margin = min(self.margin_mm * POINTS_PER_MM, min(paper) / 2 - 1)
        foot = max(margin, _NUMBER_MM * POINTS_PER_MM) if self.has_numbers else margin
        foot = min(foot, paper[1] - margin - 2)
        room = paper[0] - 2 * margin, paper[1] - margin - foot
        gap = self.gap_mm * POINTS_PER_MM
        across = min(gap, room[0] / columns / 2)
        down = min(gap, room[1] / rows / 2)
        width = (room[0] - across * (columns - 1)) / columns
        height = (room[1] - down * (rows - 1)) / rows
        top = paper[1] - margin - height
        return tuple(
            Box(margin + column * (width + across), top - row * (height + down), width, height)
            for row in range(rows)
            for column in range(columns)
        )


def _as_large_as(size: Size) -> Page:
    scale = min(1.0, _MAX_POINTS / max(size))
    scale = max(scale, _MIN_POINTS / min(size))
    width, height = size[0] * scale, size[1] * scale
    return Page(width, height, (Box(0, 0, width, height),))


def _oddity(columns: int, rows: int) -> float:
    """A long row or column must show pictures clearly larger to be chosen."""
    return 1 + 0.1 * abs(math.log(columns / rows))


def _shown(page: Page, size: Size) -> float:
    """How large the picture would be in a cell."""
    cell = page.cells[0]
    box = cell.holding(size)
    return box.width * box.height
