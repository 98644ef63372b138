"""Puts pictures on PDF pages, one or several to a page, each upright in its cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.pdf_images import Others, PdfImages, Stored
from desktopproc.formats.pdf_layout import POINTS_PER_MM, Box, Fit, Layout, Page, Paper
from desktopproc.formats.pdf_writer import number
from desktopproc.formats.photos.sizes import check_pixels

_NEW_SUBFILE_TYPE = 254  # TIFF 6.0, section 8: bit 0 marks a smaller copy of another page
_NUMBER_POINTS = 9
_DIGIT_WIDTH = 0.556  # of Helvetica, in units of its size
_NUMBER_FROM_EDGE_MM = 4.0
_FONT = "F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


@dataclass(frozen=True, slots=True)
class Look:
    """What pages look like apart from where the pictures lie."""

    background: str = "#ffffff"
    has_bookmarks: bool = False
    dpi: float | None = None  # instead of what each picture says
    others: Others = Others.AUTO
    quality: int = 93


@dataclass(slots=True)
class _Sheet:
    """The page that is being filled."""

    page: Page
    placed: list[tuple[Stored, Box, Box]] = field(default_factory=list)

    @property
    def next_cell(self) -> Box:
        return self.page.cells[len(self.placed)]

    @property
    def is_full(self) -> bool:
        return len(self.placed) == len(self.page.cells)


class PhotoPdf:
    """A PDF that grows with every picture. Use as a context manager; `finish` makes it whole."""

    def __init__(
        self, target: Path | BinaryIO, layout: Layout, look: Look, properties: Properties
    ) -> None:
        self._document = PdfDocument(target, properties)
        self._images = PdfImages(self._document.writer, look.others, look.quality)
        self._layout = layout
        self._look = look
        self._sheet: _Sheet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._document.__exit__(kind, error, trace)

    @property
    def pages(self) -> int:
        """How many pages the finished file has."""
        return self._document.count

    @property
    def has_pictures(self) -> bool:
        """Whether there is anything on its pages yet."""
        return bool(self.pages or self._sheet)

    def add(self, source: Source, work: Work[Any]) -> Iterator[None]:
        """Put each page of one file into a cell; every step is a stop point."""
        with images.opened(source, work) as picture:
            if picture.format != "TIFF":
                images.tell_frames(picture)
            name = source.path.name
            for at in _frames(picture, work.max_pixels):
                stored = self._images.store(picture, self._look.dpi)
                self._place(stored, name if at == 0 else "")
                yield

    def finish(self) -> None:
        """Write the last page and what ties the pages together."""
        self._end_page()
        self._document.finish()

    def _place(self, stored: Stored, name: str) -> None:
        points = stored.points
        if self._sheet is None:
            self._sheet = _Sheet(self._layout.page_for(points))
        cell = self._sheet.next_cell
        fit = Fit.FIT if self._layout.paper is Paper.PICTURE else self._layout.fit
        if name and self._look.has_bookmarks:
            self._document.bookmark(name, cell.bottom + cell.height)
        self._sheet.placed.append((stored, cell, cell.holding(points, fit)))
        if self._sheet.is_full:
            self._end_page()

    def _end_page(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is None:
            return
        page = sheet.page
        drawing = [background(self._look.background, page.width, page.height)]
        drawing += [
            drawn(f"P{at}", stored, box, cell)
            for at, (stored, cell, box) in enumerate(sheet.placed)
        ]
        pictures = " ".join(
            f"/P{at} {stored.number} 0 R" for at, (stored, _, _) in enumerate(sheet.placed)
        )
        resources = {"XObject": pictures}
        if self._layout.has_numbers and self._layout.paper is not Paper.PICTURE:
            drawing.append(self._page_number(page.width))
            resources["Font"] = f"/{_FONT}"
        self._document.add_page((page.width, page.height), " ".join(drawing), resources)

    def _page_number(self, width: float) -> str:
        digits = str(self._document.count + 1)
        left = (width - len(digits) * _DIGIT_WIDTH * _NUMBER_POINTS) / 2
        colour = "1 g" if is_dark(self._look.background) else "0 g"
        place = f"{number(left)} {number(_NUMBER_FROM_EDGE_MM * POINTS_PER_MM)}"
        return f"BT {colour} /F1 {_NUMBER_POINTS} Tf {place} Td ({digits}) Tj ET"


def drawn(name: str, stored: Stored, box: Box, cell: Box) -> str:
    """The operators that show a picture in its box, cut off at its cell."""
    matrix = " ".join(number(value) for value in box.matrix(stored.orientation))
    is_cut = box.width > cell.width + 0.01 or box.height > cell.height + 0.01
    edges = (cell.left, cell.bottom, cell.width, cell.height)
    cut = " ".join(number(value) for value in edges) + " re W n " if is_cut else ""
    return f"q {cut}{matrix} cm /{name} Do Q"


def background(colour: str, width: float, height: float) -> str:
    """The operators that paint a page; nothing for white, which pages are."""
    red, green, blue = _rgb(colour)
    if (red, green, blue) == (1, 1, 1):
        return ""
    return f"{red:.4g} {green:.4g} {blue:.4g} rg 0 0 {number(width)} {number(height)} re f"


def is_dark(colour: str) -> bool:
    """Whether white can be read better on it than black."""
    red, green, blue = _rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5


def _rgb(colour: str) -> tuple[float, float, float]:
    from PIL import ImageColor

    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red / 255, green / 255, blue / 255


def _frames(picture: images.Picture, max_pixels: int) -> Iterator[int]:
    """Every page of a TIFF one after the other, but for small copies of them; else the one."""
    yield 0
    if picture.format != "TIFF":
        return
    with reading_picture(picture.name):
        count = int(getattr(picture.image, "n_frames", 1))
    for at in range(1, count):
        with reading_picture(picture.name):
            picture.image.seek(at)
            tags: Mapping[int, int] = getattr(picture.image, "tag_v2", {})
            is_copy = bool(tags.get(_NEW_SUBFILE_TYPE, 0) & 1)
        if not is_copy:
            check_pixels(picture.name, picture.size, max_pixels)
            yield at
