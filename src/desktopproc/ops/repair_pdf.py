"""Mends damaged PDFs."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats.pdfs import changing
from desktopproc.formats.pdfs.progress import in_thousandths, part
from desktopproc.formats.pdfs.recovery import RECOVERY, Recovered, recovered
from desktopproc.formats.pdfs.salvage import Salvage, salvaged
from desktopproc.formats.pdfs.signatures import is_signed


@dataclass(frozen=True, slots=True)
class Options:
    only_damaged: bool = option(
        default=False,
        label="Only damaged ones",
        help="No file is made of a PDF with which nothing is wrong.",
    )


@operation(
    "repair-pdf",
    title="Repair PDF",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    preload=RECOVERY,
    depends=Depends.CONTENT,
)
def repair_pdf(work: Work[Options]) -> Steps:
    """Save what can be saved of damaged PDFs: their pages, and streams as far as they go."""
    return in_thousandths(_repaired(work))


def _repaired(work: Work[Options]) -> Iterator[float]:
    name = work.source.path.name
    found = recovered(name, work.source.read(), work)
    with found.pdf as pdf:
        yield 0.3
        salvage = yield from part(salvaged(pdf), 0.3, 0.9)
        is_whole = found.is_whole and not salvage.is_needed
        if is_whole and work.options.only_damaged:
            work.skip(f"{name} is not damaged.")
            return
        changing.save(pdf, work.target, work)
        _tell(work, found, salvage, is_whole=is_whole)
        if is_signed(pdf):
            work.note("It was signed; the signature does not hold for the result.")


def _tell(work: Work[Options], found: Recovered, salvage: Salvage, *, is_whole: bool) -> None:
    """What was wrong, what was mended, and what is lost."""
    pdf = found.pdf
    pages = len(pdf.pages)
    if is_whole:
        work.note(f"Nothing was damaged; {_counted(pages, 'page')} written anew.")
        return
    if found.told:
        work.note(found.told)
    if pages < found.declared:
        work.note(f"{pages:,} of the {found.declared:,} pages it speaks of were recovered.")
    else:
        work.note(f"{_counted(pages, 'page')} recovered.")
    if salvage.cut:
        work.note(f"{_counted(salvage.cut, 'damaged stream')} kept up to where the damage begins.")
    if salvage.lost:
        work.note(f"{_counted(len(salvage.lost), 'stream')} lost: nothing in it can be read.")
    if salvage.odd:
        work.note(f"{_counted(salvage.odd, 'stream')} left as found: not every program reads it.")
    if salvage.gone:
        work.note(f"{_counted(salvage.gone, 'object')} lost, such as fonts, pictures or pages.")
    for number in salvage.empty_pages(pdf)[:20]:
        work.note(f"Page {number} is empty: what it showed is lost, if it showed anything.")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun} was" if count == 1 else f"{count:,} {noun}s were"
