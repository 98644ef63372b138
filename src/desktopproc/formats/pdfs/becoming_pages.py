"""Turns what is no PDF into the pages of one, to be joined with others."""

import io
import tempfile
from collections.abc import Generator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.job import Family
from desktopproc.core.operation import Source, Work
from desktopproc.core.reading import reading
from desktopproc.formats.docx_package import is_word
from desktopproc.formats.headers.in_memory import InMemory
from desktopproc.formats.office_unlocking import unlocked
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.sniff import sniff

if TYPE_CHECKING:
    from pikepdf import Pdf

_HEAD = 64 * 1024


class PhotoPage(StrEnum):
    """How large the page of a picture is."""

    PICTURE = "picture"
    A4 = "a4"
    LETTER = "letter"


def as_pdf(source: Source, work: Work[Any], page: PhotoPage) -> Generator[None, None, "Pdf | None"]:
    """The pages of a picture, without loss, or of a Word document; None for anything else.

    Every step is a stop point.
    """
    head = _head(source)
    if is_pdf(head):
        return None
    if sniff(InMemory(head, source.path.name)).family is Family.PHOTO:
        return (yield from _picture(source, work, page))
    if not is_word(head):
        return None
    content = unlocked(source.path.name, source.read(), work)
    return (yield from _word(source.path.name, content, work))


def _picture(source: Source, work: Work[Any], page: PhotoPage) -> Generator[None, None, "Pdf"]:
    import pikepdf

    from desktopproc.formats.pdf_document import Properties  # deferred: most join PDFs alone
    from desktopproc.formats.pdf_layout import Layout, Paper
    from desktopproc.formats.pdf_photos import Look, PhotoPdf

    buffer = io.BytesIO()
    layout = Layout(paper=Paper(page.value))
    with PhotoPdf(buffer, layout, Look(), Properties()) as pdf:
        yield from pdf.add(source, work)
        pdf.finish()
    return pikepdf.open(buffer)


def _word(name: str, content: bytes, work: Work[Any]) -> Generator[None, None, "Pdf"]:
    """It is written to a folder of its own first, as LibreOffice gives files only."""
    import pikepdf

    from desktopproc.formats.word.converting import to_pdf  # deferred as above

    with tempfile.TemporaryDirectory(prefix="desktopproc-") as folder:
        file = Path(folder) / "document.pdf"

        def note(sentence: str) -> None:
            work.note(f"{name}: {sentence}")

        for _ in to_pdf(name, content, file, note, outside=work.outside):
            yield
        return pikepdf.open(io.BytesIO(file.read_bytes()))


def _head(source: Source) -> bytes:
    if source.data is not None:
        return source.data[:_HEAD]
    with reading(source.path), source.path.open("rb") as file:
        return file.read(_HEAD)
