"""Draws the pages of a PDF as pictures."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Facts, Family
from desktopproc.core.needs import largest_whole
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.parts import Part, even_parts
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages, pdf_render
from desktopproc.formats.pdf_render import Drawing, Ink, Look
from desktopproc.formats.pdfs.page_images import Kind, Store, tiff

if TYPE_CHECKING:
    from PIL.Image import Image

_FEWEST_PAGES = 6  # for one worker; fewer are drawn before another has opened the document
_LOSSY = ("format", (Kind.JPG, Kind.WEBP))
_TIFF = ("format", (Kind.TIF,))
_SEE_THROUGH = ("format", (Kind.PNG, Kind.WEBP))


class Size(StrEnum):
    """What decides how many pixels a page has."""

    DPI = "dpi"
    LONG_EDGE = "long-edge"
    WIDTH = "width"


@dataclass(frozen=True, slots=True)
class Options:
    format: Kind = option(
        Kind.JPG,
        "Format",
        "PNG and TIFF keep every pixel; JPEG makes smaller files of scans.",
        labels={"jpg": "JPEG", "png": "PNG", "webp": "WebP", "tif": "TIFF"},
        aliases={"jpeg": "jpg", "tiff": "tif"},
    )
    one_file: bool = option(
        default=True, label="All pages in one file", help="Else each in its own.", when=_TIFF
    )
    size: Size = option(
        Size.DPI,
        "Size",
        labels={"dpi": "By resolution", "long-edge": "By the long edge", "width": "By the width"},
    )
    dpi: int = option(
        150,
        "Resolution",
        "150 for the screen, 300 to print.",
        lo=10,
        hi=1200,
        when=("size", (Size.DPI,)),
    )
    pixels: int = option(
        1600,
        "Pixels",
        "Of the long edge, or of the width.",
        lo=8,
        hi=30_000,
        when=("size", (Size.LONG_EDGE, Size.WIDTH)),
    )
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    color: Ink = option(
        Ink.COLOR,
        "Colours",
        labels={"color": "Colour", "grey": "Grey", "mono": "Black and white"},
        aliases={"colour": "color", "gray": "grey"},
    )
    dither: bool = option(
        default=False,
        label="Greys as dots",
        help="For pictures; letters are cleaner without.",
        when=("color", (Ink.MONO,)),
    )
    transparent: bool = option(
        default=False,
        label="Transparent background",
        help="Not in black and white.",
        when=_SEE_THROUGH,
    )
    annotations: bool = option(default=True, label="Notes and form fields")
    quality: int = option(
        85,
        "Quality",
        "Higher keeps more detail and makes larger files.",
        lo=1,
        hi=100,
        when=_LOSSY,
    )

    @property
    def is_one_file(self) -> bool:
        """Whether all pages go into one file."""
        return self.format is Kind.TIF and self.one_file

    @property
    def look(self) -> Look:
        """How pages are drawn."""
        can_be = self.format in {Kind.PNG, Kind.WEBP}
        return Look(self.color, self.transparent and can_be, self.annotations, self.dither)


def _parts(options: Options, facts: Facts, workers: int) -> Sequence[Part]:
    """Pages are drawn by all workers at once, where each has a file of its own."""
    if options.is_one_file or not facts.pages:
        return ()
    pages = len(pdf_pages.numbers(options.pages, facts.pages))
    return even_parts(pages, workers, least=_FEWEST_PAGES)


_PAGE_INCHES = 8.3 * 11.7  # A4, as most are


def _memory(options: Options, files: Sequence[Facts]) -> float:
    """The document, and a page that is drawn, changed and encoded."""
    is_dpi = options.size is Size.DPI
    pixels = options.dpi**2 * _PAGE_INCHES if is_dpi else options.pixels**2 * 1.5
    return largest_whole(files) + pixels * 16 / 1e6


@operation(
    "pdf-to-images",
    title="PDF to images",
    takes=[Family.PDF],
    gives=lambda options, _: f".{options.format}",
    options=Options,
    group="PDF",
    shape=lambda options: Shape.ONE_TO_ONE if options.is_one_file else Shape.ONE_TO_FOLDER,
    preload=pdf_render.RENDERER,
    parts=_parts,
    depends=Depends.NAMES,
    memory=_memory,
)
def pdf_to_images(work: Work[Options]) -> Steps:
    """Draw the pages of a PDF as pictures, each in a file of its own or all in one TIFF."""
    options, look = work.options, work.options.look
    failed: list[BadInputError] = []
    made = 0
    with (
        pdf_render.opened(work.source, work) as drawing,
        _saved(work, drawing) as save,
    ):
        pages = work.share(pdf_pages.chosen(options.pages, drawing.pages, drawing.name))
        for done, index in enumerate(pages, 1):
            try:
                dpi = _dpi(drawing, index, options)
                save(index, drawing.drawn(index, dpi, look), dpi)
                made += 1
            except BadInputError as e:
                failed.append(e)
                work.note(f"Page {index + 1} was left out: {e}")
            if done == len(pages) and not made:
                _fail(work, failed[0])
            yield done, len(pages)


def _fail(work: Work[Options], error: BadInputError) -> None:
    """Nothing could be drawn; of a part of the document that is no failure of the whole."""
    if work.part is None:
        raise error
    work.skip(str(error))


Save = Callable[[int, "Image", float], None]


@contextmanager
def _saved(work: Work[Options], drawing: Drawing) -> Iterator[Save]:
    """What stores a page, given its index, its picture and its resolution."""
    options, source = work.options, work.source.path
    store = Store(options.format, options.quality, source.name)
    if options.is_one_file:
        with tiff(work.target) as file:
            yield lambda _, image, dpi: file.add(image, dpi)
        return

    def save(index: int, image: "Image", dpi: float) -> None:
        name = pdf_pages.file_name(source, index, drawing.pages, f".{options.format}")
        store.save(image, work.target / name, dpi)

    yield save


def _dpi(drawing: Drawing, index: int, options: Options) -> float:
    """The resolution at which a page has the pixels asked for."""
    if options.size is Size.DPI:
        return options.dpi
    width, height = drawing.points(index)
    edge = width if options.size is Size.WIDTH else max(width, height)
    # PDFium rounds up; a hair less keeps a page from being a pixel larger than asked for
    return (options.pixels - 0.001) * 72 / max(edge, 1e-3)
