"""Reads the XML parts of a Word file into light trees with short names."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat

from desktopproc.core.errors import TooLargeError
from desktopproc.formats.docx_package import Package, feed

_MOST_NODES = 6_000_000
_DEEPEST = 600  # elements inside elements; real documents stay below 60
_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.microsoft.com/office/word/2003/wordml",
        "",
    }
)
# the last part of a namespace -> our prefix; the transitional and the strict one end alike
_PREFIXES = {
    "drawingml/2006/main": "a",
    "drawingml/main": "a",
    "drawingml/2006/wordprocessingDrawing": "wp",
    "drawingml/wordprocessingDrawing": "wp",
    "drawingml/2006/picture": "pic",
    "drawingml/picture": "pic",
    "drawingml/2006/chart": "c",
    "drawingml/chart": "c",
    "drawingml/2006/diagram": "dgm",
    "drawingml/diagram": "dgm",
    "officeDocument/2006/relationships": "r",
    "officeDocument/relationships": "r",
    "officeDocument/2006/math": "m",
    "officeDocument/math": "m",
    "markup-compatibility/2006": "mc",
    "word/2010/wordprocessingShape": "wps",
    "word/2010/wordprocessingGroup": "wpg",
    "word/2010/wordprocessingCanvas": "wpc",
    "schemas-microsoft-com:vml": "v",
    "schemas-microsoft-com:office:office": "o",
}
_TEXT = frozenset(
    {
        "t",
        "instrText",
        "a:t",
        "m:t",
        "c:v",
        "wp:align",
        "wp:posOffset",
        "?:title",
        "?:creator",
        "?:subject",
    }
)


class Node:
    """One element: attributes by their short names, children in order, text of text elements."""

    __slots__ = ("attrs", "kids", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.kids: list[Node] = []
        self.text = ""

    def first(self, *path: str) -> "Node | None":
        """The first child of this name, and of that the first of the next name, and so on."""
        node: Node | None = self
        for tag in path:
            node = next((kid for kid in node.kids if kid.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> "Iterator[Node]":
        return (kid for kid in self.kids if kid.tag == tag)

    def deep(self, tag: str) -> "Iterator[Node]":
        """All elements of this name at any depth."""
        waiting = list(reversed(self.kids))
        while waiting:
            node = waiting.pop()
            if node.tag == tag:
                yield node
            waiting.extend(reversed(node.kids))

    def val(self, *path: str, default: str = "") -> str:
        """The `val` attribute of a child."""
        node = self.first(*path)
        return default if node is None else node.attrs.get("val", default)


@dataclass(slots=True)
class Part:
    """A parsed part: its tree, where its links lead, and what was lost in reading it."""

    name: str
    root: Node
    targets: dict[str, str] = field(default_factory=dict)  # relation id -> part in the package
    links: dict[str, str] = field(default_factory=dict)  # relation id -> address outside
    has_entities: bool = False
    is_too_deep: bool = False


def read_part(package: Package, name: str) -> Part:
    """The part of this name; an empty tree where it is missing."""
    if not package.has(name):
        return Part(name, Node("", {}))
    part = _parsed(package, name)
    folder, file = posixpath.split(name)
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if package.has(rels):
        for relation in _parsed(package, rels).root.kids:
            ident, target = relation.attrs.get("Id", ""), relation.attrs.get("Target", "")
            if relation.attrs.get("TargetMode") == "External":
                part.links[ident] = target
            elif target:
                path = posixpath.join("/", folder, unquote(target))
                part.targets[ident] = posixpath.normpath(path).lstrip("/")
    return part


def _parsed(package: Package, name: str) -> Part:
    builder = _Builder(package.name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.SkippedEntityHandler = builder.skip_entity
    parser.ExternalEntityRefHandler = builder.skip_external
    feed(parser, package, name)
    top = builder.top.kids
    root = top[0] if top else Node("", {})
    return Part(name, root, has_entities=builder.has_entities, is_too_deep=builder.is_too_deep)


class _Builder:
    """The parser's handlers: a stack of open elements."""

    def __init__(self, file: str) -> None:
        self.top = Node("", {})
        self.has_entities = False
        self.is_too_deep = False
        self._file = file
        self._open = [self.top]
        self._in_text = False
        self._unseen = 0
        self._count = 0
        self._short: dict[str, str] = {}
        self._short_attributes: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._unseen or len(self._open) > _DEEPEST:
            self._unseen += 1
            self.is_too_deep = True
            return
        self._count += 1
        if self._count > _MOST_NODES:
            raise TooLargeError(f"{self._file} has more than {_MOST_NODES:,} elements.")
        short = self._short.get(tag) or self._shorten(tag)
        if attributes:
            known = self._short_attributes
            attributes = {
                known.get(key) or self._shorten_attribute(key): value
                for key, value in attributes.items()
            }
        node = Node(short, attributes)
        self._open[-1].kids.append(node)
        self._open.append(node)
        self._in_text = short in _TEXT

    def end(self, _: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        self._open.pop()
        self._in_text = False

    def text(self, characters: str) -> None:
        if self._in_text and not self._unseen:
            self._open[-1].text += characters

    def skip_entity(self, _name: str, is_parameter: int) -> None:
        self.has_entities = self.has_entities or not is_parameter

    def skip_external(self, *_: object) -> int:
        self.has_entities = True
        return 1

    def _shorten(self, tag: str) -> str:
        space, _, name = tag.rpartition(" ")
        short = name if space in _WORD else f"{_prefix(space)}:{name}"
        self._short[tag] = short
        return short

    def _shorten_attribute(self, key: str) -> str:
        space, _, name = key.rpartition(" ")
        short = f"r:{name}" if _prefix(space) == "r" else name
        self._short_attributes[key] = short
        return short


def _prefix(space: str) -> str:
    for ending, prefix in _PREFIXES.items():
        if space.endswith(ending):
            return prefix
    return "?"
