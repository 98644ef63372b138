"""Asks a PDF how many pages it has and whether it needs a password. Runs in a killable process."""

from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What phase 1 wants to know of a PDF."""

    pages: int | None
    needs_password: bool = False


def read(path: Path) -> PdfFacts:
    """Open the PDF and ask; damaged when it cannot be opened or has no pages.

    Hostile files can take minutes and gigabytes here: call it in a process with limits.
    """
    import pymupdf  # heavy, and only ever wanted in a process that may be killed

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    damaged = f"{path.name} is damaged and cannot be opened as a PDF. Get another copy of it."
    try:
        with path.open("rb") as file, pymupdf.open(stream=file.read(), filetype="pdf") as document:
            if document.needs_pass:
                return PdfFacts(None, needs_password=True)
            pages = document.page_count
    except MemoryError:
        raise
    except (RuntimeError, ValueError) as e:  # pymupdf's errors derive from these two
        raise BadInputError(damaged) from e
    if pages <= 0:
        raise BadInputError(f"{path.name} is damaged: it has no pages. Get another copy of it.")
    return PdfFacts(pages)
