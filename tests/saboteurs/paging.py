"""Well-behaved operations on the pages of a PDF that several workers share."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.parts import Part, even_parts
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Paging:
    least: int = option(10, "Pages of the shortest part", lo=1, hi=100_000)


def _parts(options: Paging, source: Facts, workers: int) -> Sequence[Part]:
    return even_parts(source.pages, workers, least=options.least)


def _join(work: Work[Paging], files: Sequence[Path]) -> Steps:
    with work.target.open("wb") as target:
        for done, file in enumerate(files, 1):
            target.write(file.read_bytes())
            yield done, len(files)


@operation(
    "page-text",
    title="Text of pages",
    takes=(Family.PDF,),
    gives=".txt",
    options=Paging,
    group="T",
    parts=_parts,
    join=_join,
)
def page_text(work: Work[Paging]) -> Steps:
    """Write the text of all pages."""
    import pymupdf

    with pymupdf.open(work.source.path) as document, work.target.open("w") as target:
        pages = work.share(range(len(document)))
        for done, number in enumerate(pages, 1):
            target.write(document[number].get_text() + "\f")
            yield done, len(pages)


@operation(
    "page-images",
    title="Images of pages",
    takes=(Family.PDF,),
    gives=".png",
    options=Paging,
    group="T",
    shape=Shape.ONE_TO_FOLDER,
    parts=_parts,
)
def page_images(work: Work[Paging]) -> Steps:
    """Draw every page."""
    import pymupdf

    with pymupdf.open(work.source.path) as document:
        pages = work.share(range(len(document)))
        for done, number in enumerate(pages, 1):
            picture = document[number].get_pixmap(dpi=36)
            picture.save(work.target / f"page-{number + 1:04}.png")
            work.expect(pages=done)
            yield done, len(pages)
