"""Opens a PDF to change what it is made of, and writes it back as it was protected."""

import io
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from desktopproc.core.errors import OutputError
from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS, check_is_pdf, needs_password, reading_pdf
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs.archival import declared_level
from desktopproc.formats.pdfs.signatures import check_unsigned
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    from pikepdf import Pdf

CHANGER = ("pikepdf",)
"""What worker processes import once for operations that change PDFs."""

_NOT_DISK = tuple(kind for kind in LIBRARY_ERRORS if kind is not OSError)


@contextmanager
def opened(source: Source, work: Work[Any], *, break_signatures: bool) -> Iterator["Pdf"]:
    """Open one source of a job for changes; a PDF that had to be mended is told on the row."""
    import pikepdf

    name, content = source.path.name, source.read()
    check_is_pdf(name, content)
    with closing(_opened(name, content, work)) as pdf, reading_pdf(name, pikepdf.PikepdfError):
        check_unsigned(pdf, name, work, may_break=break_signatures)
        yield pdf
        if pdf.get_warnings():
            work.note(repaired_note(name))


def _opened(name: str, content: bytes, work: Work[Any]) -> "Pdf":
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(content))
        if len(pdf.pages):
            return pdf
    except pikepdf.PasswordError as e:
        raise needs_password(name) from e
    except (pikepdf.PikepdfError, *LIBRARY_ERRORS):
        pass
    whole = mended(name, content)
    work.note(repaired_note(name))
    with reading_pdf(name, pikepdf.PikepdfError):
        return pikepdf.open(io.BytesIO(whole))


def save(pdf: "Pdf", target: Path, work: Work[Any], *, linearize: bool = False) -> None:
    """Write a changed PDF; what was protected stays so, with the same passwords.

    Its streams are written as they are, so that whoever changed one has packed it too.
    """
    work.expect(pages=len(pdf.pages))
    if pdf.is_encrypted:
        work.note("The result is protected with the same passwords.")
    with writing(target), target.open("wb") as file:
        _write(pdf, file, linearize=linearize)


def size_of(pdf: "Pdf", *, linearize: bool = False) -> int:
    """How many bytes the document would have."""
    file = io.BytesIO()
    _write(pdf, file, linearize=linearize)
    return file.tell()


def _write(pdf: "Pdf", file: BinaryIO, *, linearize: bool) -> None:
    import pikepdf

    # ISO 19005-1, 6.1.4: an archival file of the first part may hold no object streams
    modes = pikepdf.ObjectStreamMode
    is_first_part = declared_level(pdf).startswith("1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it suspects copied pages where nothing was copied
            pdf.save(
                file,
                object_stream_mode=modes.disable if is_first_part else modes.generate,
                # pikepdf does not take this one together with encryption
                stream_decode_level=None if pdf.is_encrypted else pikepdf.StreamDecodeLevel.none,
                fix_metadata_version=False,
                linearize=linearize,
                encryption=pdf.is_encrypted,
            )
    except (pikepdf.PikepdfError, *_NOT_DISK) as e:
        raise OutputError(f"The document could not be written: {e}.") from e
