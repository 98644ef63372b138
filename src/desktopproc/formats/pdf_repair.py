"""Mends a PDF whose table of contents is broken, for readers that do not do so themselves."""

from typing import Any

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdfs import unlocking

_REPAIRED = "{} is damaged and was repaired while reading; check the result."


def repaired_note(name: str) -> str:
    """The one sentence for a PDF that had to be mended."""
    return _REPAIRED.format(name)


def mended(name: str, content: bytes, work: Work[Any]) -> bytes:
    """The same document written anew and without its password; BadInputError when nothing is
    left to save."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with (
        reading_pdf(name, pymupdf.mupdf.FzErrorBase),
        pymupdf.open(stream=content, filetype="pdf") as pdf,
    ):
        unlocking.by_pymupdf(name, pdf, work)
        if not pdf.page_count:
            raise BadInputError(f"{name} has no pages that can be read.")
        whole: bytes = pdf.tobytes(garbage=1)
        return whole
