"""Turns pages of a PDF."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages
from desktopproc.formats.pdfs import rebuilding

if TYPE_CHECKING:
    from pikepdf import Page


class Angle(StrEnum):
    """How far, clockwise."""

    RIGHT = "90"
    AROUND = "180"
    LEFT = "270"


class Only(StrEnum):
    """Which pages are turned, by how they are shown."""

    ALL = "all"
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class Options:
    angle: Angle = option(
        Angle.RIGHT,
        "Turn",
        labels={"90": "To the right", "180": "Upside down", "270": "To the left"},
        aliases={"right": "90", "left": "270", "-90": "270"},
    )
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    only: Only = option(
        Only.ALL,
        "Only",
        "Pages that are shown lying, or upright.",
        labels={"all": "All of these pages", "landscape": "Landscape", "portrait": "Portrait"},
    )


@operation(
    "rotate-pdf",
    title="Rotate pages",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=rebuilding.REBUILDER,
    depends=Depends.CONTENT,
)
def rotate_pdf(work: Work[Options]) -> Steps:
    """Turn pages of a PDF, all, some, or those that lie or stand. Nothing is drawn anew."""
    options, name = work.options, work.source.path.name
    with rebuilding.opened(work.source, work) as pdf:
        pages = list(pdf.pages)
        chosen = pdf_pages.chosen(options.pages, len(pages), name)
        turned = 0
        for done, index in enumerate(rebuilding.told(iter(chosen), name), 1):
            if options.only is Only.ALL or _is_landscape(pages[index]) is (
                options.only is Only.LANDSCAPE
            ):
                pages[index].rotate(int(options.angle), relative=True)
                turned += 1
            yield done, len(chosen) + 1
        if not turned:
            work.skip(f"{name} has no {options.only} pages to turn.")
        else:
            rebuilding.save(pdf, work.target, name)
            work.expect(pages=len(pages))
    yield len(chosen) + 1, len(chosen) + 1


def _is_landscape(page: "Page") -> bool:
    """Whether a page is shown wider than high."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = abs(right - left), abs(top - bottom)
    return height > width if page.rotation % 180 else width > height
