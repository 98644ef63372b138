"""Opens PDFs so that their pages can be moved about, and saves what became of them."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from desktopproc.core.errors import OutputError
from desktopproc.core.operation import Source, Work
from desktopproc.core.reading import reading
from desktopproc.core.stages import Stage, during
from desktopproc.formats.pdf_errors import HEAD, LIBRARY_ERRORS, check_is_pdf, reading_pdf
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.pdfs.signatures import is_signed
from desktopproc.formats.pdfs.trailers import complete_trailer
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    from pikepdf import Pdf

T = TypeVar("T")

REBUILDER = ("pikepdf",)
"""What worker processes import once for operations that rebuild PDFs."""

_NOT_DISK = tuple(kind for kind in LIBRARY_ERRORS if kind is not OSError)


@contextmanager
def opened(source: Source, work: Work[Any], *, is_streamed: bool = False) -> Iterator["Pdf"]:
    """Open a PDF with at least one page; what had to be mended is told on the row.

    The document is read into memory as a whole, or, where many are open at once, as it is needed.
    It is never mapped: a source that is cut off meanwhile would end the process.
    """
    with _content(source, is_streamed=is_streamed) as file:
        yield from _used(source, file, work)


@contextmanager
def _content(source: Source, *, is_streamed: bool) -> Iterator[BinaryIO]:
    if source.data is not None or not is_streamed:
        yield io.BytesIO(source.read())
        return
    with reading(source.path):
        file = source.path.open("rb")
    with file:
        yield file


def _used(source: Source, file: BinaryIO, work: Work[Any]) -> Iterator["Pdf"]:
    with during(Stage.DECODE):
        pdf = _opened(source.path.name, file, work)
    try:
        if is_signed(pdf):
            work.note(f"{source.path.name} was signed; the signature does not hold for the result.")
        yield pdf
        if pdf.get_warnings():
            work.note(repaired_note(source.path.name))
    finally:
        pdf.close()


def _opened(name: str, file: BinaryIO, work: Work[Any]) -> "Pdf":
    import pikepdf

    check_is_pdf(name, file.read(HEAD))
    pdf = None
    try:
        pdf = unlocking.by_pikepdf(name, file, work)
        if len(pdf.pages) and not pdf.get_warnings():
            return pdf
    except (pikepdf.PikepdfError, *LIBRARY_ERRORS):
        pass
    if pdf is not None:
        pdf.close()
    return _mended(name, file, work)


def _mended(name: str, file: BinaryIO, work: Work[Any]) -> "Pdf":
    """Damage is mended by MuPDF: what qpdf makes of it cannot always be written again."""
    import pikepdf

    file.seek(0)
    whole = mended(name, file.read(), work)
    work.note(repaired_note(name))
    with reading_pdf(name, pikepdf.PikepdfError):
        return pikepdf.open(io.BytesIO(whole))


def told(steps: Iterator[T], name: str) -> Iterator[T]:
    """The same steps; what the PDF library says on the way is said in our words."""
    import pikepdf

    with reading_pdf(name, pikepdf.PikepdfError):
        yield from steps


def save(pdf: "Pdf", target: Path, name: str) -> None:
    """Write a document; `name` is the source, named when its parts cannot be written."""
    with during(Stage.ENCODE), writing(target), target.open("wb") as file:
        write(pdf, file, name)


def write(pdf: "Pdf", file: BinaryIO, name: str) -> None:
    """Write a document to an open file."""
    import pikepdf

    complete_trailer(pdf)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fields without a form are drawn all the same
            pdf.save(
                file,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                fix_metadata_version=False,  # metadata that cannot be parsed are kept as they are
            )
    except (pikepdf.PikepdfError, *_NOT_DISK) as e:
        raise OutputError(f"{name} could not be written anew: {e}. Repair it first.") from e
