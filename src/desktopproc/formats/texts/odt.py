"""Reads OpenDocument texts (ODT) as blocks: headings, lists, tables, notes, comments, margins."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from desktopproc.core.errors import NeedsPasswordError
from desktopproc.formats.docx_package import Package, feed
from desktopproc.formats.texts.blocks import Block, BlockKind, Parts, Place, Run
from desktopproc.formats.texts.growing import WIDEST_SPAN, Cell, Look, Runs, Table, placed
from desktopproc.formats.texts.word_numbering import BULLET

_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_UNSEEN = frozenset({"tracked-changes", "sequence-decls", "forms", "desc", "title", "ruby-text"})
_MOST_SPACES = 1000
Attributes = dict[str, str]


@dataclass(slots=True)
class _Styles:
    """What the styles of a document say of text and lists."""

    looks: dict[str, Look] = field(default_factory=dict)
    numbered: dict[str, set[int]] = field(default_factory=dict)  # levels by list style


def odt_blocks(package: Package, note: Callable[[str], None], wanted: Parts) -> list[Block]:
    """The blocks of a text: headers, body, notes, comments, footers."""
    _check_is_open(package)
    styles = _Styles()
    frame = _read(package, _STYLES, styles) if package.has(_STYLES) else _Reader(styles)
    body = _read(package, _CONTENT, styles)
    if body.comments and not wanted.comments:
        note("Its comments were left out.")
    return [
        *(placed(frame.headers, Place.HEADER) if wanted.margins else []),
        *body.blocks,
        *(body.notes if wanted.notes else []),
        *(body.comments if wanted.comments else []),
        *(placed(frame.footers, Place.FOOTER) if wanted.margins else []),
    ]


def _check_is_open(package: Package) -> None:
    if package.has(_MANIFEST):
        manifest = b"".join(package.pieces(_MANIFEST))
        if b"encryption-data" in manifest:
            raise NeedsPasswordError(
                f"{package.name} is password-protected. Save it without the password and retry."
            )


def _read(package: Package, part: str, styles: _Styles) -> "_Reader":
    reader = _Reader(styles)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    feed(parser, package, part)
    return reader


class _Reader:
    """The parser's handlers; the names are told apart without their prefixes."""

    def __init__(self, styles: _Styles) -> None:
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self.comments: list[Block] = []
        self.headers: list[Block] = []
        self.footers: list[Block] = []
        self._styles = styles
        self._style = ""
        self._sinks = [self.blocks]
        self._open: list[tuple[Runs, int]] = []  # paragraphs with their heading levels
        self._looks = [Look()]
        self._links = [""]
        self._tables: list[Table] = []
        self._lists: list[tuple[str, list[int]]] = []
        self._item = False
        self._unseen = 0
        self._note_count = 0
        self._citing = 0
        self._author: list[str] | None = None
        self._boxes: list[list[Block]] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        name = tag.rpartition(":")[2]
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
            return
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        handler = _STARTS.get(name)
        if handler is not None:
            handler(self, values)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        handler = _ENDS.get(tag.rpartition(":")[2])
        if handler is not None:
            handler(self)

    def text(self, letters: str) -> None:
        if self._author is not None:
            self._author.append(letters)
        elif self._open and not self._unseen and not self._citing:
            self._add(" ".join(letters.split("\n")) if "\n" in letters else letters)

    def _add(self, text: str) -> None:
        if self._open:
            self._open[-1][0].add(text, self._looks[-1], self._links[-1])

    def start_paragraph(self, _: Attributes) -> None:
        self._open.append((Runs(), 0))

    def start_heading(self, values: Attributes) -> None:
        level = values.get("outline-level", "1")
        self._open.append((Runs(), min(int(level) if level.isdecimal() else 1, 6) or 1))

    def end_paragraph(self) -> None:
        if not self._open:
            return
        grown, level = self._open.pop()
        runs = grown.trimmed()
        if runs and level:
            self._sinks[-1].append(Block(BlockKind.HEADING, runs, level=level))
        elif runs and self._item and self._lists:
            self._item = False
            depth = len(self._lists) - 1
            self._sinks[-1].append(
                Block(BlockKind.LIST, runs, level=depth, marker=self._marker(depth))
            )
        elif runs:
            self._sinks[-1].append(Block(BlockKind.PARAGRAPH, runs))
        if not self._open:
            for box in self._boxes:
                self._sinks[-1].extend(box)
            self._boxes.clear()

    def _marker(self, depth: int) -> str:
        style, counts = self._lists[depth]
        counts[0] += 1
        return f"{counts[0]}." if depth + 1 in self._styles.numbered.get(style, ()) else BULLET

    def start_span(self, values: Attributes) -> None:
        self._looks.append(self._styles.looks.get(values.get("style-name", ""), self._looks[-1]))

    def end_span(self) -> None:
        if len(self._looks) > 1:
            self._looks.pop()

    def start_link(self, values: Attributes) -> None:
        link = values.get("href", "")
        self._links.append("" if link.startswith("#") else link)

    def end_link(self) -> None:
        if len(self._links) > 1:
            self._links.pop()

    def add_spaces(self, values: Attributes) -> None:
        count = values.get("c", "1")
        self._add(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))

    def add_tab(self, _: Attributes) -> None:
        self._add("\t")

    def add_break(self, _: Attributes) -> None:
        self._add("\n")

    def start_list(self, values: Attributes) -> None:
        outer = self._lists[-1][0] if self._lists else ""
        self._lists.append((values.get("style-name", outer), [0]))

    def end_list(self) -> None:
        if self._lists:
            self._lists.pop()

    def start_item(self, _: Attributes) -> None:
        self._item = True

    def start_table(self, _: Attributes) -> None:
        self._tables.append(Table())

    def end_table(self) -> None:
        if self._tables:
            self._sinks[-1].extend(self._tables.pop().blocks())

    def start_row(self, _: Attributes) -> None:
        if self._tables:
            self._tables[-1].rows.append([])

    def start_cell(self, values: Attributes) -> None:
        span = values.get("number-columns-spanned", "1")
        cell = Cell(span=min(max(int(span) if span.isdecimal() else 1, 1), WIDEST_SPAN))
        if self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1].append(cell)
        self._sinks.append(cell.blocks)

    def start_note(self, _: Attributes) -> None:
        self._note_count += 1
        self._add(f"[{self._note_count}]")

    def start_citation(self, _: Attributes) -> None:
        self._citing += 1

    def end_citation(self) -> None:
        self._citing -= 1

    def start_aside(self, _: Attributes) -> None:
        """A note, comment, box, header or footer: a text of its own until it ends."""
        self._sinks.append([])

    def end_note(self) -> None:
        self.notes += _led(f"[{self._note_count}] ", self._sinks.pop(), Place.FOOTNOTE)

    def start_author(self, _: Attributes) -> None:
        self._author = []

    def end_author(self) -> None:
        author = "".join(self._author or [])
        self._author = None
        self._sinks[-1].append(Block(BlockKind.PARAGRAPH, (Run(f"[{author}]"),)))

    def end_comment(self) -> None:
        self.comments += placed(self._sinks.pop(), Place.COMMENT)

    def end_box(self) -> None:
        self._boxes.append(placed(self._sinks.pop(), Place.BOX))

    def end_header(self) -> None:
        self.headers += [block for block in self._sinks.pop() if block not in self.headers]

    def end_footer(self) -> None:
        self.footers += [block for block in self._sinks.pop() if block not in self.footers]

    def end_cell(self) -> None:
        self._sinks.pop()

    def start_style(self, values: Attributes) -> None:
        self._style = values.get("name", "")

    def take_look(self, values: Attributes) -> None:
        bold = values.get("font-weight", "normal") not in {"normal", "400"}
        italic = values.get("font-style", "normal") != "normal"
        self._styles.looks[self._style] = Look(bold, italic)

    def take_numbers(self, values: Attributes) -> None:
        level = values.get("level", "1")
        if values.get("num-format") and level.isdecimal():
            self._styles.numbered.setdefault(self._style, set()).add(int(level))


def _led(lead: str, blocks: list[Block], place: Place) -> list[Block]:
    """The blocks behind a paragraph's worth of lead."""
    if not blocks or blocks[0].rows:
        return placed([Block(BlockKind.PARAGRAPH, (Run(lead.strip()),)), *blocks], place)
    first = Block(blocks[0].kind, (Run(lead), *blocks[0].runs), blocks[0].level, blocks[0].marker)
    return placed([first, *blocks[1:]], place)


_STARTS: dict[str, Callable[[_Reader, Attributes], None]] = {
    "p": _Reader.start_paragraph,
    "h": _Reader.start_heading,
    "span": _Reader.start_span,
    "a": _Reader.start_link,
    "s": _Reader.add_spaces,
    "tab": _Reader.add_tab,
    "line-break": _Reader.add_break,
    "list": _Reader.start_list,
    "list-item": _Reader.start_item,
    "table": _Reader.start_table,
    "table-row": _Reader.start_row,
    "table-cell": _Reader.start_cell,
    "note": _Reader.start_note,
    "note-citation": _Reader.start_citation,
    "note-body": _Reader.start_aside,
    "annotation": _Reader.start_aside,
    "creator": _Reader.start_author,
    "date": _Reader.start_citation,
    "text-box": _Reader.start_aside,
    "header": _Reader.start_aside,
    "header-first": _Reader.start_aside,
    "header-left": _Reader.start_aside,
    "footer": _Reader.start_aside,
    "footer-first": _Reader.start_aside,
    "footer-left": _Reader.start_aside,
    "style": _Reader.start_style,
    "list-style": _Reader.start_style,
    "text-properties": _Reader.take_look,
    "list-level-style-number": _Reader.take_numbers,
}
_ENDS: dict[str, Callable[[_Reader], None]] = {
    "p": _Reader.end_paragraph,
    "h": _Reader.end_paragraph,
    "span": _Reader.end_span,
    "a": _Reader.end_link,
    "list": _Reader.end_list,
    "table": _Reader.end_table,
    "table-cell": _Reader.end_cell,
    "note-citation": _Reader.end_citation,
    "note-body": _Reader.end_note,
    "annotation": _Reader.end_comment,
    "creator": _Reader.end_author,
    "date": _Reader.end_citation,
    "text-box": _Reader.end_box,
    **dict.fromkeys(("header", "header-first", "header-left"), _Reader.end_header),
    **dict.fromkeys(("footer", "footer-first", "footer-left"), _Reader.end_footer),
}
