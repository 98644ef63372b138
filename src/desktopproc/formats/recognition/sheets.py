"""Looks at a page of a PDF: what text and pictures are on it, and what it looks like."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from desktopproc.core.errors import TooLargeError
from desktopproc.formats.pdf import Document
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.recognition.affine import Affine, scaled

if TYPE_CHECKING:
    import pymupdf
    from PIL.Image import Image

_POINTS = 72
_GOOD_DPI = 300.0  # what Tesseract was made for
_LEAST_DPI, _MOST_DPI = 200.0, 330.0  # between these the scan's own pixels are best
_MOST_PIXELS = 60_000_000
_LARGE = 0.5  # of a page; a picture that covers this much is a scan
_FEW_LETTERS = 200  # a stamp, a fax's head, a page number
_SMALL_PICTURE = 0.1


class Box(NamedTuple):
    """A box on the page as it is shown, in points from its top left."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Content:
    """What is on a page."""

    letters: int = 0
    has_hidden_text: bool = False
    has_shown_text: bool = False
    covered: float = 0.0  # by its largest picture, as a share of the page
    dpi: float = _GOOD_DPI  # of that picture
    words: tuple[Box, ...] = ()

    @property
    def is_scan(self) -> bool:
        """Whether there is something to recognize: no text, or a few words on a large picture."""
        if not self.letters:
            return True
        is_little = self.letters < _FEW_LETTERS and not self.has_hidden_text
        return is_little and self.covered >= _LARGE

    @property
    def best_dpi(self) -> float:
        """The resolution at which letters are recognized best."""
        is_telling = self.covered >= _SMALL_PICTURE
        return self.dpi if is_telling and _LEAST_DPI <= self.dpi <= _MOST_DPI else _GOOD_DPI


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of an opened PDF, for as long as that is open."""

    name: str
    index: int
    page: "pymupdf.Page" = field(repr=False)

    @classmethod
    def of(cls, document: Document, index: int) -> "Sheet":
        """The page with this index; BadInputError when it is damaged."""
        import pymupdf

        name = document.name
        with reading_pdf(name, pymupdf.mupdf.FzErrorBase, what=f"page {index + 1}"):
            return cls(name, index, document.pdf.load_page(index))

    @property
    def size(self) -> tuple[float, float]:
        """As it is shown, in points."""
        return self.page.rect.width, self.page.rect.height

    def content(self) -> Content:
        """What is on the page; nothing is drawn for it."""
        import pymupdf

        with reading_pdf(self.name, pymupdf.mupdf.FzErrorBase, what=self._what):
            words = self.page.get_text("words", flags=pymupdf.TEXTFLAGS_WORDS)
            kinds = {kind for kind, _ in self.page.get_bboxlog()}
            pictures = self.page.get_image_info()
            shown = self.page.rotation_matrix
            boxes = tuple(Box(*(pymupdf.Rect(word[:4]) * shown)) for word in words)
            covered, dpi = max((self._cover(picture) for picture in pictures), default=(0.0, 0.0))
        return Content(
            letters=sum(len(word[4]) for word in words),
            has_hidden_text="ignore-text" in kinds,
            has_shown_text=bool(kinds & {"fill-text", "stroke-text", "clip-text"}),
            covered=covered,
            dpi=dpi,
            words=boxes,
        )

    def text(self) -> str:
        """The text that the page has already."""
        import pymupdf

        with reading_pdf(self.name, pymupdf.mupdf.FzErrorBase, what=self._what):
            text: str = self.page.get_text("text", flags=pymupdf.TEXTFLAGS_TEXT)
        return text

    def fitting_dpi(self, dpi: float) -> float:
        """This resolution, or less for a page so large that nobody could wait for it."""
        pixels = self.size[0] * self.size[1] * (dpi / _POINTS) ** 2
        return dpi if pixels <= _MOST_PIXELS else float(dpi * (_MOST_PIXELS / pixels) ** 0.5)

    def drawn(self, dpi: float, max_pixels: int, *, only_content: bool = False) -> "Image":
        """The page as it is shown, in grey; `only_content` without notes and fields, in colours."""
        import pymupdf
        from PIL import Image

        scale = dpi / _POINTS
        width, height = (edge * scale for edge in self.size)
        if width * height > max_pixels:
            raise TooLargeError(
                f"{self.name}: {self._what} would be {width:,.0f} x {height:,.0f} pixels. "
                "Raise the limit in the settings."
            )
        colours = pymupdf.csRGB if only_content else pymupdf.csGRAY
        with reading_pdf(self.name, pymupdf.mupdf.FzErrorBase, what=self._what):
            shown = self.page.get_pixmap(
                matrix=pymupdf.Matrix(scale, scale),
                colorspace=colours,
                alpha=False,
                annots=not only_content,
            )
            mode = "RGB" if only_content else "L"
            return Image.frombytes(mode, (shown.width, shown.height), shown.samples_mv)

    def from_pixels(self, dpi: float) -> Affine:
        """The way from the pixels of `drawn` to the coordinates that the page's content uses."""
        from pymupdf import mupdf

        box, way = mupdf.FzRect(), mupdf.FzMatrix()
        mupdf.pdf_page_transform(self._pdf_page(), box, way)
        back = mupdf.fz_invert_matrix(way)
        to_user = Affine(back.a, back.b, back.c, back.d, back.e, back.f)
        return scaled(_POINTS / dpi).then(to_user)

    def _cover(self, picture: dict[str, Any]) -> tuple[float, float]:
        """Which share of the page a picture covers, and how many pixels it has to the inch."""
        import pymupdf

        page = pymupdf.Rect(0, 0, *(self.page.cropbox.width, self.page.cropbox.height))
        box = pymupdf.Rect(picture["bbox"])
        if box.is_empty or page.is_empty:
            return 0.0, 0.0
        share = abs((box & page).get_area()) / page.get_area()
        pixels = picture["width"] * picture["height"]
        return share, _POINTS * (pixels / box.get_area()) ** 0.5

    def _pdf_page(self) -> Any:
        from pymupdf import mupdf

        return mupdf.pdf_page_from_fz_page(self.page.this)

    @property
    def _what(self) -> str:
        return f"page {self.index + 1}"
