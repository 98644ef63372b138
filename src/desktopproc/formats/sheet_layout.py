"""Says where pictures and captions lie on a contact sheet."""

from dataclasses import dataclass

from desktopproc.core.errors import UsageError
from desktopproc.formats.pdf_layout import MILLIMETRES, POINTS_PER_MM, Box, Orientation, Paper, Size
from desktopproc.formats.text_layer import LINE

TITLE = 1.8
"""How much larger a title is than captions."""

_ABOVE_CAPTION = 2.5  # points between a picture and its caption
_LEAST = 12.0  # points: smaller pictures show nothing
_SHAPE = (4.0, 3.0)  # what most photos are like, give or take being turned


@dataclass(frozen=True, slots=True)
class Cell:
    """The room of one picture, and of the caption below it."""

    picture: Box
    caption: Box


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A grid of cells on paper, below a title and above a page number."""

    paper: Paper
    orientation: Orientation
    columns: int
    rows: int
    margin_mm: float
    gap_mm: float
    font_size: float
    lines: int
    has_title: bool
    has_numbers: bool

    @property
    def page(self) -> Size:
        """The page in points; turned the way that shows photos larger."""
        short, long = (edge * POINTS_PER_MM for edge in MILLIMETRES[self.paper])
        if self.orientation is Orientation.PORTRAIT:
            return short, long
        if self.orientation is Orientation.LANDSCAPE:
            return long, short
        return max(((short, long), (long, short)), key=self._shown)

    @property
    def picture(self) -> Size:
        """The room of one picture in points."""
        return self._picture(self.page)

    def checked(self) -> "SheetLayout":
        """The same, if there is room for pictures on it."""
        if min(self.picture) < _LEAST:
            raise UsageError(
                f"{self.columns} x {self.rows} photos do not fit on {self.paper.upper()}. "
                "Choose fewer columns or rows, a smaller margin or a smaller font."
            )
        return self

    def height(self, rows: int) -> float:
        """How high a sheet of so many rows is, in points; a page where they are `self.rows`."""
        row = self._picture(self.page)[1] + self._caption
        return self._above + self._below + rows * row + (rows - 1) * self._gap

    def cell(self, at: int, height: float) -> Cell:
        """The cell of this number on a sheet of this height."""
        width, tall = self.picture
        column, row = at % self.columns, at // self.columns
        left = self._margin + column * (width + self._gap)
        top = height - self._above - row * (tall + self._caption + self._gap)
        bottom = top - tall
        return Cell(
            Box(left, bottom, width, tall),
            Box(left, bottom - self._caption, width, self._caption - _ABOVE_CAPTION),
        )

    def title(self, height: float) -> Box:
        """The line above the pictures."""
        tall = self.font_size * TITLE * LINE + 1
        return Box(
            self._margin, height - self._margin - tall, self.page[0] - 2 * self._margin, tall
        )

    def number(self) -> Box:
        """The line below them."""
        tall = self.font_size * LINE + 1
        return Box(self._margin, self._margin, self.page[0] - 2 * self._margin, tall)

    @property
    def _margin(self) -> float:
        return self.margin_mm * POINTS_PER_MM

    @property
    def _gap(self) -> float:
        return self.gap_mm * POINTS_PER_MM

    @property
    def _caption(self) -> float:
        """A caption's lines with a little room above them."""
        return self.lines * self.font_size * LINE + 1 + _ABOVE_CAPTION if self.lines else 0.0

    @property
    def _above(self) -> float:
        return self._margin + (self.font_size * TITLE * 2 if self.has_title else 0.0)

    @property
    def _below(self) -> float:
        return self._margin + (self.font_size * LINE * 2 if self.has_numbers else 0.0)

    def _picture(self, page: Size) -> Size:
        room = page[1] - self._above - self._below - (self.rows - 1) * self._gap
        width = (page[0] - 2 * self._margin - (self.columns - 1) * self._gap) / self.columns
        return width, room / self.rows - self._caption

    def _shown(self, page: Size) -> float:
        width, height = self._picture(page)
        if min(width, height) <= 0:
            return 0.0
        boxes = [Box(0, 0, width, height).holding(shape) for shape in (_SHAPE, _SHAPE[::-1])]
        return sum(box.width * box.height for box in boxes)
