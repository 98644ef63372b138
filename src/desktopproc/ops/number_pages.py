"""Puts page numbers, headers and footers onto the pages of PDFs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import pdf_pages
from desktopproc.formats.pdfs import changing, signatures, templates
from desktopproc.formats.pdfs.placing import MM, Place, Wish, placed, sheet_of
from desktopproc.formats.pdfs.progress import in_thousandths, part
from desktopproc.formats.pdfs.properties import title_of
from desktopproc.formats.pdfs.stamping import Layer, Stamping
from desktopproc.formats.pdfs.stamps import STAMPER, Look, Stamps, text_stamps
from desktopproc.formats.pdfs.templates import Known, Numerals, Template

if TYPE_CHECKING:
    from pikepdf import Page

_HEADER, _LOOK = "Header and footer", "Look"
_SLOTS = {
    "footer": Place.BOTTOM,
    "footer_left": Place.BOTTOM_LEFT,
    "footer_right": Place.BOTTOM_RIGHT,
    "header": Place.TOP,
    "header_left": Place.TOP_LEFT,
    "header_right": Place.TOP_RIGHT,
}


@dataclass(frozen=True, slots=True)
class Options:
    footer: str = option(
        "{page}", "Footer, middle", templates.HELP, example="Page {page} of {pages}"
    )
    pages: str | None = option(
        None,
        "Pages",
        "Which are numbered: 2- leaves the first one out. Empty: all.",
        pattern=pdf_pages.PATTERN,
        example="2-",
    )
    start: int = option(1, "First number", lo=0, hi=10_000_000)
    numerals: Numerals = option(Numerals.ARABIC, "Numerals", labels=templates.LABELS)
    mirrored: bool = option(
        default=False,
        label="Mirror even pages",
        help="Left and right change places, as in books.",
    )
    footer_left: str = option("", "Footer, left", section=_HEADER)
    footer_right: str = option("", "Footer, right", section=_HEADER)
    header: str = option("", "Header, middle", section=_HEADER, example="{title}")
    header_left: str = option("", "Header, left", section=_HEADER)
    header_right: str = option("", "Header, right", section=_HEADER, example="ABC{page:06}")
    size: float = option(10.0, "Font size", lo=2, hi=200, unit="pt", section=_LOOK)
    color: str = option(
        "#000000", "Colour", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}", section=_LOOK
    )
    bold: bool = option(default=False, label="Bold", section=_LOOK)
    margin: float = option(10.0, "Distance from the edge", lo=0, hi=300, unit="mm", section=_LOOK)
    break_signatures: bool = option(
        default=False, label=signatures.LABEL, help=signatures.HELP, section=_LOOK
    )


@operation(
    "number-pages",
    title="Number pages",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=STAMPER,
    depends=Depends.NAMES | Depends.DAY | Depends.COMPUTER,
)
def number_pages(work: Work[Options]) -> Steps:
    """Put page numbers, headers and footers onto the pages of PDFs; {page:06} with a prefix makes
    Bates numbers, counted within each file."""
    return in_thousandths(_numbered(work))


def _numbered(work: Work[Options]) -> Iterator[float]:
    options, source = work.options, work.source
    slots = [
        (place, template)
        for name, place in _SLOTS.items()
        if (template := Template(getattr(options, name), options.numerals))
    ]
    if not slots:
        raise UsageError("Nothing to write. Give --footer, --header or one of their sides.")
    with changing.opened(source, work, break_signatures=options.break_signatures) as pdf:
        pages = list(pdf.pages)
        chosen = pdf_pages.chosen(options.pages, len(pages), source.path.name)
        today = date.today().isoformat()
        known = Known(source.path.stem, title_of(pdf), today, options.start + len(chosen) - 1)
        yield 0.05
        texts = [
            [(place, template.filled(number, known)) for place, template in slots]
            for number, _ in enumerate(chosen, options.start)
        ]
        different = list(dict.fromkeys(text for page in texts for _, text in page))
        numbers = {text: at for at, text in enumerate(different)}
        look = Look(options.size, options.color, options.bold)
        stamps = yield from part(text_stamps(different, look), 0.05, 0.4)
        stamping = Stamping(pdf, stamps, Layer(kind="Pagination"))
        for done, (index, page_texts) in enumerate(zip(chosen, texts, strict=True), 1):
            is_even = options.mirrored and (index + 1) % 2 == 0
            marks = [
                (place.mirrored if is_even else place, numbers[text]) for place, text in page_texts
            ]
            _put(stamping, stamps, pages[index], marks, options.margin * MM)
            yield 0.4 + 0.5 * done / len(chosen)
        changing.tell_of_archival(pdf, work)
        changing.save(pdf, work.target, work)


def _put(
    stamping: Stamping,
    stamps: Stamps,
    page: "Page",
    marks: list[tuple[Place, int]],
    margin: float,
) -> None:
    sheet = sheet_of(page)
    sizes = [(place, at, stamps.boxes[at][2:]) for place, at in marks if stamps.boxes[at][2] > 0]
    if sizes:
        stamping.put(
            page,
            [(at, 1.0, placed(size, sheet, Wish(place, margin))) for place, at, size in sizes],
        )
