"""Fills the pages of one document from the top down, and finishes them when all are known."""

from collections.abc import Callable, Iterator

from desktopproc.formats.pdf_document import PdfDocument
from desktopproc.formats.pdf_layout import Box
from desktopproc.formats.typesetting.page import Page
from desktopproc.formats.typesetting.pieces import Piece
from desktopproc.formats.typesetting.setting import Setter
from desktopproc.formats.typesetting.template import Template

_FOOT = 26.0  # points below what stands at the foot
_ABOVE_FOOT = 8.0

End = Callable[[], Piece | None]
"""Makes what stands at the top or the foot of the page whose number is known just now."""


class Sheets:
    """The pages of one document. `top` is how far the current one is filled."""

    def __init__(self, setter: Setter, template: Template, header: End, footer: End) -> None:
        self._setter = setter
        self._template = template
        self._header, self._footer = header, footer
        above, right, below, self.left = template.margins
        self.size = template.size
        self.width = self.size[0] - self.left - right
        foot = footer()
        needed = foot.height + _FOOT + _ABOVE_FOOT if foot else 0.0
        self.bottom = max(below, needed)
        self._first = self.size[1] - above
        head = header()
        after = template.header.after if template.header else 0.0
        self._later = self._first - (head.height + after if head else 0.0)
        self.pages: list[Page] = []
        self.top = 0.0
        self.turn()

    @property
    def page(self) -> Page:
        return self.pages[-1]

    @property
    def is_fresh(self) -> bool:
        """Whether nothing stands on the current page."""
        return self.top >= (self._first if len(self.pages) == 1 else self._later)

    @property
    def room(self) -> float:
        return self.top - self.bottom

    @property
    def whole(self) -> float:
        """The room of an empty page."""
        return self._later - self.bottom

    def turn(self) -> None:
        """Begin the next page."""
        self.pages.append(Page(self._setter))
        self.top = self._first if len(self.pages) == 1 else self._later

    def ensure(self, height: float) -> None:
        """Turn the page unless there is room for so much, or more would not be had by turning."""
        if self.room < height and not self.is_fresh:
            self.turn()

    def finish(self, pdf: PdfDocument, paging: dict[str, str]) -> Iterator[None]:
        """Write the pages, each with its number; a step is a page."""
        paging["pages"] = str(len(self.pages))
        for number, page in enumerate(self.pages, 1):
            paging["page"] = str(number)
            if self._template.frame:
                self._frame(page)
            if number > 1 and (head := self._header()):
                head.draw(page, self.left, self._first)
            if foot := self._footer():
                foot.draw(page, self.left, _FOOT + foot.height)
            pdf.add_page(self.size, page.drawing, page.resources)
            yield

    def _frame(self, page: Page) -> None:
        """A double line around the page, as certificates have."""
        width, height = self.size
        for edge, thickness in ((22.0, 2.2), (28.0, 0.6)):
            box = Box(edge, edge, width - 2 * edge, height - 2 * edge)
            page.frame(box, self._template.accent, thickness)
