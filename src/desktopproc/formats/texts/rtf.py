"""Reads Rich Text Format as blocks, after the Rich Text Format Specification 1.9.1."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktopproc.core.errors import BadInputError
from desktopproc.formats.texts.blocks import Block, BlockKind, Parts, Place
from desktopproc.formats.texts.growing import Cell, Look, Runs, Table, placed
from desktopproc.formats.texts.word_numbering import BULLET

_TOKENS = re.compile(
    rb"(?P<open>\{)|(?P<close>\})"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\(?P<sign>[^a-zA-Z'])"
    rb"|(?P<break>[\r\n]+)"
    rb"|(?P<text>[^\\{}\r\n]+)|(?P<odd>\\)",
    re.DOTALL,
)
_DEEPEST = 2000
_UNSEEN_NAMES = (
    "colortbl info pict object filetbl revtbl themedata colorschememapping "
    "datastore latentstyles listtable listoverridetable generator rsidtbl xmlnstbl mmathPr "
    "bkmkstart bkmkend wgrffmtfilter passwordhash operator template nonshppict shpinst "
    "annotation atnid atnauthor atndate atnref pgdsctbl pntxta pntxtb do"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_SIGNS = {
    "par": "\n",
    "sect": "\n",
    "page": "\n",
    "line": "\v",
    "tab": "\t",
    "emdash": "\N{EM DASH}",
    "endash": "\N{EN DASH}",
    "lquote": "\N{LEFT SINGLE QUOTATION MARK}",
    "rquote": "\N{RIGHT SINGLE QUOTATION MARK}",
    "ldblquote": "\N{LEFT DOUBLE QUOTATION MARK}",
    "rdblquote": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "bullet": BULLET,
    "emspace": " ",
    "enspace": " ",
}
_PLACES = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), Place.HEADER),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), Place.FOOTER),
    "footnote": Place.FOOTNOTE,
}
# \fcharset: code pages of fonts (the specification's table of character sets)
_CHARSETS = dict(
    (
        *((77, "mac_roman"), (128, "cp932"), (129, "cp949"), (130, "johab"), (134, "gbk")),
        *((136, "cp950"), (161, "cp1253"), (162, "cp1254"), (163, "cp1258"), (177, "cp1255")),
        *((178, "cp1256"), (186, "cp1257"), (204, "cp1251"), (222, "cp874"), (238, "cp1250")),
        *((254, "cp437"), (255, "cp850")),
    )
)
_CAPTURES = {
    "fonttbl": "font",
    "stylesheet": "style",
    "fldinst": "field",
    "pntext": "marker",
    "listtext": "marker",
}
_HEADING_STYLE = re.compile(r"heading (\d)\b", re.IGNORECASE)
_ITEM = re.compile(r"(\d{1,3}[.)]|[a-z][.)]|[\u2022\u2013\u25e6\u25aa*-])\t\s*")
_LINK = re.compile(r'HYPERLINK\s+"?([^"\s]+)')


@dataclass(slots=True)
class _State:
    """What a group inherits, and gives back when it closes."""

    unseen: bool = False
    look: Look = field(default_factory=Look)
    heading: int = 0
    level: int = 0  # of a list item
    in_table: bool = False
    encoding: str = ""
    fallback: int = 1  # how many letters stand for one \u sign
    capture: str = ""  # "marker", "field", "font" or "style": text that is not shown as such
    aside: Place | None = None
    link: str = ""

    def copy(self) -> "_State":
        return replace(self, look=Look(self.look.bold, self.look.italic), aside=None)


@dataclass(slots=True)
class _Text:
    """A text that grows: the body, or a header or note beside it."""

    blocks: list[Block] = field(default_factory=list)
    runs: Runs = field(default_factory=Runs)
    table: Table | None = None
    cell: Cell = field(default_factory=Cell)
    marker: str = ""


def rtf_blocks(
    name: str, content: bytes, note: Callable[[str], None], wanted: Parts
) -> list[Block]:
    """The blocks of a document: headers, body, notes, footers."""
    reader = _Reader()
    for token in _TOKENS.finditer(content):
        reader.take(token)
        if reader.is_ended:
            break
    if reader.depth > _DEEPEST:
        raise BadInputError(f"{name} is damaged: its groups are nested without end.")
    if not reader.is_ended:
        note(f"{name} ends in the middle; what there is was read.")
    found = reader.finished()
    heads = reader.asides[Place.HEADER] if wanted.margins else []
    feet = reader.asides[Place.FOOTER] if wanted.margins else []
    below = reader.asides[Place.FOOTNOTE] if wanted.notes else []
    return [*heads, *found, *below, *feet]


class _Reader:
    """Follows groups and control words; a stack holds what each open group has set."""

    def __init__(self) -> None:
        self.asides: dict[Place, list[Block]] = {
            place: [] for place in (Place.HEADER, Place.FOOTER, Place.FOOTNOTE)
        }
        self.depth = 0
        self.is_ended = False
        self._stack = [_State()]
        self._texts = [_Text()]
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._outlines: dict[int, int] = {}  # the levels of headings by style
        self._style = 0
        self._skip = 0
        self._captured: list[str] = []
        self._bytes = bytearray()
        self._starred = False
        self._note_count = 0
        self._pair = ""  # the first half of a sign beyond the basic plane

    def take(self, token: re.Match[bytes]) -> None:
        kind = token.lastgroup if token["word"] is None else "word"
        if kind == "hex":
            self._take_byte(int(token["hex"], 16))
        elif kind == "text":
            self._take_bytes(token["text"])
        else:
            self._flush()
            self._act(kind or "", token)

    def _act(self, kind: str, token: re.Match[bytes]) -> None:
        if kind == "open":
            self.depth += 1
            self.is_ended = self.depth > _DEEPEST
            self._stack.append(self._stack[-1].copy())
        elif kind == "close":
            self._close()
        elif kind == "word":
            number = token["number"]
            self._word(token["word"].decode(), None if number is None else int(number))
        elif kind == "sign":
            self._sign(token["sign"].decode("latin-1"))

    def finished(self) -> list[Block]:
        self._flush()
        while len(self._stack) > 1:
            self._close()
        self._end_paragraph()
        self._end_table()
        return self._texts[0].blocks

    def _close(self) -> None:
        if len(self._stack) < 2:
            return
        state = self._stack.pop()
        self.depth -= 1
        self.is_ended = self.is_ended or self.depth == 0
        if state.aside is not None:
            self._end_paragraph()
            self._end_table()
            blocks = placed(self._texts.pop().blocks, state.aside)
            told = self.asides[state.aside]
            told += (
                blocks if state.aside is Place.FOOTNOTE else [b for b in blocks if b not in told]
            )
        before = self._stack[-1].capture
        if state.capture and not before:
            self._end_capture(state.capture)

    def _end_capture(self, what: str) -> None:
        text = "".join(self._captured).strip()
        self._captured = []
        if what == "marker":
            self._texts[-1].marker = BULLET if text and not text[0].isalnum() else text
        elif what == "field":
            link = _LINK.search(text)
            self._stack[-1].link = link[1] if link else ""

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._starred = True
        elif sign in "\\{}":
            self._show(sign)
        elif sign == "~":
            self._show("\N{NO-BREAK SPACE}")
        elif sign == "_":
            self._show("\N{NON-BREAKING HYPHEN}")
        elif sign in "\r\n":
            self._show("\n")

    def _word(self, word: str, number: int | None) -> None:
        state = self._stack[-1]
        starred, self._starred = self._starred, False
        if word in _UNSEEN:
            state.unseen = True
        elif word in _CAPTURES:
            state.capture = _CAPTURES[word]
        elif word in _PLACES:
            self._start_aside(_PLACES[word])
        elif starred and word not in {"shppict", "shptxt", "footnote"}:
            state.unseen = True
        elif word in _SIGNS:
            self._show(_SIGNS[word])
        else:
            self._set(state, word, number)

    def _set(self, state: _State, word: str, number: int | None) -> None:
        is_on = number != 0
        match word:
            case "b":
                state.look.bold = is_on
            case "i":
                state.look.italic = is_on
            case "plain":
                state.look = Look()
            case "v" | "deleted":
                state.unseen = is_on
            case "pard":
                state.heading, state.in_table, state.level = 0, False, 0
            case "ilvl":
                state.level = min(max(number or 0, 0), 8)
            case "outlinelevel" if number is not None and 0 <= number < 9:
                state.heading = min(number + 1, 6)
                if state.capture == "style":
                    self._outlines[self._style] = state.heading
            case "s" | "cs" | "ds" if state.capture == "style":
                self._style = number or 0
            case "s":
                state.heading = self._outlines.get(number or 0, 0)
            case "intbl":
                state.in_table = True
            case "cell" | "nestcell":
                self._end_cell()
            case "row" | "nestrow":
                self._end_row()
            case "u" if number is not None:
                self._unicode(number)
            case "uc" if number is not None:
                state.fallback = max(number, 0)
            case _:
                self._set_encoding(state, word, number or 0)

    def _set_encoding(self, state: _State, word: str, number: int) -> None:
        match word:
            case "ansicpg":
                self._page = _known(f"cp{number}", self._page)
            case "mac":
                self._page = "mac_roman"
            case "pc":
                self._page = "cp437"
            case "f":
                self._font = number
                if state.capture != "font":
                    state.encoding = self._fonts.get(number, "")
            case "fcharset" if state.capture == "font" and number in _CHARSETS:
                self._fonts[self._font] = _CHARSETS[number]

    def _unicode(self, number: int) -> None:
        sign = chr(number & 0xFFFF)
        if "\ud800" <= sign < "\udc00":
            self._pair = sign
        elif "\udc00" <= sign < "\ue000":
            both = (self._pair + sign).encode("utf-16-le", "surrogatepass")
            self._pair = ""
            self._show(both.decode("utf-16-le", "replace"))
        elif not "\ue000" <= sign < "\uf900":  # the private area holds pictures of symbol fonts
            self._show(sign)
        self._skip = self._stack[-1].fallback

    def _take_byte(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(value)

    def _take_bytes(self, text: bytes) -> None:
        if self._skip:
            cut = min(self._skip, len(text))
            self._skip -= cut
            text = text[cut:]
        self._bytes += text

    def _flush(self) -> None:
        if self._bytes:
            encoding = self._stack[-1].encoding or self._page
            self._show(self._bytes.decode(encoding, "replace"))
            self._bytes.clear()

    def _start_aside(self, place: Place) -> None:
        if place is Place.FOOTNOTE:
            self._note_count += 1
            self._show(f"[{self._note_count}]")
        self._stack[-1].aside = place
        self._stack[-1].in_table = False
        self._texts.append(_Text())
        if place is Place.FOOTNOTE:
            self._show(f"[{self._note_count}] ")

    def _show(self, text: str) -> None:
        state = self._stack[-1]
        if state.capture == "style":
            self._name_style(text)
        if state.unseen or state.capture in {"font", "style"}:
            return
        if state.capture:
            self._captured.append(text)
        elif text == "\n":
            self._end_paragraph()
        else:
            text = text.replace("\v", "\n")
            self._texts[-1].runs.add(text, state.look, state.link)

    def _name_style(self, name: str) -> None:
        """The built-in headings are told by their names where no level is."""
        heading = _HEADING_STYLE.match(name.strip())
        if heading and not self._outlines.get(self._style):
            self._outlines[self._style] = min(int(heading[1]), 6)

    def _end_paragraph(self) -> None:
        text, state = self._texts[-1], self._stack[-1]
        runs = text.runs.trimmed()
        text.runs = Runs()
        marker, text.marker = text.marker, ""
        if not state.in_table:
            self._end_table()
        if not runs:
            return
        sink = text.cell.blocks if state.in_table else text.blocks
        if state.heading:
            sink.append(Block(BlockKind.HEADING, runs, level=state.heading, marker=marker))
        elif marker:
            sink.append(Block(BlockKind.LIST, runs, level=state.level, marker=marker))
        elif item := _ITEM.match(runs[0].text):  # numbers that were written as text
            first = replace(runs[0], text=runs[0].text[item.end() :])
            sink.append(Block(BlockKind.LIST, (first, *runs[1:]), marker=item[1]))
        else:
            sink.append(Block(BlockKind.PARAGRAPH, runs))

    def _end_cell(self) -> None:
        self._stack[-1].in_table = True
        self._end_paragraph()
        text = self._texts[-1]
        text.table = text.table or Table([[]])
        text.table.rows[-1].append(text.cell)
        text.cell = Cell()

    def _end_row(self) -> None:
        if (table := self._texts[-1].table) is not None:
            table.rows.append([])

    def _end_table(self) -> None:
        text = self._texts[-1]
        table, text.table = text.table, None
        if table is not None:
            text.blocks.extend(table.blocks())
        if text.cell.blocks:
            text.blocks.extend(text.cell.blocks)
            text.cell = Cell()


def _known(encoding: str, otherwise: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return otherwise
    return encoding
