"""Shows many photos on a few sheets, each with a caption."""

from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import images
from desktopproc.formats.caption import FIELDS, Caption
from desktopproc.formats.contact_sheet import PdfSheets, PictureSheet, Style
from desktopproc.formats.image_save import Encoding, Format, save
from desktopproc.formats.pdf_layout import Orientation, Paper
from desktopproc.formats.sheet_layout import SheetLayout
from desktopproc.formats.thumbs import Cut, Thumb, thumbs

_LONGEST = {Format.JPG: 65_500, Format.PNG: 1_000_000}
_MOST_NOTES = 20


class Target(StrEnum):
    """What the sheet becomes."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Sheet(StrEnum):
    """The paper it is for."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Options:
    format: Target = option(
        Target.PDF,
        "Format",
        "A PDF has as many pages as it takes; a picture holds all photos and grows in height.",
        labels={"pdf": "PDF", "jpeg": "JPEG", "png": "PNG"},
        aliases={"jpg": "jpeg"},
    )
    columns: int = option(4, "Columns", lo=1, hi=50)
    rows: int = option(5, "Rows", "On a page.", lo=1, hi=50)
    paper: Sheet = option(Sheet.A4, "Paper", labels={"a3": "A3", "a4": "A4", "a5": "A5"})
    orientation: Orientation = option(
        Orientation.AUTO,
        "Orientation",
        "Automatic shows photos as large as it can.",
        labels={"auto": "Automatic"},
    )
    margin: float = option(10.0, "Margin", lo=0, hi=100, unit="mm")
    gap: float = option(4.0, "Between photos", lo=0, hi=50, unit="mm")
    crop: bool = option(default=False, label="Fill the cells", help="Cuts off what does not fit.")
    caption: str = option(
        "{name}",
        "Caption",
        "\\n begins a line. " + " ".join("{" + name + "}" for name in FIELDS),
        example="{name}\\n{date} {camera}",
    )
    title: str = option("", "Title", "In the head of each page.")
    numbers: bool = option(default=True, label="Page numbers", when=("format", (Target.PDF,)))
    font_size: float = option(8.0, "Font size", lo=4, hi=36, unit="pt")
    background: str = option("#ffffff", "Background", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}")
    colour: str = option("#202020", "Text", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}")
    dpi: int = option(200, "Resolution", lo=36, hi=600, unit="dpi")
    quality: int = option(85, "Quality", lo=1, hi=100, when=("format", (Target.PDF, Target.JPEG)))

    def layout(self, caption: Caption) -> SheetLayout:
        """Where things lie, if there is room for them."""
        return SheetLayout(
            paper=Paper(self.paper),
            orientation=self.orientation,
            columns=self.columns,
            rows=self.rows,
            margin_mm=self.margin,
            gap_mm=self.gap,
            font_size=self.font_size,
            lines=caption.lines,
            has_title=bool(self.title.strip()),
            has_numbers=self.numbers and self.format is Target.PDF,
        ).checked()

    def cut(self, layout: SheetLayout) -> Cut:
        """How the small pictures are made."""
        width, height = (max(1, round(edge * self.dpi / 72)) for edge in layout.picture)
        quality = 100 if self.format is Target.PNG else self.quality
        return Cut((width, height), self.crop, self.background, quality)

    @property
    def style(self) -> Style:
        return Style(self.title.strip(), self.background, self.colour)


@operation(
    "contact-sheet",
    title="Contact sheet",
    takes=[Family.PHOTO],
    gives=lambda options, _: ".jpg" if options.format is Target.JPEG else f".{options.format}",
    options=Options,
    group="Photos",
    shape=Shape.MANY_TO_ONE,
    preload=images.CODECS,
    depends=Depends.PLACES | Depends.COMPUTER,
)
def contact_sheet(work: Work[Options]) -> Steps:
    """Show many photos on a few pages, or in one picture, each with a caption below it."""
    options = work.options
    caption = Caption(options.caption)
    layout = options.layout(caption)
    sheet = _pdf if options.format is Target.PDF else _picture
    yield from sheet(work, layout, caption)


def _pdf(work: Work[Options], layout: SheetLayout, caption: Caption) -> Steps:
    options, total = work.options, len(work.sources)
    bad: list[Thumb] = []
    with PdfSheets(work.target, layout, options.style, total) as sheets:
        done = 0
        for thumb in thumbs(work, options.cut(layout), caption):
            if thumb is not None:
                sheets.add(thumb)
                bad += [thumb] if thumb.error else []
                done += 1
            yield done, total + 1
        _tell(bad, work)
        sheets.finish()
    work.expect(pages=sheets.pages)
    yield total + 1, total + 1


def _picture(work: Work[Options], layout: SheetLayout, caption: Caption) -> Steps:
    options, total = work.options, len(work.sources)
    kind = Format.JPG if options.format is Target.JPEG else Format.PNG
    bad: list[Thumb] = []
    sheet = PictureSheet(layout, options.style, total, options.dpi, _LONGEST[kind], work.max_pixels)
    done = 0
    for thumb in thumbs(work, options.cut(layout), caption):
        if thumb is not None:
            sheet.add(thumb)
            bad += [thumb] if thumb.error else []
            done += 1
        yield done, total + 1
    _tell(bad, work)
    encoding = Encoding(kind, options.quality, options.dpi)
    save(sheet.image, work.target, encoding, "The contact sheet")
    work.expect(*sheet.image.size)
    yield total + 1, total + 1


def _tell(bad: list[Thumb], work: Work[Options]) -> None:
    """Name what is shown as an empty frame; a sheet of nothing else is none."""
    if bad and len(bad) == len(work.sources):
        raise BadInputError(bad[0].error)
    for thumb in bad[:_MOST_NOTES]:
        work.note(f"{thumb.name} is an empty frame: {thumb.error}")
    if len(bad) > _MOST_NOTES:
        work.note(f"{len(bad) - _MOST_NOTES} more photos are empty frames.")
