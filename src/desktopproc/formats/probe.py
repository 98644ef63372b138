"""Finds out about one file what phase 1 wants to know; never raises, never reads a whole file."""

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from desktopproc.core.errors import (
    BadInputError,
    Failure,
    MissingInputError,
    PermissionDeniedError,
    ProcError,
    ReadFailedError,
    UnsupportedError,
)
from desktopproc.core.job import Facts, Family
from desktopproc.formats import docx_probe
from desktopproc.formats.headers import readers
from desktopproc.formats.headers.source import Source
from desktopproc.formats.pdf_probe import PdfFacts
from desktopproc.formats.sniff import Kind, sniff

AskPdf = Callable[[Path], PdfFacts]

# A pipe that took the file's place meanwhile must not block; Windows knows only the last flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def probe(path: Path, ask_pdf: AskPdf | None = None) -> Facts:
    """The facts of one file, with `error` set when it is of no use.

    `ask_pdf` opens PDFs somewhere safe; without it their pages stay unknown. A file that is simply
    of another kind is no error: operations decide what they take. Safe from any thread.
    """
    known: dict[str, Any] = {}
    try:
        status = path.stat()
        known = {
            "size_bytes": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "inode": status.st_ino,
            "ctime_ns": status.st_ctime_ns,
        }
        _refuse_odd(path, status)
        with os.fdopen(os.open(path, _FLAGS), "rb", buffering=0) as file:
            source = Source(file.fileno(), path.name, status.st_size)
            found = sniff(source)
            known |= {"kind": found.family, "format": found.format}
            known |= _looked_into(file, source, found)
    except ProcError as e:
        known["error"] = Failure.of(e)
    except (OSError, ValueError) as e:  # ValueError: a name with a zero byte
        known["error"] = Failure.of(translated(path, e))
    facts = Facts(path, **known)
    if ask_pdf is None or facts.kind is not Family.PDF or facts.error is not None:
        return facts
    return with_pdf(facts, ask_pdf)


def with_pdf(facts: Facts, ask_pdf: AskPdf) -> Facts:
    """The facts of a PDF completed by what opening it tells."""
    found = ask_pdf(facts.path)
    return replace(facts, pages=found.pages, needs_password=found.needs_password, error=found.error)


def _refuse_odd(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnsupportedError(f"{path.name} is a folder, not a file. Add the files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise UnsupportedError(f"{path.name} is a device or a pipe, not a file. Remove it.")
    if not status.st_size:
        raise BadInputError(f"{path.name} is empty. Get another copy of it.")


def _looked_into(file: IO[bytes], source: Source, kind: Kind) -> dict[str, Any]:
    """What the header of a picture, or the directory of a container, adds to the facts."""
    if kind.family is Family.PHOTO:
        return _picture(source, kind)
    if kind.format not in ("zip", "ole"):
        return {}
    looked = docx_probe.look(file, source, kind)
    return {
        "kind": looked.kind.family,
        "format": looked.kind.format,
        "pages": looked.pages,
        "needs_password": looked.needs_password,
        "error": Failure.of(source.damaged(looked.damage)) if looked.damage else None,
    }


def _picture(source: Source, kind: Kind) -> dict[str, Any]:
    header = readers.read(source, kind.format or "")
    if header is None:
        return {}
    exif = header.exif
    return {
        "format": header.format or kind.format,
        "width": header.width,
        "height": header.height,
        "taken": exif.taken,
        "make": exif.make,
        "model": exif.model,
        "orientation": exif.orientation,
        "latitude": exif.latitude,
        "longitude": exif.longitude,
    }


def translated(path: Path, error: OSError | ValueError) -> ProcError:
    """The sentence for a file or folder that the system would not let us read."""
    code = error.errno if isinstance(error, OSError) else None
    name = path.name or str(path)
    if code in (errno.ENOENT, errno.ENOTDIR) or isinstance(error, ValueError):
        return MissingInputError(f"{name} does not exist. It was moved, renamed or removed.")
    if code in (errno.EACCES, errno.EPERM):
        return PermissionDeniedError(f"{name} may not be read by you. Change its permissions.")
    if code == errno.ELOOP:
        return BadInputError(f"{name} is a link that leads back to itself. Remove it.")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ReadFailedError(f"{name} cannot be read: {reason}. Check the drive and retry.")
