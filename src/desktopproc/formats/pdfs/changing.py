"""Opens a PDF to change what it is made of, unless it is signed, and writes what became of it."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from desktopproc.core.errors import BadInputError, OutputError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS, reading_pdf
from desktopproc.formats.pdfs import rebuilding
from desktopproc.formats.pdfs.archival import declared_level
from desktopproc.formats.pdfs.signatures import is_signed
from desktopproc.formats.pdfs.trailers import complete_trailer
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    from pikepdf import Pdf

CHANGER = rebuilding.REBUILDER
"""What worker processes import once for operations that change PDFs."""

_NOT_DISK = tuple(kind for kind in LIBRARY_ERRORS if kind is not OSError)


@contextmanager
def opened(source: Source, work: Work[Any], *, break_signatures: bool) -> Iterator["Pdf"]:
    """Open one source of a job for changes; what had to be mended is told on the row."""
    import pikepdf

    name = source.path.name
    with (
        rebuilding.opened(source, work) as pdf,
        reading_pdf(name, pikepdf.PikepdfError, what="a part of it"),
    ):
        if not break_signatures and is_signed(pdf):
            raise BadInputError(
                f"{name} is signed, and any change breaks its signatures. "
                "Allow that in the options, or leave it out."
            )
        yield pdf


def tell_of_archival(pdf: "Pdf", work: Work[Any]) -> None:
    """Say that a changed document may no longer be what it claims to be."""
    if level := declared_level(pdf):
        work.note(f"It claims to follow PDF/A-{level}, which may no longer be so. Check it.")


def save(pdf: "Pdf", target: Path, work: Work[Any], *, linearize: bool = False) -> None:
    """Write a changed PDF without protection.

    Its streams are written as they are, so that whoever changed one has packed it too.
    """
    work.expect(pages=len(pdf.pages))
    with during(Stage.ENCODE), writing(target), target.open("wb") as file:
        _write(pdf, file, linearize=linearize)


def size_of(pdf: "Pdf", *, linearize: bool = False) -> int:
    """How many bytes the document would have."""
    file = io.BytesIO()
    _write(pdf, file, linearize=linearize)
    return file.tell()


def _write(pdf: "Pdf", file: BinaryIO, *, linearize: bool) -> None:
    import pikepdf

    complete_trailer(pdf)
    # ISO 19005-1, 6.1.4: an archival file of the first part may hold no object streams
    modes = pikepdf.ObjectStreamMode
    is_first_part = declared_level(pdf).startswith("1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it suspects copied pages where nothing was copied
            pdf.save(
                file,
                object_stream_mode=modes.disable if is_first_part else modes.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                fix_metadata_version=False,
                linearize=linearize,
            )
    except (pikepdf.PikepdfError, *_NOT_DISK) as e:
        raise OutputError(f"The document could not be written: {e}.") from e
