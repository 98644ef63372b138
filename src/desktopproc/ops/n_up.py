"""Puts several pages of a PDF onto each sheet."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdf_layout import Orientation
from desktopproc.formats.pdf_outline import Bookmark, bookmarks, shifted, write_bookmarks
from desktopproc.formats.pdfs import imposing, rebuilding
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.imposing import Imposition, Order, Paper, PerSheet
from desktopproc.formats.pdfs.placing import MM, sheet_of
from desktopproc.formats.pdfs.progress import in_thousandths
from desktopproc.formats.pdfs.sheets import Sheets

if TYPE_CHECKING:
    from pikepdf import Pdf

_SHEET = "Sheet"
_GRID, _BOOKLET = ("booklet", (False,)), ("booklet", (True,))


@dataclass(frozen=True, slots=True)
class Options:
    booklet: bool = option(
        default=False,
        label="Booklet",
        help="Two pages on each side, in the order for printing on both sides and folding.",
    )
    per_sheet: PerSheet = option(PerSheet.TWO, "Pages per sheet", when=_GRID)
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    order: Order = option(
        Order.ROWS,
        "Order",
        labels={"rows": "Row by row", "columns": "Column by column"},
        when=_GRID,
    )
    right_to_left: bool = option(
        default=False, label="From right to left", help="As Arabic and Hebrew are read."
    )
    fold: int = option(
        0,
        "Sheets per fold",
        "Thick booklets are folded in several parts. 0: all sheets in one.",
        lo=0,
        hi=64,
        when=_BOOKLET,
    )
    frames: bool = option(default=False, label="Frames around pages")
    paper: Paper = option(Paper.A4, "Paper", labels=imposing.PAPER_LABELS, section=_SHEET)
    orientation: Orientation = option(
        Orientation.AUTO,
        "Orientation",
        "Automatic: the one in which pages come out larger.",
        labels={"auto": "Automatic"},
        when=_GRID,
        section=_SHEET,
    )
    margin: float = option(5.0, "Margin", lo=0, hi=100, unit="mm", section=_SHEET)
    gap: float = option(3.0, "Between pages", lo=0, hi=100, unit="mm", when=_GRID, section=_SHEET)

    @property
    def imposition(self) -> Imposition:
        """How the sheets are made."""
        return Imposition(
            self.paper,
            self.orientation,
            self.per_sheet,
            self.order,
            self.right_to_left,
            self.margin * MM,
            self.gap * MM,
            self.booklet,
        )


@operation(
    "n-up",
    title="Several pages per sheet",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=rebuilding.REBUILDER,
    depends=Depends.CONTENT,
)
def n_up(work: Work[Options]) -> Steps:
    """Put 2 to 16 pages onto each sheet, or make a booklet; links and bookmarks go along."""
    return in_thousandths(_imposed(work))


def _imposed(work: Work[Options]) -> Iterator[float]:
    import pikepdf

    options, name = work.options, work.source.path.name
    with (
        rebuilding.opened(work.source, work) as pdf,
        reading_pdf(name, pikepdf.PikepdfError, what="one of its pages"),
        pikepdf.new() as new,
    ):
        chosen = pdf_pages.chosen(options.pages, len(pdf.pages), name)
        found = bookmarks(pdf, Destinations(pdf))
        _flatten(pdf, work)
        yield 0.1
        sheets = Sheets(pdf, new, has_frames=options.frames)
        size, cells = options.imposition.sheet(_usual_size(pdf, chosen, name))
        if options.booklet:
            sides = list(imposing.booklet_sides(len(chosen), options.fold))
        else:
            sides = list(imposing.sides(len(chosen), len(cells)))
        for done, side in enumerate(sides, 1):
            sheets.add(size, cells, [None if at is None else chosen[at] for at in side])
            yield 0.1 + 0.8 * done / len(sides)
        sheets.finish()
        for index in sheets.left_out:
            work.note(f"Page {index + 1} has no area; its place was left empty.")
        write_bookmarks(new, _to_sheets(shifted(found, sheets.places)))
        _keep_title(pdf, new)
        work.expect(pages=len(sides))
        rebuilding.save(new, work.target, name)


def _usual_size(pdf: "Pdf", chosen: list[int], name: str) -> tuple[float, float]:
    """The size of the first page that has one."""
    pages = list(pdf.pages)
    for index in chosen:
        seen = sheet_of(pages[index])
        if seen.width > 0 and seen.height > 0:
            return seen.width, seen.height
    raise BadInputError(f"{name} has no pages with an area. Get another copy of it.")


def _flatten(pdf: "Pdf", work: Work[Options]) -> None:
    """Make form fields and comments part of their pages, as far as they are printed."""
    import pikepdf

    root: Any = pdf.Root
    form = root.get("/AcroForm")
    has_form = isinstance(form, pikepdf.Dictionary)
    if has_form and len(form.get("/Fields", [])):
        work.note("Form fields became part of the pages and cannot be filled in any more.")
    with suppress(pikepdf.PikepdfError):
        if has_form and form.get("/NeedAppearances", False) is True:
            pdf.generate_appearance_streams()
        pdf.flatten_annotations("print")
    if "/StructTreeRoot" in root:
        work.note("The structure for screen readers is lost.")


def _to_sheets(found: list[Bookmark]) -> list[Bookmark]:
    """Bookmarks that show the whole sheet: their places on the old pages mean nothing now."""
    return [replace(one, view=[], children=_to_sheets(one.children)) for one in found]


def _keep_title(pdf: "Pdf", new: "Pdf") -> None:
    from pikepdf import Dictionary

    info: Any = pdf.trailer.get("/Info")
    for word in ("/Title", "/Author", "/Subject", "/Keywords"):
        value = info.get(word) if isinstance(info, Dictionary) else None
        if value is not None:
            new.docinfo[word] = str(value)
