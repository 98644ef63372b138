"""Reads text documents that are neither PDF nor Word: text, web pages, RTF, ODT and EPUB."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.formats import text_sniff
from desktopproc.formats.docx_package import Package, opened
from desktopproc.formats.texts import epub
from desktopproc.formats.texts.blocks import Block, Page, Parts, paragraph
from desktopproc.formats.texts.decoding import decoded
from desktopproc.formats.texts.html_blocks import html_text_blocks
from desktopproc.formats.texts.odt import odt_blocks
from desktopproc.formats.texts.rtf import rtf_blocks

Note = Callable[[str], None]
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_MIMETYPES = {b"application/vnd.oasis.opendocument.text": "odt", b"application/epub+zip": "epub"}


def kind_of(content: bytes) -> str:
    """ "rtf", "odt", "epub", "html" or "text"; empty for everything else."""
    if content.startswith(b"{\\rtf"):
        return "rtf"
    if content.startswith(b"PK\x03\x04"):
        at = content[:200].find(b"mimetype")
        told = content[at + 8 : at + 80] if at >= 0 else b""
        return next((kind for mime, kind in _MIMETYPES.items() if told.startswith(mime)), "")
    found = text_sniff.sniff(content, len(content))
    return found if found in {"html", "text"} else ""


@contextmanager
def pages_of(
    name: str, kind: str, content: bytes, note: Note, wanted: Parts
) -> Iterator[tuple[int, Iterator[Page]]]:
    """How many pages there are, and the pages: the chapters of a book, one for all others."""
    if kind not in {"odt", "epub"}:
        yield 1, iter([_page(kind, name, content, note, wanted)])
        return
    with opened(name, content) as package:
        if kind == "epub":
            epub.check_is_open(package)
            parts = epub.chapters(package)
            yield len(parts), (Page(_chapter(package, part, note)) for part in parts)
            return
        blocks = odt_blocks(package, note, wanted)
        yield 1, iter([Page(tuple(blocks))])


def _page(kind: str, name: str, content: bytes, note: Note, wanted: Parts) -> Page:
    match kind:
        case "rtf":
            return Page(tuple(rtf_blocks(name, content, note, wanted)))
        case "html":
            return Page(tuple(html_text_blocks(name, content, note)))
        case "text":
            return Page(tuple(_paragraphs(decoded(name, content, note))))
    raise UnsupportedError(f"{name} is not a text document. Check what it really is.")


def _paragraphs(text: str) -> Iterator[Block]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for part in _PARAGRAPHS.split(text):
        if part.strip():
            yield replace(paragraph(part.strip("\n").rstrip()), is_verbatim=True)


def _chapter(package: Package, part: str, note: Note) -> tuple[Block, ...]:
    try:
        return tuple(epub.chapter_blocks(package, part, note))
    except BadInputError:
        note(f"The chapter {part} cannot be read and was left out.")
        return ()
