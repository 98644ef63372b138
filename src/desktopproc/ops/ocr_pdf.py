"""Recognizes the text of scans and photos of paper."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from desktopproc.core.errors import BadInputError, MissingProgramError, ProcError, WorkerError
from desktopproc.core.job import Family
from desktopproc.core.operation import Output, Source, Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import pdf, pdf_pages
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.recognition import languages, pictures, searchable, tesseract
from desktopproc.formats.recognition.hidden import without_hidden_text
from desktopproc.formats.recognition.page import Engine, Outcome, PageRead, Wishes, recognized
from desktopproc.formats.recognition.searchable import SearchablePdf
from desktopproc.formats.recognition.sheets import Content, Sheet
from desktopproc.formats.recognition.telling import Told, sentences
from desktopproc.formats.writing import writing

At = tuple[int, int]
_MOST_FAILURES = 3  # in a row; an engine that fails so often will go on failing


class Result(StrEnum):
    """What comes out."""

    PDF = "pdf"
    TEXT = "text"
    BOTH = "both"


class Existing(StrEnum):
    """What happens to pages that have text."""

    SKIP = "skip"
    REDO = "redo"
    FORCE = "force"


@dataclass(frozen=True, slots=True)
class Options:
    result: Result = option(
        Result.PDF,
        "Result",
        "A searchable PDF looks like the scan; its text can be found and copied.",
        labels={"pdf": "Searchable PDF", "text": "Plain text", "both": "PDF and text"},
    )
    language: str | None = option(
        None,
        "Languages",
        "Of the text, such as eng or deu+eng. Empty: your system's language and English.",
        pattern=languages.PATTERN,
        example=languages.EXAMPLE,
    )
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    existing: Existing = option(
        Existing.SKIP,
        "Pages with text",
        "Redo replaces the invisible text of an earlier recognition. Force makes a picture of "
        "pages with real text, for PDFs whose text cannot be used.",
        labels={"skip": "Leave as they are", "redo": "Redo", "force": "Force"},
    )
    rotate: bool = option(
        default=True, label="Turn pages upright", help="Pages that lie on a side or on their head."
    )
    deskew: bool = option(
        default=False,
        label="Straighten pages",
        help="Turn crooked scans straight for the eye too. The picture is kept as it is stored.",
        when=("result", (Result.PDF, Result.BOTH)),
    )
    clean: bool = option(
        default=True,
        label="Clean up for reading",
        help="Even out shadows and paper colour before recognition; never in the result.",
        section="Recognition",
    )
    dpi: float | None = option(
        None,
        "Resolution",
        "Of pictures, instead of what they say; decides the size of the paper.",
        lo=10,
        hi=4800,
        unit="dpi",
        section="Recognition",
    )
    page_timeout: int = option(
        180,
        "Time limit per page",
        "A page that takes longer gets no text.",
        lo=1,
        hi=86_400,
        unit="s",
        section="Recognition",
    )


def _outputs(options: Options, _: str) -> tuple[Output, ...]:
    suffixes = {Result.PDF: (".pdf",), Result.TEXT: (".txt",), Result.BOTH: (".pdf", ".txt")}
    return tuple(Output(suffix) for suffix in suffixes[options.result])


@operation(
    "ocr-pdf",
    title="Recognize text (OCR)",
    takes=[Family.PDF, Family.PHOTO],
    gives=_outputs,
    options=Options,
    group="PDF",
    preload=[pdf.READER],
)
def ocr_pdf(work: Work[Options]) -> Steps:
    """Recognize the text of scans and photos of paper, for a searchable PDF or plain text.

    The pages stay as they are, with invisible text under them.
    """
    source = yield from _as_pdf(work)
    name, content = source.path.name, source.read()
    with pdf.opened(source, work) as document:
        pages = pdf_pages.chosen(work.options.pages, document.pages, name)
        with searchable.opened(name, content, document.pages) as made:
            run = _Run(work, document, made)
            for done, index in enumerate(pages):
                yield from run.page(index, (done, len(pages)))
            run.check()
            is_same = source is work.source and not document.pdf.is_repaired
            _write_pdf(work, made, content if is_same and not made.is_changed else None)
    _write_text(work, run.texts)
    for sentence in sentences(run.told):
        work.note(sentence)
    yield len(pages), len(pages)


def _as_pdf(work: Work[Options]) -> Generator[At, None, Source]:
    """The source itself, or what pages are made of it before they are looked at."""
    source, options = work.source, work.options
    content = unlocking.freed(source.path.name, source.read(), work)
    read = replace(source, data=content)
    if content and not is_pdf(content):
        bound = yield from pictures.bound(read, work, options.dpi, (0, 1))
        return replace(source, data=bound)
    if options.existing is Existing.SKIP or not content:
        work.sources = [read]
        return read
    with pdf.opened(read, work) as document:
        pages = pdf_pages.chosen(options.pages, document.pages, document.name)
    yield 0, len(pages)
    return replace(source, data=without_hidden_text(document.name, content, pages))


@dataclass(slots=True)
class _Run:
    """The pages of one job, recognized one after the other."""

    work: Work[Options]
    document: pdf.Document
    made: SearchablePdf
    told: list[Told] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    engine: Engine | None = None
    failures: int = 0  # in a row

    def page(self, index: int, at: At) -> Steps:
        """Recognize a page where that is needed; one that fails is told and gets no text."""
        yield at
        try:
            read = yield from self._read(index, at)
        except MissingProgramError:
            raise
        except (BadInputError, WorkerError) as e:
            self._fail(e)
            read = PageRead(index, Outcome.FAILED, failure=str(e).rstrip("."))
        else:
            self.failures = 0
        self.made.add(read, straighten=self.work.options.deskew)
        self.told.append(Told.of(read))

    def check(self) -> None:
        """Raise when not one page could be done."""
        if all(page.outcome is Outcome.FAILED for page in self.told):
            raise BadInputError(f"{self.document.name} got no text: {self.told[0].failure}.")

    def _read(self, index: int, at: At) -> Generator[At, None, PageRead]:
        options, sheet = self.work.options, Sheet.of(self.document, index)
        content = sheet.content()
        if options.existing is Existing.FORCE and content.has_shown_text:
            content = self._picture(sheet)
        there = sheet.text() if content.letters else ""
        if not content.is_scan:
            self.texts.append(there)
            return PageRead(index, Outcome.HAS_TEXT)
        wishes = Wishes(options.rotate, options.clean, self.work.max_pixels)
        self.texts.append(there)
        read = yield from recognized(sheet, content, self._ready, wishes, at)
        self.texts[-1] = there + read.reading.text
        return read

    def _ready(self) -> Engine:
        """The engine; looked for when the first page needs it, so that a job may do without."""
        if self.engine is None:
            options = self.work.options
            self.engine = tesseract.found(options.language, options.page_timeout)
        return self.engine

    def _picture(self, sheet: Sheet) -> Content:
        """Make the page a picture of itself, so that its old text is gone."""
        content = Content()
        dpi = sheet.fitting_dpi(content.best_dpi)
        image = sheet.drawn(dpi, self.work.max_pixels, only_content=True)
        self.made.replace(sheet.index, image, sheet.from_pixels(dpi))
        return content

    def _fail(self, error: ProcError) -> None:
        self.failures += isinstance(error, WorkerError)
        if self.failures >= _MOST_FAILURES:
            raise WorkerError(f"{error}; so did {_MOST_FAILURES} pages in a row.") from error


def _write_pdf(work: Work[Options], made: SearchablePdf, same: bytes | None) -> None:
    """Write the searchable PDF; one in which nothing changes keeps every byte (`same`)."""
    if work.options.result is Result.TEXT:
        return
    if same is not None:
        with writing(work.target):
            work.target.write_bytes(same)
    else:
        if made.is_signed:
            work.note("The PDF was signed; its signature does not hold for the result.")
        made.save(work.target)
    work.expect(pages=made.pages)


def _write_text(work: Work[Options], texts: Sequence[str]) -> None:
    """Write the text of the pages with a form feed between two of them."""
    if work.options.result is Result.PDF:
        return
    target = work.targets[-1]
    with writing(target), target.open("w", encoding="utf-8", errors="replace", newline="\n") as f:
        f.write("\f".join(texts))
