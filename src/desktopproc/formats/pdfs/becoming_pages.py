"""Turns what is no PDF into the pages of one, to be joined with others."""

import io
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.core.job import Family
from desktopproc.core.operation import Source, Work
from desktopproc.core.reading import reading
from desktopproc.formats.headers.in_memory import InMemory
from desktopproc.formats.pdf_document import Properties
from desktopproc.formats.pdf_errors import is_pdf
from desktopproc.formats.pdf_layout import Layout, Paper
from desktopproc.formats.pdf_photos import Look, PhotoPdf
from desktopproc.formats.sniff import sniff

if TYPE_CHECKING:
    from pikepdf import Pdf

_HEAD = 64 * 1024


class PhotoPage(StrEnum):
    """How large the page of a picture is."""

    PICTURE = "picture"
    A4 = "a4"
    LETTER = "letter"


def as_pdf(source: Source, work: Work[Any], page: PhotoPage) -> "Pdf | None":
    """The pages of a picture, without loss; None for what is to be opened as a PDF."""
    import pikepdf

    head = _head(source)
    if is_pdf(head) or sniff(InMemory(head, source.path.name)).family is not Family.PHOTO:
        return None
    buffer = io.BytesIO()
    layout = Layout(paper=Paper(page.value))
    with PhotoPdf(buffer, layout, Look(), Properties()) as pdf:
        for _ in pdf.add(source, work):
            pass
        pdf.finish()
    return pikepdf.open(buffer)


def _head(source: Source) -> bytes:
    if source.data is not None:
        return source.data[:_HEAD]
    with reading(source.path), source.path.open("rb") as file:
        return file.read(_HEAD)
