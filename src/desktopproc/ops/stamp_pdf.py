"""Stamps a text or a picture onto the pages of PDFs."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import pdf_pages
from desktopproc.formats.pdfs import changing, signatures, templates
from desktopproc.formats.pdfs.placing import MM, Place, Wish, placed, sheet_of, turned_size
from desktopproc.formats.pdfs.progress import in_thousandths, part
from desktopproc.formats.pdfs.properties import title_of
from desktopproc.formats.pdfs.stamping import Layer, Stamping
from desktopproc.formats.pdfs.stamps import STAMPER, Look, Stamps, picture_stamp, text_stamps
from desktopproc.formats.pdfs.templates import Known, Template

if TYPE_CHECKING:
    from pikepdf import Page, Pdf

_PLACE = "On the page"
_COLOUR = "#[0-9a-fA-F]{6}"
_SET_IN = 40.0  # points, when the size follows from the page


class Behind(StrEnum):
    """Whether a stamp hides the page, or the page hides the stamp."""

    ABOVE = "above"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Options:
    text: str = option("", "Text", templates.HELP + r" \n begins a new line.", example="DRAFT")
    picture: Path | None = option(
        None, "Picture", "PNG, JPEG, SVG, or the first page of a PDF.", kind=Kind.FILE
    )
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    size: float | None = option(
        None,
        "Font size",
        "Not set: as large as the width below.",
        lo=2,
        hi=800,
        unit="pt",
    )
    width: float = option(
        60.0, "Width", "Of the page, unless a font size is given.", lo=1, hi=100, unit="%"
    )
    color: str = option("#808080", "Colour", "Of text.", kind=Kind.COLOR, pattern=_COLOUR)
    bold: bool = option(default=False, label="Bold")
    opacity: float = option(40.0, "Opacity", lo=1, hi=100, unit="%")
    angle: float = option(45.0, "Turned by", "Anticlockwise.", lo=-180, hi=180, unit="degrees")
    position: Place = option(Place.CENTRE, "Position", section=_PLACE)
    margin: float = option(10.0, "Margin", lo=0, hi=500, unit="mm", section=_PLACE)
    offset_x: float = option(0.0, "Moved right", lo=-2000, hi=2000, unit="mm", section=_PLACE)
    offset_y: float = option(0.0, "Moved up", lo=-2000, hi=2000, unit="mm", section=_PLACE)
    tile: bool = option(default=False, label="Repeat over the page", section=_PLACE)
    layer: Behind = option(
        Behind.ABOVE,
        "Layer",
        "Behind, it can be hidden: many pages have a white ground.",
        labels={"above": "Above the page", "behind": "Behind the page"},
        section=_PLACE,
    )
    break_signatures: bool = option(
        default=False, label=signatures.LABEL, help=signatures.HELP, section=_PLACE
    )

    @property
    def wish(self) -> Wish:
        """Where the stamp is to stand."""
        offset = (self.offset_x * MM, self.offset_y * MM)
        return Wish(self.position, self.margin * MM, offset, self.angle, self.tile)


@operation(
    "stamp-pdf",
    title="Stamp PDF",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=STAMPER,
    depends=Depends.NAMES | Depends.DAY | Depends.COMPUTER,
)
def stamp_pdf(work: Work[Options]) -> Steps:
    """Stamp a text such as DRAFT, or a picture such as a logo, onto the pages of PDFs."""
    return in_thousandths(_stamped(work))


def _stamped(work: Work[Options]) -> Iterator[float]:
    options, source = work.options, work.source
    template = Template(options.text)
    if bool(template) == bool(options.picture):
        raise UsageError("A stamp is a text or a picture. Give --text or --picture.")
    with changing.opened(source, work, break_signatures=options.break_signatures) as pdf:
        pages = list(pdf.pages)
        chosen = pdf_pages.chosen(options.pages, len(pages), source.path.name)
        texts = _texts(template, pdf, source.path, chosen) if template else []
        yield 0.1
        stamps = yield from part(_stamps(options, list(dict.fromkeys(texts))), 0.1, 0.3)
        numbers = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        is_behind = options.layer is Behind.BEHIND
        stamping = Stamping(pdf, stamps, Layer(options.opacity / 100, is_behind))
        for done, index in enumerate(chosen, 1):
            at = numbers[texts[done - 1]] if texts else 0
            _put(stamping, stamps, at, pages[index], options)
            yield 0.3 + 0.6 * done / len(chosen)
        changing.tell_of_archival(pdf, work)
        changing.save(pdf, work.target, work)


def _texts(template: Template, pdf: "Pdf", path: Path, chosen: list[int]) -> list[str]:
    today = date.today().isoformat()
    known = Known(path.stem, title_of(pdf), today, len(pdf.pages))
    return [template.filled(index + 1, known) for index in chosen]


def _stamps(options: Options, texts: list[str]) -> Generator[float, None, Stamps]:
    if options.picture:
        return picture_stamp(options.picture)
    look = Look(options.size or _SET_IN, options.color, options.bold)
    return (yield from text_stamps(texts, look))


def _put(stamping: Stamping, stamps: Stamps, at: int, page: "Page", options: Options) -> None:
    sheet = sheet_of(page)
    _, _, width, height = stamps.boxes[at]
    if width <= 0 or height <= 0:
        return
    scale = 1.0
    if options.picture or options.size is None:
        across, up = turned_size((width, height), options.angle)
        share = options.width / 100
        scale = min(sheet.width * share / across, sheet.height * max(share, 0.9) / up)
    size = (width * scale, height * scale)
    stamping.put(page, [(at, scale, placed(size, sheet, options.wish))])
