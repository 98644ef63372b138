"""Puts the pages of a PDF in another order, leaves some out, or puts some in."""

from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Source, Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats import pdf_pages
from desktopproc.formats.pdfs import page_list, rebuilding
from desktopproc.formats.pdfs.arranging import arrange
from desktopproc.formats.pdfs.page_list import Slot

if TYPE_CHECKING:
    from pikepdf import Pdf


class Mix(StrEnum):
    """Where the pages of the other PDF go."""

    INSERT = "insert"
    ALTERNATE = "alternate"
    ALTERNATE_BACKWARDS = "alternate-backwards"


@dataclass(frozen=True, slots=True)
class Options:
    pages: str | None = option(
        None,
        "New order",
        page_list.HELP,
        pattern=page_list.PATTERN,
        example=page_list.EXAMPLE,
    )
    delete: str | None = option(
        None,
        "Leave out",
        "Pages to leave out, such as 2,7-9, by their numbers in the document.",
        pattern=pdf_pages.PATTERN,
        example="2,7-9",
    )
    reverse: bool = option(default=False, label="Backwards", help="The last page comes first.")
    other: Path | None = option(
        None, "Another PDF", "Its pages go in.", kind=Kind.FILE, section="Another PDF"
    )
    mix: Mix = option(
        Mix.INSERT,
        "Its pages",
        "By turns joins backs that were scanned apart from their fronts.",
        labels={
            "insert": "Go in after a page",
            "alternate": "By turns with the others",
            "alternate-backwards": "By turns, from the last",
        },
        section="Another PDF",
    )
    after: int | None = option(
        None,
        "After page",
        "0 puts them first; empty, they come last.",
        lo=0,
        when=("mix", (Mix.INSERT,)),
        section="Another PDF",
    )


@operation(
    "arrange-pdf",
    title="Arrange pages",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=rebuilding.REBUILDER,
    depends=Depends.CONTENT,
)
def arrange_pdf(work: Work[Options]) -> Steps:
    """Reorder, delete and duplicate pages of a PDF, and insert blank pages or those of another
    PDF. Bookmarks, links and forms stay with their pages."""
    options, name = work.options, work.source.path.name
    if not (options.pages or options.delete or options.reverse or options.other):
        raise UsageError("Say what is to be arranged, such as --pages 3,1,2 or --delete 4.")
    second = Source(options.other) if options.other else None
    opened = rebuilding.opened(second, work) if second else nullcontext(None)
    with rebuilding.opened(work.source, work) as pdf, opened as other:
        slots = _slots(options, pdf, other, name)
        for done in rebuilding.told(arrange(pdf, slots, other), name):
            yield done, len(slots) + 1
        rebuilding.save(pdf, work.target, name)
    work.expect(pages=len(slots))
    yield len(slots) + 1, len(slots) + 1


def _slots(options: Options, pdf: "Pdf", other: "Pdf | None", name: str) -> list[Slot]:
    count, others = len(pdf.pages), len(other.pages) if other else None
    slots = [Slot(page) for page in range(count)]
    if options.pages:
        slots = page_list.lined_up(options.pages, count, others, name)
    if options.delete:
        gone = set(pdf_pages.listed(options.delete, count, name))
        slots = [slot for slot in slots if slot.is_other or slot.page not in gone]
        if not slots:
            raise BadInputError(f"{name} would have no page left. Leave out fewer.")
    if options.reverse:
        slots.reverse()
    if others is not None and not any(slot.is_other for slot in slots):
        slots = _mixed(slots, [Slot(page, True) for page in range(others)], options)
    return slots


def _mixed(slots: list[Slot], others: list[Slot], options: Options) -> list[Slot]:
    if options.mix is Mix.INSERT:
        at = len(slots) if options.after is None else min(options.after, len(slots))
        return slots[:at] + others + slots[at:]
    if options.mix is Mix.ALTERNATE_BACKWARDS:
        others = others[::-1]
    return [slot for pair in zip_longest(slots, others) for slot in pair if slot is not None]
