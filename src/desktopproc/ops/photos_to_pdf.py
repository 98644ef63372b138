"""Binds photos into one PDF, or makes one of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError, MissingInputError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Source, Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import images
from desktopproc.formats.natural import natural
from desktopproc.formats.pdf_document import Properties
from desktopproc.formats.pdf_images import Others
from desktopproc.formats.pdf_layout import PAPER_LABELS, PAPERS, Fit, Layout, Orientation, Paper
from desktopproc.formats.pdf_photos import Look, PhotoPdf
from desktopproc.formats.probe import probe

_ON_PAPER = ("page", PAPERS)
_CUSTOM = ("page", (Paper.CUSTOM,))


class Order(StrEnum):
    """Which photo comes first."""

    GIVEN = "given"
    NAME = "name"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Options:
    page: Paper = option(Paper.PICTURE, "Page size", labels=PAPER_LABELS, section="Page")
    paper_width: float = option(
        210.0, "Page width", lo=10, hi=5000, unit="mm", when=_CUSTOM, section="Page"
    )
    paper_height: float = option(
        297.0, "Page height", lo=10, hi=5000, unit="mm", when=_CUSTOM, section="Page"
    )
    orientation: Orientation = option(
        Orientation.AUTO,
        "Orientation",
        "Automatic turns each page so that its photos are largest.",
        labels={"auto": "Automatic"},
        when=_ON_PAPER,
        section="Page",
    )
    margin: float = option(10.0, "Margin", lo=0, hi=500, unit="mm", when=_ON_PAPER, section="Page")
    per_page: int = option(
        1,
        "Photos per page",
        "More than one needs a paper size.",
        lo=1,
        hi=100,
        when=_ON_PAPER,
        section="Page",
    )
    gap: float = option(
        5.0, "Between photos", lo=0, hi=100, unit="mm", when=_ON_PAPER, section="Page"
    )
    fit: Fit = option(
        Fit.FIT,
        "Fit",
        "Fill cuts off what does not fit; actual size goes by the photo's resolution.",
        labels={"fit": "Whole photo", "fill": "Fill the room", "actual": "Actual size"},
        when=_ON_PAPER,
        section="Page",
    )
    dpi: float | None = option(
        None,
        "Resolution",
        "Instead of what each photo says; decides the size of pages as large as the photo.",
        lo=10,
        hi=4800,
        unit="dpi",
        section="Page",
    )
    background: str = option(
        "#ffffff", "Background", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}", section="Page"
    )
    numbers: bool = option(default=False, label="Page numbers", when=_ON_PAPER, section="Page")
    each: bool = option(
        default=False,
        label="One PDF for each photo",
        help="Else all photos go into one.",
        section="Document",
    )
    order: Order = option(
        Order.GIVEN,
        "Order",
        "By name, 2 comes before 10; photos without a date come last.",
        labels={"given": "As given", "name": "By name", "taken": "By date taken"},
        when=("each", (False,)),
        section="Document",
    )
    bookmarks: bool = option(
        default=False,
        label="Bookmarks",
        help="The file names, to jump to.",
        section="Document",
    )
    title: str = option("", "Title", section="Document")
    author: str = option("", "Author", section="Document")
    subject: str = option("", "Subject", section="Document")
    keywords: str = option("", "Keywords", section="Document")
    others: Others = option(
        Others.AUTO,
        "Other formats",
        "JPEGs always go in as they are. Automatic keeps every pixel of the others, "
        "but stores HEIC, AVIF and lossy WebP as JPEG.",
        labels={"auto": "Automatic", "lossless": "Without loss", "jpeg": "As JPEG"},
        section="Document",
    )
    quality: int = option(
        93,
        "Quality",
        "Of photos that become JPEG.",
        lo=1,
        hi=100,
        when=("others", (Others.AUTO, Others.JPEG)),
        section="Document",
    )

    @property
    def layout(self) -> Layout:
        """Where the photos lie."""
        return Layout(
            paper=self.page,
            custom_mm=(self.paper_width, self.paper_height),
            orientation=self.orientation,
            margin_mm=self.margin,
            gap_mm=self.gap,
            per_page=self.per_page,
            fit=self.fit,
            has_numbers=self.numbers,
        )


@operation(
    "photos-to-pdf",
    title="Photos to PDF",
    takes=[Family.PHOTO],
    gives=".pdf",
    options=Options,
    group="Photos",
    shape=lambda options: Shape.ONE_TO_ONE if options.each else Shape.MANY_TO_ONE,
    preload=images.CODECS,
    depends=Depends.PLACES,
)
def photos_to_pdf(work: Work[Options]) -> Steps:
    """Bind photos into one PDF, upright, one or several to a page; JPEGs lose nothing.

    A damaged photo is left out, which is said on the row.
    """
    options, total = work.options, len(work.sources)
    if options.page is Paper.PICTURE and options.per_page > 1:
        raise UsageError("Several photos per page need a paper size, such as --page a4.")
    look = Look(options.background, options.bookmarks, options.dpi, options.others, options.quality)
    told = Properties(options.title, options.author, options.subject, options.keywords)
    first: BadInputError | None = None
    with PhotoPdf(work.target, options.layout, look, told) as pdf:
        for done, source in enumerate(_ordered(work.sources, options.order), 1):
            try:
                for _ in pdf.add(source, work):
                    yield done - 1, total
            except BadInputError as e:
                if e.transient or isinstance(e, MissingInputError) or total == 1:
                    raise  # it may be there the next time
                first = first or e
                work.note(f"{e} It was left out.")
            if done == total:
                if first and not pdf.has_pictures:
                    raise first
                pdf.finish()
            yield done, total
    work.expect(pages=pdf.pages)


def _ordered(sources: Sequence[Source], order: Order) -> Sequence[Source]:
    if order is Order.GIVEN:
        return sources
    named = sorted(sources, key=lambda source: natural(source.path.name))
    return named if order is Order.NAME else sorted(named, key=_taken)


def _taken(source: Source) -> tuple[bool, str]:
    taken = (source.facts or probe(source.path)).taken
    return taken is None, taken or ""
