"""Asks a PDF how many pages it has and whether it needs a password. Runs in a killable process."""

from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import BadInputError, Failure, OutOfMemoryError, ReadFailedError


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What phase 1 wants to know of a PDF."""

    pages: int | None = None
    needs_password: bool = False
    error: Failure | None = None


def read(path: Path) -> PdfFacts:
    """Open the PDF and ask; never raises. Damaged when it cannot be opened or has no pages.

    Hostile files can take minutes and gigabytes here: call it in a process with limits.
    """
    import pymupdf  # heavy, and only ever wanted in a process that may be killed

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        with _opened(path) as document:
            if not document.is_pdf:  # it opens whatever it recognises
                return _damaged(path, "it cannot be opened as a PDF")
            if document.needs_pass:
                return PdfFacts(needs_password=True)
            pages = int(document.page_count)
    except MemoryError:
        error = OutOfMemoryError(f"{path.name} needs too much memory to be opened.")
        return PdfFacts(error=Failure.of(error))
    except OSError as e:
        unread = ReadFailedError(f"{path.name} cannot be read: {e.strerror}. Retry.")
        return PdfFacts(error=Failure.of(unread))
    except (RuntimeError, ValueError):  # what pymupdf raises, its own errors included
        return _damaged(path, "it cannot be opened as a PDF")
    return PdfFacts(pages) if pages > 0 else _damaged(path, "it has no pages")


def _opened(path: Path):  # type: ignore[no-untyped-def]  # pymupdf has no types
    import pymupdf  # see above

    try:
        path.name.encode()
    except UnicodeEncodeError:  # MuPDF takes UTF-8 names only
        return pymupdf.open(stream=path.read_bytes(), filetype="pdf")
    return pymupdf.open(path, filetype="pdf")


def _damaged(path: Path, why: str) -> PdfFacts:
    sentence = f"{path.name} is damaged: {why}. Get another copy of it."
    return PdfFacts(error=Failure.of(BadInputError(sentence)))
