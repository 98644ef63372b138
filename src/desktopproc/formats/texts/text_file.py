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


class _Pages:
    """Plain text or Markdown with something between two pages."""

    def __init__(self, file: IO[str], how: Format, between: str) -> None:
        self.has_text = False
        self.too_long = 0
        self._file = file
        self._how = how
        self._between = between
        self._lead = ""

    def write(self, page: Page | str) -> None:
        text = page if isinstance(page, str) else written(page, self._how)
        self.has_text = self.has_text or bool(text.strip())
        self._file.write(self._lead + text)
        self._lead = self._between


class _Json:
    """One object with all pages, each on a line of its own."""

    def __init__(self, file: IO[str], source: str) -> None:
        self.has_text = False
        self.too_long = 0
        self._file = file
        self._lead = one_line({"source": source}).removesuffix("}") + ', "pages": [\n'
        self.tail = "\n]}\n"

    def write(self, page: Page | str) -> None:
        if isinstance(page, str):
            raise TypeError("JSON needs the blocks of a page")
        self.has_text = self.has_text or bool(page.blocks)
        self._file.write(self._lead + page_json(page))
        self._lead = ",\n"


def written(page: Page, how: Format) -> str:
    """A page as plain text or Markdown."""
    return markdown_of(page.blocks) if how is Format.MARKDOWN else text_of(page.blocks)


@contextmanager
def text_file(target: Path, source: str, how: Format, between: str) -> Iterator[Writer]:
    """A new file for the pages of a document; `between` parts those of plain text."""
    with (
        writing(target),
        target.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
    ):
        if how is not Format.JSON:
            yield _Pages(file, how, between if how is Format.TEXT else "\n")
            return
        pages = _Json(file, source)
        yield pages
        file.write(pages.tail)
