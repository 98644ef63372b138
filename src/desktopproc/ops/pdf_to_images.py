"""Draws the pages of a PDF as pictures."""

from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages, pdf_render
from desktopproc.formats.image_save import Encoding, Format, save


class Kind(StrEnum):
    """The formats to choose from, by their suffix."""

    JPG = "jpg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Options:
    format: Kind = option(
        Kind.JPG,
        "Format",
        "PNG keeps every pixel; JPEG makes smaller files of scans.",
        labels={"jpg": "JPEG", "png": "PNG"},
        aliases={"jpeg": "jpg"},
    )
    dpi: int = option(150, "Resolution", "150 for the screen, 300 to print.", lo=10, hi=1200)
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    grey: bool = option(default=False, label="Grey", help="Leave the colours out.")
    quality: int = option(
        85,
        "Quality",
        "Higher keeps more detail and makes larger files.",
        lo=1,
        hi=100,
        when=("format", (Kind.JPG,)),
    )


@operation(
    "pdf-to-images",
    title="PDF to images",
    takes=[Family.PDF],
    gives=lambda options, _: f".{options.format}",
    options=Options,
    group="PDF",
    shape=Shape.ONE_TO_FOLDER,
    preload=pdf_render.RENDERER,
)
def pdf_to_images(work: Work[Options]) -> Steps:
    """Draw each page of a PDF as a picture of its own."""
    options, source = work.options, work.source
    encoding = Encoding(Format(options.format.value), options.quality, options.dpi)
    first: BadInputError | None = None
    made = 0
    with pdf_render.opened(source, work) as drawing:
        pages = pdf_pages.chosen(options.pages, drawing.pages, drawing.name)
        for done, index in enumerate(pages, 1):
            try:
                image = drawing.page(index, options.dpi, grey=options.grey)
            except BadInputError as e:
                first = first or e
                work.note(f"Page {index + 1} was left out: {e}")
            else:
                name = pdf_pages.file_name(source.path, index, drawing.pages, f".{options.format}")
                save(image, work.target / name, encoding, source.path.name)
                made += 1
            yield done, len(pages)
    if first and not made:
        raise first
