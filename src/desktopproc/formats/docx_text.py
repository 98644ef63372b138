"""Collects the words of one part of a Word file while it streams by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from desktopproc.formats.docx_package import Package, feed

_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.microsoft.com/office/word/2003/wordml",
    }
)
_MATH = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    }
)
_DRAWING = frozenset(
    {
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://purl.oclc.org/ooxml/drawingml/main",
    }
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"

# what is in the file but not on the page: old text, moved text, doubles, field codes
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "tabs"})
_SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\N{NON-BREAKING HYPHEN}",
}
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(slots=True)
class PartText:
    """The text of a part in reading order, and the notes it refers to.

    `paragraphs` of a notes part belong to `notes[id]` instead. Text boxes follow the paragraph
    they hang on.
    """

    lines: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)
    has_entities: bool = False


def part_text(package: Package, part: str, first_note: int = 1) -> PartText:
    """Read one part; notes it refers to are numbered from `first_note` on."""
    collector = _Collector(first_note)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    parser.SkippedEntityHandler = collector.skip_entity
    parser.ExternalEntityRefHandler = collector.skip_external
    feed(parser, package, part)
    collector.finish()
    return collector.found


class _Collector:
    """The parser's handlers: a stack of open paragraphs, and how deep in unseen parts we are."""

    def __init__(self, first_note: int) -> None:
        self.found = PartText()
        self._target = self.found.lines
        self._open: list[list[str]] = [[]]
        self._boxes: list[list[str]] = []
        self._unseen = 0
        self._in_text = 0
        self._next_note = first_note
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "p": self._start_paragraph,
            "footnoteReference": self._refer("footnote"),
            "endnoteReference": self._refer("endnote"),
            "footnote": self._start_note,
            "endnote": self._start_note,
            "sym": self._symbol,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if self._unseen or _is_unseen(space, name):
            self._unseen += 1
        elif name == "t" and (space in _WORD or space in _MATH or space in _DRAWING):
            self._in_text += 1
        elif space in _WORD:
            if name in _SIGNS:
                self._open[-1].append(_SIGNS[name])
            elif name in self._starts:
                self._starts[name](attributes)
        elif space in _DRAWING and name == "p":
            self._start_paragraph(attributes)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        space, _, name = tag.rpartition(" ")
        if name == "t" and self._in_text:
            self._in_text -= 1
        elif name == "p" and (space in _WORD or space in _DRAWING):
            self._end_paragraph()
        elif name in {"footnote", "endnote"} and space in _WORD:
            self._target = self.found.lines
        elif name == "tr" and space in _WORD:
            self._target.append("")

    def text(self, characters: str) -> None:
        if self._in_text and not self._unseen:
            self._open[-1].append(characters)

    def skip_entity(self, _name: str, is_parameter: int) -> None:
        self.found.has_entities = self.found.has_entities or not is_parameter

    def skip_external(self, *_: object) -> int:
        self.found.has_entities = True
        return 1

    def finish(self) -> None:
        while self._open:
            self._end_paragraph()

    def _start_paragraph(self, _: dict[str, str]) -> None:
        self._open.append([])

    def _end_paragraph(self) -> None:
        if not self._open:
            return
        line = "".join(self._open.pop())
        if len(self._open) > 1:  # a text box: it follows the paragraph it hangs on
            self._boxes.append([line])
            return
        self._target.append(line)
        for box in self._boxes:
            self._target.extend(box)
        self._boxes.clear()

    def _refer(self, kind: str) -> Callable[[dict[str, str]], None]:
        def refer(attributes: dict[str, str]) -> None:
            self.found.references.append((kind, _attribute(attributes, "id")))
            self._open[-1].append(f"[{self._next_note}]")
            self._next_note += 1

        return refer

    def _start_note(self, attributes: dict[str, str]) -> None:
        is_text = _attribute(attributes, "type") not in _SEPARATORS
        self._target = self.found.notes.setdefault(_attribute(attributes, "id"), [])
        if not is_text:
            self._target = []

    def _symbol(self, attributes: dict[str, str]) -> None:
        try:
            code = int(_attribute(attributes, "char"), 16)
        except ValueError:
            return
        if 0x20 <= code < 0xD800:  # the private area above holds pictures, not characters
            self._open[-1].append(chr(code))


def _is_unseen(space: str, name: str) -> bool:
    if space == _COMPATIBILITY:
        return name == "Fallback"
    return space in _WORD and name in _UNSEEN


def _attribute(attributes: dict[str, str], name: str) -> str:
    for key, value in attributes.items():
        if key.rpartition(" ")[2] == name:
            return value
    return ""
