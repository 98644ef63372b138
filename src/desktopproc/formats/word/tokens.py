"""Cuts the content of a paragraph into pieces that are never broken, and measures them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktopproc.formats.word.bidi import has_right, parts
from desktopproc.formats.word.model import (
    Break,
    Ink,
    Inline,
    Item,
    NoteMark,
    PageField,
    Paragraph,
    Span,
    Tab,
)

_WIDE = (
    "\u1100-\u11ff\u2e80-\u2fff\u3000-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\U00020000-\U0002ffff"
)
_TOKENS = re.compile(
    rf" +|[{_WIDE}][\u3001\u3002\uff0c\uff0e\uff01\uff1f\u300d\u300f\uff09\u3011]*"
    rf"|[^ \-\u2010\u2013\u2014\u200b\u00ad{_WIDE}]+[\-\u2010\u2013\u2014]*"
    r"|[\-\u2010\u2013\u2014]+|[\u200b\u00ad]"
)
WIDE_START = re.compile(rf"[{_WIDE}]")
_BREAK_AFTER = tuple("-\u2010\u2013\u2014\u200b\u00ad")
_NO_WIDTH = frozenset({"\u200b", "\u00ad"})


class Piece:
    """Something that stands in a line and is never broken."""

    __slots__ = ("can_break", "ink", "is_space", "item", "text", "width", "x")

    def __init__(self, ink: Ink, text: str, width: float, item: Item | None = None) -> None:
        self.ink = ink
        self.text = text
        self.width = width
        self.item = item
        self.is_space = False
        self.can_break = False
        self.x = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """The space that lines have: from the left edge of the column, in points."""

    left: float
    right: float
    first: float
    tabs: tuple[tuple[float, str, str], ...]
    every: float
    column: float = 0.0  # how wide it is
    total: int = 0  # pages of the document, where known
    page: str = ""


def measure_of(paragraph: Paragraph, width: float, every: float) -> Measure:
    """The indents and tab stops of a paragraph in a column this wide."""
    props = paragraph.props
    left, right = props.get("left", 0.0), props.get("right", 0.0)
    room = width - left - right
    if room < 18:  # indents that leave no room are held back
        left, right = max(0.0, min(left, width - 36)), 0.0
        room = max(width - left, 18.0)
    first = max(props.get("first", 0.0), -left - 72)
    tabs = tuple(
        (at, kind, leader)
        for at, (kind, leader) in sorted(
            (at, stop) for at, stop in props.get("tabs", {}).items() if stop
        )
        if kind not in {"bar", "num"}
    )
    return Measure(left, left + room, min(first, room - 9), tabs, every, width)


def pieces_of(items: list[Item], measure: Measure) -> Iterator[Piece]:
    for item in items:
        if isinstance(item, Span):
            yield from _words(item)
        elif isinstance(item, PageField):
            text = measure.page if item.kind == "page" else str(measure.total or "")
            yield from _words(Span(text or "0", item.ink))
        elif isinstance(item, NoteMark):
            width = width_of(item.number, item.ink)
            yield Piece(item.ink, item.number, width, item)
        elif isinstance(item, Inline):
            piece = Piece(item.ink, "", item.shape.width, item)
            piece.can_break = True
            yield piece
        elif isinstance(item, Tab | Break):
            piece = Piece(item.ink, "", 0.0, item)
            piece.can_break = isinstance(item, Tab)
            yield piece
        else:
            yield Piece(NO_INK, "", 0.0, item)


NO_INK: Ink = None  # type: ignore[assignment]  # marks without a look are never drawn


def width_of(text: str, ink: Ink) -> float:
    bare = ink.face.width(text) * ink.size
    return (bare + ink.tracking * len(text)) * ink.stretch


def _words(span: Span) -> Iterator[Piece]:
    ink = span.ink
    for match in _TOKENS.finditer(span.text):
        token = match[0]
        piece = Piece(ink, token, 0.0 if token in _NO_WIDTH else width_of(token, ink))
        if token[0] == " ":
            piece.is_space = piece.can_break = True
        elif token[-1] in _BREAK_AFTER or WIDE_START.match(token):
            piece.can_break = True
        if has_right(token):
            can_break = piece.can_break
            for part in parts(token):
                piece = Piece(ink, part, width_of(part, ink))
                yield piece
            piece.can_break = can_break
        else:
            yield piece
