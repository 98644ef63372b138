"""Reads electronic books (EPUB) as blocks, chapter by chapter in the order of the book."""

import posixpath
from collections.abc import Callable
from urllib.parse import unquote
from xml.parsers import expat

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.formats.docx_package import Package, feed
from desktopproc.formats.texts.blocks import Block
from desktopproc.formats.texts.html_blocks import html_text_blocks

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def chapters(package: Package) -> list[str]:
    """The parts that hold the text, in reading order (EPUB 3.3, 3.4.12 and 5.7)."""
    book = _book(package)
    folder = posixpath.dirname(book)
    items: dict[str, str] = {}
    order: list[str] = []

    def start(tag: str, values: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "item" and values.get("media-type") in _PAGES and "id" in values:
            path = posixpath.join(folder, unquote(values.get("href", "").partition("#")[0]))
            items[values["id"]] = posixpath.normpath(path)
        elif name == "itemref":
            order.append(values.get("idref", ""))

    _walk(package, book, start)
    found = [items[key] for key in order if key in items and package.has(items[key])]
    if not found:
        raise BadInputError(f"{package.name} is damaged: none of its chapters is there.")
    return found


def chapter_blocks(package: Package, part: str, note: Callable[[str], None]) -> list[Block]:
    """The blocks of one chapter."""
    return html_text_blocks(package.name, b"".join(package.pieces(part)), note)


def check_is_open(package: Package) -> None:
    """Refuse a book whose text is encrypted; fonts that are may stay so."""
    if not package.has(_ENCRYPTION):
        return
    algorithms: list[str] = []

    def start(tag: str, values: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "EncryptionMethod":
            algorithms.append(values.get("Algorithm", ""))

    _walk(package, _ENCRYPTION, start)
    if any(not algorithm.startswith(_FONT_ALGORITHMS) for algorithm in algorithms):
        raise UnsupportedError(
            f"{package.name} is copy-protected and cannot be read. Get it without protection."
        )


def _book(package: Package) -> str:
    """The part that describes the book."""
    found: list[str] = []

    def start(tag: str, values: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "rootfile":
            found.append(values.get("full-path", ""))

    if package.has(_CONTAINER):
        _walk(package, _CONTAINER, start)
    for part in found:
        if package.has(part):
            return part
    raise BadInputError(f"{package.name} is damaged: it does not tell what is in it.")


def _walk(package: Package, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    feed(parser, package, part)
