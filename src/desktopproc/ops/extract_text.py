"""Takes the text out of a PDF or Word document."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from desktopproc.core.errors import UnsupportedError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option
from desktopproc.formats import docx, pdf, pdf_pages
from desktopproc.formats.docx_package import is_word
from desktopproc.formats.office_unlocking import unlocked
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.writing import writing


class Between(StrEnum):
    """What stands between two pages."""

    FORM_FEED = "form-feed"
    BLANK_LINE = "blank-line"


_BETWEEN = {Between.FORM_FEED: "\f", Between.BLANK_LINE: "\n"}


@dataclass(frozen=True, slots=True)
class Options:
    pages: str | None = option(
        None, "Pages", pdf_pages.HELP, pattern=pdf_pages.PATTERN, example=pdf_pages.EXAMPLE
    )
    between: Between = option(Between.FORM_FEED, "Between pages", "Word documents have no pages.")
    dehyphenate: bool = option(
        default=True,
        label="Join hyphenated words",
        help="Words that were broken at the end of a line become whole again.",
    )
    ligatures: bool = option(
        default=False,
        label="Keep ligatures",
        help="Keep signs such as \N{LATIN SMALL LIGATURE FI} instead of single letters.",
    )
    headers: bool = option(
        default=True,
        label="Headers and footers",
        help="Of Word documents; each is told once.",
    )


@operation(
    "extract-text",
    title="Extract text",
    takes=[Family.PDF, Family.DOCX],
    gives=".txt",
    options=Options,
    group="Documents",
    preload=[pdf.READER],
)
def extract_text(work: Work[Options]) -> Steps:
    """Write the text of each PDF or Word document into a plain text file (UTF-8)."""
    name = work.source.path.name
    content = unlocked(name, work.source.read(), work)
    if is_word(content):
        if not (yield from _write(work, iter([_word_text(work, content)]), 1)):
            work.note("No text was found.")
        return
    if content and not is_pdf(content):
        raise UnsupportedError(
            f"{name} is neither a PDF nor a Word document. Check what it really is."
        )
    with pdf.opened(replace(work.source, data=content), work) as document:
        pages = pdf_pages.chosen(work.options.pages, document.pages, name)
        style = pdf.TextStyle(work.options.dehyphenate, work.options.ligatures)
        if not (yield from _write(work, pdf.texts(document, pages, style, work), len(pages))):
            work.note("No text was found. Its pages may be pictures of text.")


def _word_text(work: Work[Options], content: bytes) -> str:
    name = work.source.path.name
    return docx.document_text(name, content, work.note, with_margins=work.options.headers)


def _write(
    work: Work[Options], texts: Iterator[str], total: int
) -> Generator[tuple[int, int], None, bool]:
    """Write the pages as they come, memory staying flat; the answer is whether there was text."""
    between = _BETWEEN[work.options.between]
    has_text = False
    with (
        writing(work.target),
        work.target.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
    ):
        for done, text in enumerate(texts, 1):
            has_text = has_text or bool(text.strip())
            file.write(text)
            if done < total:
                file.write(between)
            yield done, total
    return has_text
