"""Reads web pages as blocks; what is no text on the page, such as scripts, is left out."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from desktopproc.formats.texts.blocks import Block, BlockKind
from desktopproc.formats.texts.decoding import decoded
from desktopproc.formats.texts.growing import WIDEST_SPAN, Cell, Look, Runs, Table
from desktopproc.formats.texts.word_numbering import BULLET

_UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "svg", "math"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base"})
_BOLD, _ITALIC = frozenset({"b", "strong"}), frozenset({"i", "em", "cite", "dfn"})
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACES = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WITHIN = 4096


def html_text_blocks(name: str, content: bytes, note: Callable[[str], None]) -> list[Block]:
    """The blocks of a web page."""
    head = content[:_WITHIN]
    named = _XML_CHARSET.search(head) or _CHARSET.search(head)
    text = decoded(name, content, note, named[1].decode("ascii") if named else "")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Follows the tags leniently: pages forget to close them, and browsers do not mind."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._sinks: list[list[Block]] = [[]]
        self._runs = Runs()
        self._looks = [Look()]
        self._look_tags: list[str] = []
        self._link = ""
        self._lists: list[int | None] = []  # the next number of each open list, None for bullets
        self._item: tuple[str, int] | None = None
        self._heading = 0
        self._verbatim = 0
        self._tables: list[Table] = []
        self._in_cell: list[bool] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.append(tag)
            elif self._unseen[-1] == "head" and tag == "body":  # the head was never closed
                self._unseen.clear()
            return
        if tag in _UNSEEN:
            self._unseen.append(tag)
            return
        if tag in _BLOCKS:
            self._end_block()
        self._start(tag, values)

    def _start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self._runs.add("\n", self._looks[-1], self._link)
        elif tag in _BOLD | _ITALIC:
            last = self._looks[-1]
            self._looks.append(Look(last.bold or tag in _BOLD, last.italic or tag in _ITALIC))
            self._look_tags.append(tag)
        elif tag == "a":
            link = values.get("href", "")
            self._link = link if re.match(r"(?:https?|ftp|mailto):", link) else ""
        elif tag in {"ol", "ul"}:
            start = values.get("start", "1")
            self._lists.append((int(start) if start.isdecimal() else 1) if tag == "ol" else None)
        elif tag == "li":
            self._start_item()
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading = int(tag[1])
        elif tag == "pre":
            self._verbatim += 1
        else:
            self._start_grid(tag, values)

    def _start_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        self._item = (BULLET if number is None else f"{number}.", max(len(self._lists) - 1, 0))
        if number is not None:
            self._lists[-1] = number + 1

    def _start_grid(self, tag: str, values: dict[str, str]) -> None:
        if tag == "table":
            self._tables.append(Table())
            self._in_cell.append(False)
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._tables[-1].rows.append([])
        elif tag in {"td", "th"} and self._tables:
            self._end_cell()
            span = values.get("colspan", "1")
            cell = Cell(span=min(max(int(span) if span.isdecimal() else 1, 1), WIDEST_SPAN))
            if not self._tables[-1].rows:
                self._tables[-1].rows.append([])
            self._tables[-1].rows[-1].append(cell)
            self._sinks.append(cell.blocks)
            self._in_cell[-1] = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.pop()
            return
        if tag in _BLOCKS:
            self._end_block()
        if tag in _BOLD | _ITALIC and tag in self._look_tags:
            while self._look_tags and self._look_tags.pop() != tag:
                self._looks.pop()
            self._looks.pop()
        elif tag == "a":
            self._link = ""
        elif tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)
        elif tag in {"td", "th", "tr"}:
            self._end_cell()
        elif tag == "table" and self._tables:
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        text = data if self._verbatim else _SPACES.sub(" ", data)
        if not self._verbatim and self._runs.ends_in_space:
            text = text.lstrip(" ")
        if text:
            self._runs.add(text, self._looks[-1], self._link)

    def finished(self) -> list[Block]:
        """All blocks, with what was never closed."""
        self._end_block()
        while self._tables:
            self._end_table()
        return self._sinks[0]

    def _end_cell(self) -> None:
        if self._tables and self._in_cell[-1]:
            self._end_block()
            self._sinks.pop()
            self._in_cell[-1] = False

    def _end_table(self) -> None:
        self._end_cell()
        self._in_cell.pop()
        self._sinks[-1].extend(self._tables.pop().blocks())

    def _end_block(self) -> None:
        runs = self._runs.trimmed()
        self._runs = Runs()
        heading, item = self._heading, self._item
        self._heading = 0
        if not runs:
            self._heading = heading  # its text is still to come
            return
        self._item = None
        if heading:
            block = Block(BlockKind.HEADING, runs, level=heading)
        elif item:
            block = Block(BlockKind.LIST, runs, level=item[1], marker=item[0])
        else:
            block = Block(BlockKind.PARAGRAPH, runs)
        self._sinks[-1].append(block)
