"""Joins documents into one PDF."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Source, Steps, Work, operation
from desktopproc.core.reading import reading
from desktopproc.core.schema import option
from desktopproc.formats import pdf_pages
from desktopproc.formats.natural import natural
from desktopproc.formats.outside.programs import LIBREOFFICE
from desktopproc.formats.pdf_merge import MERGER, Merger
from desktopproc.formats.pdfs.becoming_pages import PhotoPage, as_pdf
from desktopproc.formats.pdfs.bytewise.joining import Joiner
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError
from desktopproc.formats.writing import writing


class Order(StrEnum):
    """Which document comes first."""

    GIVEN = "given"
    NAME = "name"
    DATE = "date"


class Join(StrEnum):
    """How the pages of the documents follow each other."""

    AFTER = "after"
    ALTERNATE = "alternate"
    ALTERNATE_BACKWARDS = "alternate-backwards"


class Damaged(StrEnum):
    """What happens to the others when one document cannot be read."""

    STOP = "stop"
    LEAVE_OUT = "leave-out"


_EACH = rf"{pdf_pages.PATTERN}(;{pdf_pages.PATTERN})*"


@dataclass(frozen=True, slots=True)
class Options:
    order: Order = option(
        Order.GIVEN,
        "Order",
        "By name, 2 comes before 10; by date, the oldest comes first.",
        labels={"given": "As given", "name": "By name", "date": "By date changed"},
    )
    join: Join = option(
        Join.AFTER,
        "Pages",
        "By turns joins fronts and backs that were scanned apart.",
        labels={
            "after": "One after the other",
            "alternate": "By turns",
            "alternate-backwards": "By turns, every second backwards",
        },
    )
    pages: str | None = option(
        None,
        "Only pages",
        "Of each document, such as 1-3. With semicolons, each document has its own: "
        "1-3;all;2- for three.",
        pattern=_EACH,
        example="1-3;all",
    )
    even: bool = option(
        default=False,
        label="Start on front sides",
        help="A blank page after documents with an odd number of pages.",
        when=("join", (Join.AFTER,)),
    )
    bookmarks: bool = option(
        default=True,
        label="Bookmarks",
        help="Those of the documents, below the names of their files.",
    )
    file_names: bool = option(
        default=True,
        label="File names as bookmarks",
        when=("bookmarks", (True,)),
    )
    photo_page: PhotoPage = option(
        PhotoPage.PICTURE,
        "Pages of pictures",
        labels={"picture": "As large as the picture", "a4": "A4", "letter": "Letter"},
    )
    damaged: Damaged = option(
        Damaged.STOP,
        "Damaged documents",
        labels={"stop": "Stop", "leave-out": "Leave out and say so"},
    )
    title: str = option("", "Title")


def _asks(_: Options, families: Collection[Family]) -> tuple[str, ...]:
    return (LIBREOFFICE.title,) if Family.DOCX in families else ()


@operation(
    "merge-pdf",
    title="Merge PDFs",
    takes=[Family.PDF, Family.PHOTO, Family.DOCX],
    gives=".pdf",
    options=Options,
    group="PDF",
    shape=Shape.MANY_TO_ONE,
    preload=MERGER,
    depends=Depends.PLACES | Depends.COMPUTER,
    asks=_asks,
)
def merge_pdf(work: Work[Options]) -> Steps:
    """Join PDFs, pictures and Word documents into one PDF. Links, forms and bookmarks stay."""
    options, sources = work.options, _ordered(work)
    if options.join is Join.AFTER and not options.pages and not options.even:
        try:
            yield from _joined_as_they_are(work, sources)
            return
        except NotPlainError:
            pass  # something in one of them has to be mended
    total = len(sources) + 1
    wanted = _wanted(options.pages, len(sources))
    failed: list[BadInputError] = []
    with Merger(work) as merger:
        for done, (source, pages) in enumerate(zip(sources, wanted, strict=True), 1):
            try:
                for _ in _add(merger, source, pages, work):
                    yield done - 1, total
            except BadInputError as e:
                if options.damaged is Damaged.STOP:
                    raise
                failed.append(e)
                work.note(f"Left out: {e}")
            yield done, total
        if len(failed) == len(sources):
            raise failed[0]
        if options.join is not Join.AFTER:
            merger.alternate(is_second_backwards=options.join is Join.ALTERNATE_BACKWARDS)
        work.expect(pages=merger.pages)
        merger.save(
            work.target,
            has_bookmarks=options.bookmarks,
            has_names=options.file_names and options.join is Join.AFTER,
            title=options.title,
        )
        yield total, total


def _joined_as_they_are(work: Work[Options], sources: Sequence[Source]) -> Steps:
    options, total = work.options, len(sources) + 1
    with writing(work.target), work.target.open("wb") as file:
        joiner = Joiner(file)
        for done, source in enumerate(sources, 1):
            joiner.add(source)
            yield done, total
        has_names = options.bookmarks and options.file_names
        joiner.finish(has_bookmarks=options.bookmarks, has_names=has_names, title=options.title)
    work.expect(pages=joiner.pages)
    yield total, total


def _add(merger: Merger, source: Source, pages: str | None, work: Work[Options]) -> Iterator[None]:
    options, name = work.options, source.path.name
    if options.even and options.join is Join.AFTER and merger.pages % 2:
        merger.blank_page()
    made = yield from as_pdf(source, work, options.photo_page)
    pdf = merger.opened(source) if made is None else merger.keep(made)
    merger.add(source, pdf, pdf_pages.listed(pages, len(pdf.pages), name))


def _ordered(work: Work[Options]) -> Sequence[Source]:
    match work.options.order:
        case Order.NAME:
            return sorted(work.sources, key=lambda source: natural(source.path.name))
        case Order.DATE:
            return sorted(work.sources, key=_changed)
    return work.sources


def _changed(source: Source) -> int:
    with reading(source.path):
        return source.path.stat().st_mtime_ns


def _wanted(pages: str | None, count: int) -> list[str | None]:
    """The list of pages of each document."""
    if not pages or ";" not in pages:
        return [pages] * count
    lists: list[str | None] = [*pages.split(";")]
    if len(lists) != count:
        raise UsageError(
            f"There are {count} documents, and --pages has lists for {len(lists)}. "
            "Give one list for all, or one for each, with semicolons between them."
        )
    return lists
