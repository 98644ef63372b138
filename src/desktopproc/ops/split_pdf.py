"""Splits a PDF into several."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages, pdf_render
from desktopproc.formats.pdfs import rebuilding, splitting
from desktopproc.formats.pdfs.blank import is_blank
from desktopproc.formats.pdfs.parts import Parts
from desktopproc.formats.pdfs.sized import Sized
from desktopproc.formats.pdfs.splitting import Part
from desktopproc.formats.writing import write_bytes, writing

if TYPE_CHECKING:
    from pikepdf import Pdf

_MB = 1_000_000


class By(StrEnum):
    """Where the document is cut."""

    PAGES = "pages"
    RANGES = "ranges"
    BOOKMARKS = "bookmarks"
    SIZE = "size"
    BLANK = "blank"
    ODD_EVEN = "odd-even"


@dataclass(frozen=True, slots=True)
class Options:
    by: By = option(
        By.PAGES,
        "Split",
        "Where one file ends and the next begins.",
        labels={
            "pages": "Every so many pages",
            "ranges": "Into ranges of pages",
            "bookmarks": "At bookmarks",
            "size": "By file size",
            "blank": "At blank pages",
            "odd-even": "Odd and even pages",
        },
    )
    every: int = option(1, "Pages per file", lo=1, hi=1_000_000, when=("by", (By.PAGES,)))
    ranges: str | None = option(
        None,
        "Ranges",
        "Each one becomes a file: 1-3,4-,8 makes three.",
        pattern=pdf_pages.PATTERN,
        example="1-3,4-,8",
        when=("by", (By.RANGES,)),
    )
    level: int = option(
        1,
        "Bookmark level",
        "1 cuts at chapters, 2 at their sections too.",
        lo=1,
        hi=16,
        when=("by", (By.BOOKMARKS,)),
    )
    size: float = option(
        10.0,
        "Largest file",
        "A page that is larger alone is a file of its own.",
        lo=0.01,
        hi=100_000,
        unit="MB",
        when=("by", (By.SIZE,)),
    )
    ink: float = option(
        0.1,
        "Ink on blank pages",
        "As much of a page may be covered. Blank pages are left out of the files.",
        lo=0,
        hi=20,
        unit="%",
        when=("by", (By.BLANK,)),
    )


@operation(
    "split-pdf",
    title="Split PDF",
    takes=[Family.PDF],
    gives=".pdf",
    options=Options,
    group="PDF",
    shape=Shape.ONE_TO_FOLDER,
    preload=rebuilding.REBUILDER,
    depends=Depends.NAMES,
)
def split_pdf(work: Work[Options]) -> Steps:
    """Split a PDF into several: every so many pages, at ranges, at bookmarks, by file size, at
    blank pages, or into odd and even pages. Links, bookmarks and forms go along."""
    options, name = work.options, work.source.path.name
    if options.by is By.RANGES and not options.ranges:
        raise UsageError("Splitting into ranges needs the ranges, such as --ranges 1-3,4-.")
    whole = replace(work.source, data=work.source.read())
    with rebuilding.opened(whole, work) as pdf:
        parts = Parts(pdf, name, whole.read())
        if options.by is By.SIZE:
            yield from _by_size(work, parts, len(pdf.pages))
        else:
            planned = yield from _planned(work, pdf, parts)
            yield from _write(work, parts, planned)
    if parts.lost_links:
        work.note("Links to pages that went into another file were taken out.")


def _planned(
    work: Work[Options], pdf: "Pdf", parts: Parts
) -> Generator[tuple[int, int], None, list[Part]]:
    options, name, count = work.options, work.source.path.name, len(pdf.pages)
    match options.by:
        case By.RANGES:
            found = splitting.at_ranges(options.ranges or "", count)
            if not found:
                raise BadInputError(f"{name} has {count} pages, and none of those asked for.")
        case By.BOOKMARKS:
            found = splitting.at_chapters(parts.chapters(options.level), count)
            if not found:
                raise BadInputError(f"{name} has no bookmarks. Split it by pages instead.")
        case By.BLANK:
            found = yield from _between_blanks(work, count)
        case By.ODD_EVEN:
            found = splitting.odd_and_even(count)
        case _:
            found = splitting.every(count, options.every)
    return found


def _between_blanks(
    work: Work[Options], count: int
) -> Generator[tuple[int, int], None, list[Part]]:
    blanks = set()
    with pdf_render.opened(work.source, work) as drawing:
        for page in range(min(count, drawing.pages)):
            if is_blank(drawing, page, work.options.ink):
                blanks.add(page)
            yield page, 2 * count
    if not blanks:
        work.note("No blank page was found; everything is in one file.")
    found = splitting.between(blanks, count)
    if not found:
        raise BadInputError(f"{work.source.path.name} has nothing but blank pages.")
    return found


def _write(work: Work[Options], parts: Parts, planned: Sequence[Part]) -> Iterator[tuple[int, int]]:
    source = work.source.path
    pages = sum(len(part.pages) for part in planned)
    before = pages if work.options.by is By.BLANK else 0
    done = 0
    failed: list[BadInputError] = []
    for part, name in zip(planned, splitting.file_names(source.stem, planned), strict=True):
        try:
            target = work.target / name
            with writing(target), target.open("wb") as file:
                parts.write(part.pages, file)
        except BadInputError as e:
            failed.append(e)
            work.note(f"{name} was left out: {e}")
        done += len(part.pages)
        yield before + done, before + pages
    if len(failed) == len(planned):
        raise failed[0]


def _by_size(work: Work[Options], parts: Parts, count: int) -> Iterator[tuple[int, int]]:
    source, limit = work.source.path, int(work.options.size * _MB)
    sized = Sized(parts, count, limit)
    for start, end, content in sized.files():
        if content is not None:
            part = splitting.by_pages(range(start, end), count)
            (name,) = splitting.file_names(source.stem, [part])
            write_bytes(work.target / name, content)
            if len(content) > limit:
                work.note(f"Page {end} alone has {len(content) / _MB:.2f} MB.")
        yield end if content is not None else start, count
