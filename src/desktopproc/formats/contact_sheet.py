"""Puts small pictures with captions on sheets: pages of a PDF, or one tall picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from desktopproc.core.errors import TooLargeError
from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.pdf_images import Others, PdfImages, Stored
from desktopproc.formats.pdf_layout import Box
from desktopproc.formats.pdf_photos import background, drawn
from desktopproc.formats.pdf_writer import number
from desktopproc.formats.sheet_layout import TITLE, SheetLayout
from desktopproc.formats.text_layer import Text, TextLayer
from desktopproc.formats.thumbs import Thumb

_FRAME = 0.6  # the grey of the frame of a photo that could not be opened
_LAST_WORDS_LINES = 3  # of the name inside such a frame


@dataclass(frozen=True, slots=True)
class Style:
    """What sheets look like apart from where things lie."""

    title: str
    background: str
    colour: str


def words_of(thumb: Thumb, at: int, layout: SheetLayout, height: float) -> Iterator[Text]:
    """What is written in a cell: the caption, and the name of what could not be opened."""
    cell = layout.cell(at, height)
    if layout.lines:
        yield Text(thumb.caption, cell.caption, layout.font_size)
    if not thumb.content:
        room = cell.picture
        tall = min(room.height, layout.font_size * _LAST_WORDS_LINES * 1.3)
        box = Box(room.left + 2, room.bottom + (room.height - tall) / 2, room.width - 4, tall)
        yield Text(thumb.name, box, layout.font_size)


def title_of(style: Style, layout: SheetLayout, height: float) -> Iterator[Text]:
    """The title, where there is one."""
    if style.title:
        yield Text(style.title, layout.title(height), layout.font_size * TITLE, is_bold=True)


@dataclass(slots=True)
class _Page:
    drawing: list[str] = field(default_factory=list)
    pictures: dict[str, int] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    count: int = 0


class PdfSheets:
    """Contact sheets as pages of a PDF. Use as a context manager; `finish` makes it whole."""

    def __init__(self, target: Path, layout: SheetLayout, style: Style, total: int) -> None:
        self._document = PdfDocument(target, Properties(title=style.title))
        self._images = PdfImages(self._document.writer, Others.AUTO, 85)
        self._layer = TextLayer(style.colour)
        self._layout = layout
        self._style = style
        per_page = layout.columns * layout.rows
        self.pages = (total + per_page - 1) // per_page
        self._forms: list[int] = []
        self._page = _Page()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._document.__exit__(kind, error, trace)

    def add(self, thumb: Thumb) -> None:
        """Put a picture into the next cell."""
        page, layout = self._page, self._layout
        height = layout.page[1]
        room = layout.cell(page.count, height).picture
        if thumb.content:
            name = f"P{page.count}"
            stored = self._images.embed(thumb.content, thumb.size, thumb.mode)
            box = room.holding((float(thumb.size[0]), float(thumb.size[1])))
            page.drawing.append(drawn(name, Stored(stored, thumb.size, (72, 72)), box, room))
            page.pictures[name] = stored
        else:
            edges = " ".join(number(v) for v in (room.left, room.bottom, room.width, room.height))
            page.drawing.append(f"q {_FRAME} G {edges} re S Q")
        page.texts += words_of(thumb, page.count, layout, height)
        page.count += 1
        if page.count == layout.columns * layout.rows:
            self._end_page()

    def finish(self) -> None:
        """Write the last page, all text, and what ties the pages together."""
        self._end_page()
        self._layer.copy_to(self._document.writer, self._forms)
        self._document.finish()

    def _end_page(self) -> None:
        page, self._page = self._page, _Page()
        if not page.count:
            return
        size = self._layout.page
        texts = [*page.texts, *title_of(self._style, self._layout, size[1])]
        if self._layout.has_numbers:
            words = f"{self._document.count + 1} / {self.pages}"
            texts.append(Text(words, self._layout.number(), self._layout.font_size))
        self._layer.add_page(size, texts)
        form = self._document.writer.reserve()
        self._forms.append(form)
        ground = background(self._style.background, *size)
        drawing = "\n".join([ground, *page.drawing, "/T Do"])
        named = " ".join(f"/{name} {at} 0 R" for name, at in page.pictures.items())
        self._document.add_page(size, drawing, {"XObject": f"{named} /T {form} 0 R"})


class PictureSheet:
    """One picture that holds all photos and grows downwards with their number."""

    def __init__(
        self, layout: SheetLayout, style: Style, total: int, dpi: float, longest: int, pixels: int
    ) -> None:
        """Refuses what would be higher than `longest` or have more `pixels`, before any work."""
        from PIL import Image

        self._layout, self._style, self._dpi = layout, style, dpi
        rows = max(-(-total // layout.columns), 1)
        self._height = layout.height(rows)
        size = (self._pixels(layout.page[0]), self._pixels(self._height))
        if max(size) > longest or size[0] * size[1] > pixels:
            raise TooLargeError(
                f"A picture of {total:,} photos would have {size[0]:,} x {size[1]:,} pixels, which "
                "is too large. Choose PDF, more columns or a lower resolution."
            )
        self.image: Image.Image = Image.new("RGB", size, style.background)
        self._count = 0
        self._texts: list[Text] = list(title_of(style, layout, self._height))
        self._lay(self._texts)

    def add(self, thumb: Thumb) -> None:
        """Put a picture into the next cell."""
        from PIL import ImageDraw

        room = self._layout.cell(self._count, self._height).picture
        left, top, right, bottom = self._edges(room)
        if thumb.content:
            with thumb.image() as image:
                place = (left + right - image.width) // 2, (top + bottom - image.height) // 2
                self.image.paste(image, place)
        else:
            grey = (round(_FRAME * 255),) * 3
            ImageDraw.Draw(self.image).rectangle((left, top, right - 1, bottom - 1), outline=grey)
        self._lay(words_of(thumb, self._count, self._layout, self._height))
        self._count += 1

    def _lay(self, texts: Iterable[Text]) -> None:
        """Set texts, each on a page of its own that is no larger than it."""
        boxes = [text for text in texts if text.words.strip()]
        if not boxes:
            return
        layer = TextLayer("#000000")
        for text in boxes:
            size = (text.box.width, text.box.height)
            layer.add_page(size, [Text(text.words, Box(0, 0, *size), text.size, text.is_bold)])
        for text, mask in zip(boxes, layer.masks(self._dpi), strict=True):
            left, top, _, _ = self._edges(text.box)
            self.image.paste(
                self._style.colour, (left, top, left + mask.width, top + mask.height), mask
            )

    def _edges(self, box: Box) -> tuple[int, int, int, int]:
        return (
            self._pixels(box.left),
            self._pixels(self._height - box.bottom - box.height),
            self._pixels(box.left + box.width),
            self._pixels(self._height - box.bottom),
        )

    def _pixels(self, points: float) -> int:
        return round(points * self._dpi / 72)
