"""Takes the text out of documents: PDF, Word, RTF, ODT, EPUB, web pages, plain text."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.errors import UnsupportedError
from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.parts import Part, even_parts
from desktopproc.core.schema import option
from desktopproc.formats import pdf, pdf_pages
from desktopproc.formats.docx_package import is_word
from desktopproc.formats.office_unlocking import unlocked
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.texts.blocks import Page, Parts
from desktopproc.formats.texts.text_file import Format, Writer, part_file, text_file


class Between(StrEnum):
    """What stands between two pages."""

    FORM_FEED = "form-feed"
    BLANK_LINE = "blank-line"


class Order(StrEnum):
    """In which order the text of a page is told."""

    READING = "reading"
    STORED = "stored"


class Chunks(StrEnum):
    """Whether the text is cut up for language models, and what the size of a piece counts."""

    NO = "no"
    CHARACTERS = "characters"
    TOKENS = "tokens"


class ChunksAs(StrEnum):
    """How chunks are stored."""

    JSONL = "jsonl"
    FILES = "files"


_BETWEEN = {Between.FORM_FEED: "\f", Between.BLANK_LINE: "\n"}
_OTHERWISE = frozenset({".pdf", ".docx", ".docm", ".dotx", ".dotm"})  # what no text is named
_LEAST_PLAIN, _LEAST_READ = 100, 20  # pages that are worth a worker of their own
_CUT = (Chunks.CHARACTERS, Chunks.TOKENS)


@dataclass(frozen=True, slots=True)
class Options:
    format: Format = option(
        Format.TEXT,
        "Write as",
        "Markdown and JSON tell headings, lists and tables apart; JSON holds their places too.",
        labels={"txt": "Plain text", "md": "Markdown", "json": "JSON with positions"},
        aliases={"text": "txt", "markdown": "md"},
    )
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    between: Between = option(
        Between.FORM_FEED,
        "Between pages",
        "Of plain text. Word documents have no pages.",
        when=("format", (Format.TEXT,)),
    )
    headers: bool = option(
        default=True,
        label="Headers and footers",
        help="What stands at the top and bottom of pages; once for Word documents.",
    )
    order: Order = option(
        Order.READING,
        "Order",
        "Reading order parts columns of text that the file stores line by line across the page.",
        labels={"reading": "Reading order", "stored": "As stored in the file"},
        section="PDF",
    )
    dehyphenate: bool = option(
        default=True,
        label="Join hyphenated words",
        help="Words that were broken at the end of a line become whole again.",
        section="PDF",
    )
    ligatures: bool = option(
        default=False,
        label="Keep ligatures",
        help="Keep signs such as \N{LATIN SMALL LIGATURE FI} instead of single letters.",
        section="PDF",
    )
    tables: bool = option(
        default=True,
        label="Find tables",
        help="Tables with ruled lines, for Markdown and JSON. Takes longer.",
        section="PDF",
        when=("format", (Format.MARKDOWN, Format.JSON)),
    )
    notes: bool = option(
        default=True,
        label="Footnotes and endnotes",
        help="Of Word documents; they follow the text.",
        section="Word",
    )
    comments: bool = option(
        default=False,
        label="Comments",
        help="What was written in the margin of Word documents, with who wrote it.",
        section="Word",
    )
    chunk: Chunks = option(
        Chunks.NO,
        "Cut into chunks",
        "Pieces for language models that end with a paragraph or sentence where possible, never "
        "inside a word. Tokens are estimated, mostly to within a fifth: leave some room.",
        labels={"no": "No", "characters": "By characters", "tokens": "By tokens (estimated)"},
        section="Language models",
    )
    chunk_size: int = option(
        1000,
        "Size",
        "The most that one chunk holds.",
        lo=20,
        hi=1_000_000,
        section="Language models",
        when=("chunk", _CUT),
    )
    overlap: int = option(
        100,
        "Overlap",
        "How much of a chunk is repeated in the next, at most half.",
        lo=0,
        hi=500_000,
        section="Language models",
        when=("chunk", _CUT),
    )
    chunks_as: ChunksAs = option(
        ChunksAs.JSONL,
        "Store chunks as",
        "JSON Lines also holds source, pages and headings of each chunk.",
        labels={"jsonl": "One JSON Lines file", "files": "Numbered text files"},
        section="Language models",
        when=("chunk", _CUT),
    )


def _suffix(options: Options, _: str) -> str:
    is_lines = options.chunk is not Chunks.NO and options.chunks_as is ChunksAs.JSONL
    return ".jsonl" if is_lines else f".{options.format}"


def _shape(options: Options) -> Shape:
    is_folder = options.chunk is not Chunks.NO and options.chunks_as is ChunksAs.FILES
    return Shape.ONE_TO_FOLDER if is_folder else Shape.ONE_TO_ONE


def _parts(options: Options, facts: Facts, workers: int) -> Sequence[Part]:
    if facts.kind is not Family.PDF or not facts.pages:
        return ()
    count = len(pdf_pages.chosen(options.pages, facts.pages, facts.path.name))
    least = _LEAST_PLAIN if _is_plain(options) else _LEAST_READ
    return even_parts(count, workers, least=least)


def _join(work: Work[Options], files: Sequence[Path]) -> Steps:
    with _writer(work) as writer:
        for done, file in enumerate(files):
            for _ in writer.take(file):
                yield done, len(files)
        yield len(files), len(files)
    _tell(work, writer)


@operation(
    "extract-text",
    title="Extract text",
    takes=[Family.PDF, Family.DOCX, Family.TEXT],
    gives=_suffix,
    options=Options,
    group="Documents",
    shape=_shape,
    preload=[pdf.READER, pdf.__name__],
    parts=_parts,
    join=_join,
    depends=Depends.NAMES,
)
def extract_text(work: Work[Options]) -> Steps:
    """Write the text of each PDF, Word or text document as plain text, Markdown or JSON."""
    name = work.source.path.name
    content = unlocked(name, work.source.read(), work)
    if is_pdf(content) or not content:
        yield from _pdf(work, content)
        return
    from desktopproc.formats.texts import text_documents  # deferred, as are others: start-up

    if (kind := text_documents.kind_of(content)) or not is_word(content):
        yield from _text_document(work, kind, content)
    else:
        yield from _word(work, content)


def _word(work: Work[Options], content: bytes) -> Steps:
    from desktopproc.formats import docx

    options = work.options
    wanted = Parts(options.headers, options.notes, options.comments)
    steps = docx.reading(work.source.path.name, content, work.note, wanted)
    blocks, total = yield from steps
    for _ in _write(work, iter([Page(tuple(blocks))]), 1):
        yield total, total


def _text_document(work: Work[Options], kind: str, content: bytes) -> Steps:
    from desktopproc.formats.texts import text_documents

    name, options = work.source.path.name, work.options
    if work.source.path.suffix.lower() in _OTHERWISE and kind in {"html", "text", ""}:
        raise UnsupportedError(
            f"{name} is neither a PDF nor a Word document. Check what it really is."
        )
    if not kind:
        raise UnsupportedError(f"{name} is no document with text. Check what it really is.")
    wanted = Parts(options.headers, options.notes, options.comments)
    with text_documents.pages_of(name, kind, content, work.note, wanted) as (total, pages):
        yield from _write(work, pages, total)


def _pdf(work: Work[Options], content: bytes) -> Steps:
    name = work.source.path.name
    with pdf.opened(replace(work.source, data=content), work) as document:
        pages = work.share(pdf_pages.chosen(work.options.pages, document.pages, name))
        yield from _write(work, _pdf_pages(work, document, pages), len(pages))


def _pdf_pages(
    work: Work[Options], document: pdf.Document, pages: Sequence[int]
) -> Iterator[Page | str]:
    options = work.options
    style = pdf.TextStyle(
        options.dehyphenate,
        options.ligatures,
        as_stored=options.order is Order.STORED,
        with_tables=options.tables and options.format is not Format.TEXT,
        with_margins=options.headers,
    )
    read = pdf.texts if _is_plain(options) else pdf.blocks
    return read(document, pages, style, work)


def _is_plain(options: Options) -> bool:
    """Whether MuPDF's own plain text will do, which is the quickest by far."""
    return options.format is Format.TEXT and options.chunk is Chunks.NO and options.headers


def _write(work: Work[Options], pages: Iterator[Page | str], total: int) -> Steps:
    """Write the pages as they come, memory staying flat."""
    with _writer(work) if work.part is None else _part_writer(work) as writer:
        for done, page in enumerate(pages, 1):
            writer.write(page)
            yield done, total
    if work.part is None:
        _tell(work, writer)


def _tell(work: Work[Options], writer: Writer) -> None:
    if writer.too_long:
        work.note("Some chunks are longer than asked, because a single word in them is.")
    if writer.has_text:
        return
    is_pdf = work.source.path.suffix.lower() == ".pdf"
    sentence = f"No text was found.{' Its pages may be pictures of text.' if is_pdf else ''}"
    if _shape(work.options) is Shape.ONE_TO_FOLDER:
        work.skip(sentence)
    else:
        work.note(sentence)


def _writer(work: Work[Options]) -> AbstractContextManager[Writer]:
    options, source = work.options, work.source.path.name
    if options.chunk is Chunks.NO:
        return text_file(work.target, source, options.format, _BETWEEN[options.between])
    from desktopproc.formats.texts.chunk_file import chunk_files, chunk_lines
    from desktopproc.formats.texts.chunks import Chunker, Unit

    overlap = min(options.overlap, options.chunk_size // 2)
    if overlap < options.overlap:
        work.note(f"The overlap was reduced to {overlap:,}, half the size of a chunk.")
    chunker = Chunker(Unit(options.chunk.value), options.chunk_size, overlap)
    store = chunk_files if options.chunks_as is ChunksAs.FILES else chunk_lines
    return store(work.target, source, options.format, chunker)


def _part_writer(work: Work[Options]) -> AbstractContextManager[Writer]:
    if work.options.chunk is Chunks.NO:
        return part_file(work.target, work.options.format, _BETWEEN[work.options.between])
    from desktopproc.formats.texts.chunk_file import part_pages

    return part_pages(work.target)
