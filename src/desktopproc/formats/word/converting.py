"""Chooses who turns a Word document into a PDF: a warm LibreOffice, or our own renderer."""

import functools
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from pathlib import Path
from xml.parsers import expat

from desktopproc.core.errors import TimedOutError
from desktopproc.core.outside import Outside
from desktopproc.formats.docx_package import Package, feed, opened
from desktopproc.formats.outside.office import Office, OfficeDiedError, OfficeRefusedError
from desktopproc.formats.outside.programs import LIBREOFFICE, find
from desktopproc.formats.word import renderer

Note = Callable[[str], None]
Steps = Iterator[tuple[int, int]]

_MOST_UNPACKED = 1 << 29
_ABSENT = "LibreOffice was not found."


class Engine(StrEnum):
    """Who may do the work."""

    AUTO = "auto"
    LIBREOFFICE = "libreoffice"
    BUILT_IN = "built-in"


def to_pdf(
    name: str,
    content: bytes,
    target: Path,
    note: Note,
    *,
    engine: Engine = Engine.AUTO,
    timeout_s: float = 120.0,
    outside: Outside | None = None,
) -> Steps:
    """Write a Word document (DOCX, DOCM, DOTX, strict or not) as PDF; yields (done, total).

    `note` hears who did it and what could not be kept. Macros never run and nothing is fetched.
    Raises our errors for what is damaged, protected, too large or no Word document; those are
    found before any other program sees the file.
    """
    reason = _checked(name, content)
    outside = outside or Outside()
    if engine is not Engine.BUILT_IN:
        program = find(LIBREOFFICE)
        if program is None:
            if engine is Engine.LIBREOFFICE:
                raise OfficeDiedError(f"{_ABSENT} Install it, or choose the built-in renderer.")
            reason = reason or _ABSENT
        reason = reason or outside.rest_of(LIBREOFFICE.title)
        if program is not None and not reason:
            work = _office(program).convert(
                content, Path(name).suffix.lower(), target, timeout_s=timeout_s, at=(0, 1)
            )
            reason = yield from _by_office(work, note, outside)
            if not reason:
                return
        if engine is Engine.LIBREOFFICE:
            raise OfficeDiedError(f"{name} was not converted. {reason} Try the built-in renderer.")
    suffix = f" {reason}" if engine is Engine.AUTO else ""
    yield from renderer.to_pdf(name, content, target, note)
    note(f"Made by the built-in renderer.{suffix}")


def _by_office(
    work: Generator[tuple[int, int], None, None], note: Note, outside: Outside
) -> Generator[tuple[int, int], None, str]:
    """Have LibreOffice do it; the answer says why it did not."""
    try:
        yield from work
    except OfficeRefusedError:
        outside.succeeded(LIBREOFFICE.title)
        return "LibreOffice could not open it."
    except (OfficeDiedError, TimedOutError) as e:
        outside.failed(LIBREOFFICE.title)
        return str(e)
    outside.succeeded(LIBREOFFICE.title)
    note("Made by LibreOffice.")
    yield 1, 1
    return ""


@functools.cache
def _office(program: Path) -> Office:
    """The one LibreOffice of this process; it stays warm from job to job."""
    return Office(program)


def _checked(name: str, content: bytes) -> str:
    """Raise what is wrong with a file; else why LibreOffice should not see it, or nothing."""
    with opened(name, content) as package:
        main = package.main_part()
        if _declares_type(package, main):
            return "The document declares entities of its own."
        if sum(part.file_size for part in package.zip.infolist()) > _MOST_UNPACKED:
            return f"It unpacks to more than {_MOST_UNPACKED >> 20} MB."
    return ""


def _declares_type(package: Package, part: str) -> bool:
    """Read the whole part once, so that damage is named; whether it declares a document type."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *words: found.append(str(words[0]))
    parser.ExternalEntityRefHandler = lambda *_: 1
    feed(parser, package, part)
    return bool(found)
