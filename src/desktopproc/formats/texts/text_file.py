"""Writes the pages of a document into a file: plain text, Markdown or JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from desktopproc.formats.texts.blocks import Page
from desktopproc.formats.texts.json_pages import one_line, page_json
from desktopproc.formats.texts.markdown import markdown_of
from desktopproc.formats.texts.plain import text_of
from desktopproc.formats.writing import writing

_PIECE = 1 << 20


class Format(StrEnum):
    """How text is written down; the value is the file's suffix."""

    TEXT = "txt"
    MARKDOWN = "md"
    JSON = "json"


class Writer(Protocol):
    """Takes one page after the other; says whether any held text, and what came out too long."""

    @property
    def has_text(self) -> bool: ...
    @property
    def too_long(self) -> int: ...

    def write(self, page: Page | str) -> None:
        """Add a page; plain text may come ready-made."""

    def take(self, part: Path) -> Iterator[None]:
        """Add the pages that another worker wrote with `part_file`; every step is a stop point."""


class _Pages:
    """Pages with something between two of them."""

    def __init__(self, file: IO[str], how: Format, between: str) -> None:
        self.has_text = False
        self.too_long = 0
        self.lead = ""
        self._file = file
        self._how = how
        self._between = between

    def write(self, page: Page | str) -> None:
        text = page if isinstance(page, str) else written(page, self._how)
        self.has_text = self.has_text or _has_text(page)
        self._file.write(self.lead + text)
        self.lead = self._between

    def take(self, part: Path) -> Iterator[None]:
        self._file.write(self.lead)
        self.lead = self._between
        with part.open(encoding="utf-8", newline="\n") as pages:
            while piece := pages.read(_PIECE):
                self.has_text = self.has_text or bool(piece.strip())
                self._file.write(piece)
                yield


def _has_text(page: Page | str) -> bool:
    return bool(page.strip() if isinstance(page, str) else page.blocks)


def written(page: Page, how: Format) -> str:
    """A page in one of the formats."""
    match how:
        case Format.MARKDOWN:
            return markdown_of(page.blocks)
        case Format.JSON:
            return page_json(page)
    return text_of(page.blocks)


@contextmanager
def text_file(target: Path, source: str, how: Format, between: str) -> Iterator[Writer]:
    """A new file for the pages of a document; `between` parts those of plain text."""
    with new_file(target) as file:
        pages = _Pages(file, how, _between(how, between))
        if how is Format.JSON:
            pages.lead = one_line({"source": source}).removesuffix("}") + ', "pages": [\n'
        yield pages
        if how is Format.JSON:
            file.write("\n]}\n")


@contextmanager
def part_file(target: Path, how: Format, between: str) -> Iterator[Writer]:
    """Some of the pages of a document, for `Writer.take` to put into one with the others."""
    with new_file(target) as file:
        yield _Pages(file, how, _between(how, between))


def _between(how: Format, between: str) -> str:
    return {Format.TEXT: between, Format.MARKDOWN: "\n", Format.JSON: ",\n"}[how]


@contextmanager
def new_file(target: Path) -> Iterator[IO[str]]:
    """A new text file; letters that are none, which damaged documents hold, become marks."""
    with (
        writing(target),
        target.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
    ):
        yield file
