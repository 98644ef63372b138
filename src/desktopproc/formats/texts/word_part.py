"""Collects the blocks of one part of a Word file while it streams by."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from desktopproc.formats.docx_package import Package, fed
from desktopproc.formats.texts.blocks import Block, Place
from desktopproc.formats.texts.growing import WIDEST_SPAN, Cell, Look, Table, placed
from desktopproc.formats.texts.word_names import (
    COMPATIBILITY,
    DRAWING,
    MATH,
    SEPARATORS,
    SIGNS,
    UNSEEN,
    WORD,
    attribute,
    tags,
)
from desktopproc.formats.texts.word_numbering import Numbering
from desktopproc.formats.texts.word_paragraph import Paragraph
from desktopproc.formats.texts.word_styles import NO_STYLE, Style, is_on

Attributes = dict[str, str]
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"')


@dataclass(slots=True)
class Comment:
    """What somebody wrote in the margin."""

    author: str
    blocks: list[Block]


@dataclass(slots=True)
class PartBlocks:
    """The blocks of a part in reading order, and the notes and comments it holds or refers to.

    Text boxes follow the paragraph they hang on.
    """

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, list[Block]] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)
    has_entities: bool = False
    has_embedded: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the text of a part depends on that stands in other parts."""

    styles: dict[str, Style] = field(default_factory=dict)
    numbering: Numbering | None = None
    links: dict[str, str] = field(default_factory=dict)


def part_blocks(package: Package, part: str, around: Surroundings) -> PartBlocks:
    """Read one part; the notes it refers to are numbered from 1 on."""
    reading = PartReading(package, part, around)
    for _ in reading.steps():
        pass
    return reading.found


class PartReading:
    """The reading of one part, piece by piece; `found` is whole when the steps are."""

    def __init__(self, package: Package, part: str, around: Surroundings) -> None:
        self._collector = _Collector(around)
        self._package = package
        self._part = part

    @property
    def found(self) -> PartBlocks:
        return self._collector.found

    def steps(self) -> Iterator[int]:
        """How many bytes have been read, again and again."""
        collector = self._collector
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = collector.start
        parser.EndElementHandler = collector.end
        parser.CharacterDataHandler = collector.text
        parser.SkippedEntityHandler = collector.skip_entity
        parser.ExternalEntityRefHandler = collector.skip_external
        yield from fed(parser, self._package, self._part)
        collector.finish()


class _Collector:
    """The parser's handlers: stacks of what is open, and how deep in unseen parts we are."""

    def __init__(self, around: Surroundings) -> None:
        self.found = PartBlocks()
        self._around = around
        self._sinks: list[list[Block]] = [self.found.blocks]
        self._paragraphs = [Paragraph()]  # the first one takes text that stands in none
        self._looks: list[Look] = [Look()]
        self._tables: list[Table] = []
        self._links: list[str] = [""]
        self._fields: list[list[str]] = []  # the code of each open field
        self._choices: list[bool] = []  # whether an alternative was taken already
        self._unseen = 0
        self._in_text = 0
        self._in_code = False
        self._comment: Comment | None = None
        self._starts = self._start_handlers()
        self._ends = self._end_handlers()

    def _start_handlers(self) -> dict[str, Callable[[Attributes], None]]:
        word: dict[str, Callable[[Attributes], None]] = {
            **{name: self._sign(sign) for name, sign in SIGNS.items()},
            **dict.fromkeys(UNSEEN, self._hide),
            "t": self._start_text,
            "p": self._start_paragraph,
            "r": self._start_run,
            "b": self._bold,
            "i": self._italic,
            "rStyle": self._run_style,
            "pStyle": self._paragraph_style,
            "numId": self._list,
            "ilvl": self._list_level,
            "outlineLvl": self._outline,
            "tbl": self._start_grid,
            "tr": self._start_row,
            "tc": self._start_cell,
            "gridSpan": self._span,
            "txbxContent": self._start_box,
            "footnote": self._start_note,
            "endnote": self._start_note,
            "comment": self._start_comment,
            "footnoteReference": self._refer("footnote"),
            "endnoteReference": self._refer("endnote"),
            "hyperlink": self._start_link,
            "instrText": self._start_code,
            "fldChar": self._field,
            "sym": self._symbol,
            "altChunk": self._embed,
        }
        found = {tag: handler for name, handler in word.items() for tag in tags(WORD, name)}
        found |= dict.fromkeys(tags(MATH, "t") + tags(DRAWING, "t"), self._start_text)
        found |= dict.fromkeys(tags(DRAWING, "p"), self._start_paragraph)
        found |= dict.fromkeys(tags(COMPATIBILITY, "AlternateContent"), self._start_alternatives)
        return found | dict.fromkeys(tags(COMPATIBILITY, "Choice", "Fallback"), self._choose)

    def _end_handlers(self) -> dict[str, Callable[[], None]]:
        word: dict[str, Callable[[], None]] = {
            "t": self._end_text,
            "p": self._end_paragraph,
            "r": self._end_run,
            "tbl": self._end_grid,
            "tc": self._end_cell,
            "txbxContent": self._end_box,
            "footnote": self._end_sink,
            "endnote": self._end_sink,
            "comment": self._end_sink,
            "hyperlink": self._end_link,
            "instrText": self._end_code,
        }
        found = {tag: handler for name, handler in word.items() for tag in tags(WORD, name)}
        found |= dict.fromkeys(tags(MATH, "t") + tags(DRAWING, "t"), self._end_text)
        found |= dict.fromkeys(tags(DRAWING, "p"), self._end_shape_paragraph)
        return found | dict.fromkeys(
            tags(COMPATIBILITY, "AlternateContent"), self._end_alternatives
        )

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._unseen:
            self._unseen += 1
        elif (handler := self._starts.get(tag)) is not None:
            handler(attributes)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif (handler := self._ends.get(tag)) is not None:
            handler()

    def text(self, characters: str) -> None:
        if self._unseen:
            return
        if self._in_text:
            self._add(characters)
        elif self._in_code and self._fields:
            self._fields[-1].append(characters)

    def skip_entity(self, _name: str, is_parameter: int) -> None:
        self.found.has_entities = self.found.has_entities or not is_parameter

    def skip_external(self, *_: object) -> int:
        self.found.has_entities = True
        return 1

    def finish(self) -> None:
        """Take what stood outside of every paragraph too."""
        self._end_paragraph()

    def _add(self, text: str) -> None:
        self._paragraphs[-1].runs.add(text, self._looks[-1], self._links[-1])

    def _hide(self, _: Attributes) -> None:
        self._unseen = 1

    def _sign(self, sign: str) -> Callable[[Attributes], None]:
        return lambda _: self._add(sign)

    def _start_text(self, _: Attributes) -> None:
        self._in_text += 1

    def _end_text(self) -> None:
        self._in_text -= 1

    def _start_paragraph(self, _: Attributes) -> None:
        self._paragraphs.append(Paragraph())
        self._looks.append(Look())

    def _end_paragraph(self) -> None:
        self._looks.pop()
        blocks = self._paragraphs.pop().blocks(self._around.styles, self._around.numbering)
        self._sinks[-1].extend(blocks)

    def _end_shape_paragraph(self) -> None:
        """What is written in a drawn shape hangs on the paragraph of the drawing."""
        self._looks.pop()
        blocks = self._paragraphs.pop().blocks({}, None)
        self._paragraphs[-1].boxes.extend(placed(blocks, Place.BOX))

    def _start_run(self, _: Attributes) -> None:
        self._looks.append(Look())

    def _end_run(self) -> None:
        self._looks.pop()

    def _bold(self, attributes: Attributes) -> None:
        self._looks[-1].bold = is_on(attribute(attributes, "val"))

    def _italic(self, attributes: Attributes) -> None:
        self._looks[-1].italic = is_on(attribute(attributes, "val"))

    def _run_style(self, attributes: Attributes) -> None:
        style = self._around.styles.get(attribute(attributes, "val"), NO_STYLE)
        self._looks[-1].bold, self._looks[-1].italic = bool(style.bold), bool(style.italic)

    def _paragraph_style(self, attributes: Attributes) -> None:
        self._paragraphs[-1].style = attribute(attributes, "val")

    def _list(self, attributes: Attributes) -> None:
        self._paragraphs[-1].num_id = attribute(attributes, "val")

    def _list_level(self, attributes: Attributes) -> None:
        level = attribute(attributes, "val")
        self._paragraphs[-1].num_level = int(level) if level.isdecimal() else 0

    def _outline(self, attributes: Attributes) -> None:
        level = attribute(attributes, "val")
        if level.isdecimal() and int(level) < 9:
            self._paragraphs[-1].outline = int(level)

    def _start_grid(self, _: Attributes) -> None:
        self._tables.append(Table())

    def _end_grid(self) -> None:
        self._sinks[-1].extend(self._tables.pop().blocks())

    def _start_row(self, _: Attributes) -> None:
        if self._tables:
            self._tables[-1].rows.append([])

    def _start_cell(self, _: Attributes) -> None:
        cell = Cell()
        if self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1].append(cell)
        self._sinks.append(cell.blocks)

    def _end_cell(self) -> None:
        self._sinks.pop()

    def _span(self, attributes: Attributes) -> None:
        width = attribute(attributes, "val")
        if self._tables and self._tables[-1].rows and width.isdecimal():
            row = self._tables[-1].rows[-1]
            if row:
                row[-1].span = min(max(int(width), 1), WIDEST_SPAN)

    def _start_box(self, _: Attributes) -> None:
        self._sinks.append([])
        self._tables.append(Table())  # cells in the box belong to no table around it

    def _end_box(self) -> None:
        self._tables.pop()
        self._paragraphs[-1].boxes.extend(placed(self._sinks.pop(), Place.BOX))

    def _start_note(self, attributes: Attributes) -> None:
        is_text = attribute(attributes, "type") not in SEPARATORS
        kept = self.found.notes.setdefault(attribute(attributes, "id"), []) if is_text else []
        self._sinks.append(kept)

    def _start_comment(self, attributes: Attributes) -> None:
        comment = Comment(attribute(attributes, "author"), [])
        self.found.comments[attribute(attributes, "id")] = comment
        self._sinks.append(comment.blocks)

    def _end_sink(self) -> None:
        self._sinks.pop()

    def _refer(self, kind: str) -> Callable[[Attributes], None]:
        def refer(attributes: Attributes) -> None:
            self.found.references.append((kind, attribute(attributes, "id")))
            self._add(f"[{len(self.found.references)}]")

        return refer

    def _start_link(self, attributes: Attributes) -> None:
        self._links.append(self._around.links.get(attribute(attributes, "id"), ""))

    def _end_link(self) -> None:
        self._links.pop()

    def _start_code(self, _: Attributes) -> None:
        self._in_code = True

    def _end_code(self) -> None:
        self._in_code = False

    def _field(self, attributes: Attributes) -> None:
        match attribute(attributes, "fldCharType"):
            case "begin":
                self._fields.append([])
                self._links.append(self._links[-1])
            case "separate" if self._fields:
                link = _HYPERLINK.match("".join(self._fields[-1]))
                if link:
                    self._links[-1] = link[1]
            case "end" if self._fields:
                self._fields.pop()
                self._links.pop()

    def _start_alternatives(self, _: Attributes) -> None:
        self._choices.append(False)

    def _end_alternatives(self) -> None:
        self._choices.pop()

    def _choose(self, _: Attributes) -> None:
        """The first alternative is read, as any of them shows the same."""
        if not self._choices or self._choices[-1]:
            self._unseen = 1
        else:
            self._choices[-1] = True

    def _symbol(self, attributes: Attributes) -> None:
        try:
            code = int(attribute(attributes, "char"), 16)
        except ValueError:
            return
        if 0x20 <= code < 0xD800:  # the private area above holds pictures, not characters
            self._add(chr(code))

    def _embed(self, _: Attributes) -> None:
        self.found.has_embedded = True
