"""Tells whether a password opens a protected file. Runs in a killable process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopproc.core.errors import NeedsPasswordError, ProcError
from desktopproc.core.operation import Work
from desktopproc.formats.office_unlocking import unlocked
from desktopproc.formats.pdf_errors import is_pdf, reading_pdf
from desktopproc.formats.pdfs import unlocking


def opens(path: Path, passwords: Sequence[str]) -> bool:
    """Whether one of these opens it, or it needs none; what is wrong with it else is no matter.

    Hostile files can take minutes and gigabytes here: call it in a process with limits.
    """
    work: Work[Any] = Work([], path, None, passwords=tuple(passwords))  # writes nothing
    try:
        content = path.read_bytes()
        if is_pdf(content):
            _open_pdf(path.name, content, work)
        else:
            unlocked(path.name, content, work)
    except NeedsPasswordError:
        return False
    except (ProcError, OSError):
        return True
    return True


def _open_pdf(name: str, content: bytes, work: Work[Any]) -> None:
    import pymupdf  # heavy, and only ever wanted in a process that may be killed

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with (
        reading_pdf(name, pymupdf.mupdf.FzErrorBase),
        pymupdf.open(stream=content, filetype="pdf") as pdf,
    ):
        unlocking.by_pymupdf(name, pdf, work)
