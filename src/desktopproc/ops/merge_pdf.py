"""Joins PDFs into one."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.pdf_merge import MERGER, Merger


@dataclass(frozen=True, slots=True)
class Options:
    bookmarks: bool = option(
        default=True,
        label="Bookmarks",
        help="One for each document, with the document's own ones below it.",
    )


@operation(
    "merge-pdf",
    title="Merge PDFs",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    shape=Shape.MANY_TO_ONE,
    preload=MERGER,
)
def merge_pdf(work: Work[Options]) -> Steps:
    """Join PDFs into one in the order given, with their links, forms and bookmarks."""
    total = len(work.sources) + 1
    with Merger(work) as merger:
        for done, source in enumerate(work.sources, 1):
            merger.add(source)
            yield done, total
        work.expect(pages=merger.pages)
        merger.save(work.target, has_bookmarks=work.options.bookmarks)
        yield total, total
