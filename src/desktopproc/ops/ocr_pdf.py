"""Recognizes the text of scans and photos of paper."""

from collections.abc import Collection, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.errors import BadInputError, MissingProgramError, ProcError, WorkerError
from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Output, Steps, Work, operation
from desktopproc.core.parts import Part, even_parts
from desktopproc.core.schema import option
from desktopproc.formats import pdf, pdf_pages
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.recognition import (
    bundled,
    languages,
    parts,
    pictures,
    searchable,
    tesseract,
)
from desktopproc.formats.recognition.hidden import without_hidden_text
from desktopproc.formats.recognition.page import Engine, Outcome, PageRead, Wishes, recognized
from desktopproc.formats.recognition.parts import Record
from desktopproc.formats.recognition.searchable import SearchablePdf
from desktopproc.formats.recognition.sheets import Content, Sheet
from desktopproc.formats.recognition.telling import Told, sentences
from desktopproc.formats.writing import writing

At = tuple[int, int]
_LEAST_PAGES, _MOST_PAGES = 2, 10  # of a part; other jobs wait for one to end
_MOST_FAILURES = 3  # in a row; an engine that fails so often will go on failing


class Result(StrEnum):
    """What comes out."""

    PDF = "pdf"
    TEXT = "text"
    BOTH = "both"


class Recognizer(StrEnum):
    """What reads the text."""

    AUTO = "auto"
    TESSERACT = "tesseract"
    BUILT_IN = "built-in"


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
        "Redo replaces the layer of an earlier recognition. Force makes pictures of pages whose "
        "text is of no use.",
        labels={"skip": "Leave as they are", "redo": "Redo", "force": "Force"},
    )
    engine: Recognizer = option(
        Recognizer.AUTO,
        "Read with",
        "Automatic takes Tesseract where it is installed. The built-in models know Latin, Chinese "
        "and Japanese writing, and take several times as long.",
        labels={"auto": "Automatic", "tesseract": "Tesseract", "built-in": "Built-in models"},
        section="Recognition",
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


def _parts(options: Options, facts: Facts, workers: int) -> Sequence[Part]:
    """A page takes seconds: already a few of them are worth a worker of their own."""
    count = facts.pages
    if count and options.pages:
        count = len(pdf_pages.chosen(options.pages, count, facts.path.name))
    return even_parts(count, workers, least=_LEAST_PAGES, most=_MOST_PAGES)


def _asks(options: Options, _: Collection[Family]) -> tuple[str, ...]:
    return () if options.engine is Recognizer.BUILT_IN else (tesseract.TITLE,)


def _join(work: Work[Options], files: Sequence[Path]) -> Steps:
    """Write the result from what the workers have recognized of the same source."""
    content = yield from _content(work)
    with (
        _opened(work, content) as document,
        searchable.opened(work, content, document.pages) as made,
    ):
        result = _Result(work, document, made)
        for done, file in enumerate(files):
            for record in parts.stored(file):
                result.add(record)
                yield done, len(files)
        result.finish(content)
    yield len(files), len(files)


@operation(
    "ocr-pdf",
    title="Recognize text (OCR)",
    takes=[Family.PDF, Family.PHOTO],
    gives=_outputs,
    options=Options,
    group="PDF",
    preload=[pdf.READER],
    parts=_parts,
    join=_join,
    depends=Depends.NAMES | Depends.COMPUTER,
    asks=_asks,
)
def ocr_pdf(work: Work[Options]) -> Steps:
    """Recognize the text of scans and photos of paper, for a searchable PDF or plain text.

    The pages stay as they are, with invisible text under them.
    """
    content = yield from _content(work)
    with _opened(work, content) as document:
        pages = work.share(pdf_pages.chosen(work.options.pages, document.pages, document.name))
        reader = _Reader(work, document)
        if work.part is not None:
            records = []
            for done, index in enumerate(pages):
                records.append((yield from reader.page(index, (done, len(pages)))))
            parts.write(work.target, records)
        else:
            with searchable.opened(work, content, document.pages) as made:
                result = _Result(work, document, made)
                for done, index in enumerate(pages):
                    result.add((yield from reader.page(index, (done, len(pages)))))
                result.finish(content)
    yield len(pages), len(pages)


def _content(work: Work[Options]) -> Generator[At, None, bytes]:
    """The source as a PDF, without an earlier layer where that is to be replaced."""
    source, options = work.source, work.options
    content = unlocking.freed(source.path.name, source.read(), work)
    if content and not is_pdf(content):
        return (yield from pictures.bound(replace(source, data=content), work, options.dpi))
    yield 0, 1
    if not content or options.existing is Existing.SKIP:
        return content
    return without_hidden_text(work, content, partial(pdf_pages.chosen, options.pages))


def _opened(work: Work[Options], content: bytes) -> AbstractContextManager[pdf.Document]:
    return pdf.opened(replace(work.source, data=content), work)


@dataclass(slots=True)
class _Reader:
    """Recognizes pages one after the other."""

    work: Work[Options]
    document: pdf.Document
    engine: Engine | None = None
    failures: int = 0  # in a row

    def page(self, index: int, at: At) -> Generator[At, None, Record]:
        """Recognize a page where that is needed; one that fails gets no text."""
        yield at
        try:
            record = yield from self._read(index, at)
        except (BadInputError, WorkerError) as e:
            self.failures += isinstance(e, WorkerError)
            if self.failures >= _MOST_FAILURES:
                raise WorkerError(f"{_bare(e)}, for {_MOST_FAILURES} pages in a row.") from e
            return Record(PageRead(index, Outcome.FAILED, failure=_bare(e)), "")
        self.failures = 0
        return record

    def _read(self, index: int, at: At) -> Generator[At, None, Record]:
        options, sheet = self.work.options, Sheet.of(self.document, index)
        content = sheet.content()
        as_picture = options.existing is Existing.FORCE and content.has_shown_text
        if as_picture:
            content = Content()
        there = sheet.text() if content.letters else ""
        if not content.is_scan:
            return Record(PageRead(index, Outcome.HAS_TEXT), there)
        wishes = Wishes(options.rotate, options.clean, self.work.max_pixels)
        read = yield from recognized(sheet, content, self._ready, wishes, at)
        return Record(read, there + read.reading.text, as_picture)

    def _ready(self) -> Engine:
        """The engine; looked for when the first page needs it, so that a job may do without."""
        if self.engine is None:
            self.engine = _engine(self.work)
        return self.engine


@dataclass(slots=True)
class _Result:
    """What is made of the pages, in the order in which they were asked for."""

    work: Work[Options]
    document: pdf.Document
    made: SearchablePdf
    told: list[Told] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Put the words of a page under it, and its text with that of the others."""
        read, options = record.read, self.work.options
        if record.as_picture:
            sheet = Sheet.of(self.document, read.index)
            dpi = sheet.fitting_dpi(Content().best_dpi)
            image = sheet.drawn(dpi, self.work.max_pixels, only_content=True)
            self.made.replace(read.index, image, sheet.from_pixels(dpi))
        self.made.add(read, straighten=options.deskew)
        self.told.append(Told.of(read))
        self.texts.append(record.text)

    def finish(self, content: bytes) -> None:
        """Write the files and say what became of the pages; an error when none was recognized."""
        if all(page.outcome is Outcome.FAILED for page in self.told):
            raise BadInputError(f"{self.document.name} got no text: {self.told[0].failure}.")
        if self.work.options.result is not Result.TEXT:
            self._write_pdf(content)
        if self.work.options.result is not Result.PDF:
            self._write_text(self.work.targets[-1])
        for sentence in sentences(self.told):
            self.work.note(sentence)

    def _write_pdf(self, content: bytes) -> None:
        """A PDF in which nothing changes keeps every byte."""
        target = self.work.target
        if self.made.is_changed or self.made.is_encrypted or self.document.pdf.is_repaired:
            if self.made.is_signed:
                self.work.note("The PDF was signed; its signature does not hold for the result.")
            self.made.save(target)
        else:
            with writing(target):
                target.write_bytes(content)
        self.work.expect(pages=self.made.pages)

    def _write_text(self, target: Path) -> None:
        """The text of the pages with a form feed between two of them."""
        with (
            writing(target),
            target.open("w", encoding="utf-8", errors="replace", newline="\n") as f,
        ):
            f.write("\f".join(self.texts))


def _engine(work: Work[Options]) -> Engine:
    """The engine wanted, or the one there is; MissingProgramError says how to install one."""
    wanted, limit_s = work.options.engine, work.options.page_timeout
    has_built_in = bundled.is_installed()
    if wanted is Recognizer.BUILT_IN and not has_built_in:
        raise MissingProgramError(
            "The built-in models are not installed. "
            "Install them: pip install 'desktopproc[ocr]', or use Tesseract."
        )
    if wanted is Recognizer.AUTO and has_built_in:
        if reason := work.outside.rest_of(tesseract.TITLE):
            work.note(f"Read with the built-in models. {reason}")
        if reason or not tesseract.is_installed():
            wanted = Recognizer.BUILT_IN
    if wanted is Recognizer.BUILT_IN:
        return bundled.Bundled(limit_s)
    return tesseract.found(work.options.language, limit_s, work.outside)


def _bare(error: ProcError) -> str:
    return str(error).rstrip(".")
