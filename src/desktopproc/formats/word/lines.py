"""Breaks the content of a paragraph into lines: where they end, and where each piece stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from desktopproc.formats.word.bidi import arrange, has_right
from desktopproc.formats.word.model import (
    Break,
    Floating,
    Ink,
    Inline,
    Item,
    NoteMark,
    Paragraph,
    Span,
    Tab,
)
from desktopproc.formats.word.tokens import (
    NO_INK,
    WIDE_START,
    Measure,
    Piece,
    pieces_of,
    width_of,
)

_TINY = 0.01

Narrow = Callable[[float, float], tuple[float, float]]
"""How far a line at a height (from the paragraph's top, line height) is pushed in on each side."""


@dataclass(slots=True)
class Line:
    """A finished line: pieces with their places, and how high it is."""

    pieces: list[Piece]
    x: float = 0.0
    width: float = 0.0
    height: float = 0.0
    baseline: float = 0.0  # from its top
    stretch: float = 0.0  # added to each space from `stretch_from` on
    stretch_from: int = 0
    ends: str = ""  # "line", "page" or "column" where a break ended it
    notes: list[str] = field(default_factory=list)
    floats: list[Floating] = field(default_factory=list)


class _Breaker:
    """Fills one line after the other."""

    def __init__(self, paragraph: Paragraph, measure: Measure, narrow: Narrow | None) -> None:
        self.props = paragraph.props
        self.align = self.props.get("align", "left")
        self._from_right = bool(self.props.get("bidi"))
        self.measure = measure
        self.mark = paragraph.ink
        self._narrow = narrow
        self._is_first = True
        self._y = 0.0
        self._begin([])

    def _begin(self, carried: list[Piece]) -> None:
        measure = self.measure
        self.start = measure.left + (measure.first if self._is_first else 0.0)
        self.limit = measure.right
        if self._narrow:
            left, right = self._narrow(self._y, self.mark.ascent + self.mark.descent)
            self.start, self.limit = self.start + left, self.limit - right
        self.line: list[Piece] = []
        self.x = self.start
        self.slack, self.share = 0.0, 1.0
        self.cut = 0
        for piece in carried:
            self._put(piece)

    def _put(self, piece: Piece) -> None:
        self.line.append(piece)
        used = min(self.slack, piece.width * self.share)
        self.slack -= used
        self.x += piece.width - used
        if piece.can_break:
            self.cut = len(self.line)

    def lines(self, pieces: Iterator[Piece]) -> Iterator[Line]:
        for piece in pieces:
            item = piece.item
            if isinstance(item, Break):
                yield self._finish(self.line, item.kind, piece.ink)
                self._begin([])
            elif isinstance(item, Tab):
                yield from self._tab(piece, item)
            elif piece.is_space or self.x + piece.width - self.slack <= self.limit + _TINY:
                if self.line and WIDE_START.match(piece.text):
                    self.cut = len(self.line)
                self._put(piece)
            else:
                yield from self._overflow(piece)
        if self.line or self._is_first:
            yield self._finish(self.line, "end", self.mark)

    def _overflow(self, piece: Piece) -> Iterator[Line]:
        if self.line and WIDE_START.match(piece.text):
            self.cut = len(self.line)
        if self.cut:
            kept, carried = self.line[: self.cut], self.line[self.cut :]
            yield self._finish(kept, "", self.mark)
            self._begin(carried)
            if self.x + piece.width <= self.limit + _TINY:
                self._put(piece)
                return
            if self.cut:
                yield from self._overflow(piece)
                return
        yield from self._split(piece)

    def _split(self, piece: Piece) -> Iterator[Line]:
        """A word that is longer than a line is broken wherever the line ends."""
        if not piece.text or len(piece.text) == 1:
            if self.line:
                yield self._finish(self.line, "", self.mark)
                self._begin([])
            self._put(piece)
            return
        rest = piece.text
        while rest:
            count = self._fitting(rest, piece.ink)
            if not count and self.line:
                yield self._finish(self.line, "", self.mark)
                self._begin([])
                continue
            count = max(count, 1)
            part = Piece(piece.ink, rest[:count], width_of(rest[:count], piece.ink))
            part.can_break = piece.can_break
            self._put(part)
            rest = rest[count:]
            if rest:
                yield self._finish(self.line, "", self.mark)
                self._begin([])

    def _fitting(self, text: str, ink: Ink) -> int:
        room = self.limit - self.x + _TINY
        used = 0.0
        for count, sign in enumerate(text):
            used += width_of(sign, ink)
            if used > room:
                return count
        return len(text)

    def _tab(self, piece: Piece, tab: Tab) -> Iterator[Line]:
        stop, kind, _ = self._stop(tab)
        if stop > self.limit + _TINY and self.x > self.start + _TINY and kind == "left":
            yield self._finish(self.line, "", self.mark)
            self._begin([])
            stop, kind, _ = self._stop(tab)
        self.line.append(piece)
        self.cut = len(self.line)
        if kind in {"right", "end", "decimal", "center"}:
            self.slack = max(min(stop, self.limit) - self.x, 0.0)
            self.share = 0.5 if kind == "center" else 1.0
            self.x += self.slack
        else:
            self.slack = 0.0
            self.x = max(stop, self.x)

    def _stop(self, tab: Tab, x: float | None = None) -> tuple[float, str, str]:
        """The tab stop that comes next: (place, kind, leader)."""
        x = self.x if x is None else x
        if tab.to_edge == "right":
            return self.measure.right, "right", "none"
        if tab.to_edge == "center":
            return (self.measure.left + self.measure.right) / 2, "center", "none"
        for at, kind, leader in self.measure.tabs:
            if at > x + _TINY:
                if self.measure.left > x + _TINY and self.measure.left < at and self._hangs:
                    return self.measure.left, "left", "none"
                return at, kind, leader
        if self._hangs and self.measure.left > x + _TINY:
            return self.measure.left, "left", "none"
        every = max(self.measure.every, 1.0)
        return (int((x + _TINY) / every) + 1) * every, "left", "none"

    @property
    def _hangs(self) -> bool:
        return self.measure.first < 0 and self._is_first

    def _finish(self, pieces: list[Piece], ends: str, mark: Ink) -> Line:
        line = Line(pieces, self.start, ends=ends)
        self._place(line)
        self._align(line)
        self._raise(line, mark)
        if self._from_right or any(has_right(piece.text) for piece in pieces):
            arrange(pieces, self.measure.column, from_right=self._from_right)
            pieces.sort(key=lambda piece: piece.x)
        for piece in pieces:
            if isinstance(piece.item, NoteMark):
                line.notes.append(piece.item.ident)
            elif isinstance(piece.item, Floating):
                line.floats.append(piece.item)
        self._is_first = False
        self._y += line.height
        return line

    def _place(self, line: Line) -> None:
        """Give every piece its place; tabs are resolved now that all of the line is known."""
        pieces, x = line.pieces, line.x
        for at, piece in enumerate(pieces):
            piece.x = x
            if isinstance(piece.item, Tab):
                stop, kind, _ = self._stop(piece.item, x)
                after = 0.0
                if kind in {"right", "end", "decimal", "center"}:
                    after = _until_tab(pieces, at + 1, kind)
                    stop = min(stop, max(self.limit, x))
                piece.width = max(stop - after - x, 0.0)
                line.stretch_from = at + 1
            x += piece.width
        while pieces and pieces[-1].is_space:
            x -= pieces[-1].width
            line.width = x - line.x
            break
        end = len(pieces)
        while end and pieces[end - 1].is_space:
            end -= 1
        line.width = (pieces[end - 1].x + pieces[end - 1].width if end else line.x) - line.x

    def _align(self, line: Line) -> None:
        room = self.limit - line.x - line.width
        if room <= _TINY:
            return
        if self.align in {"center", "right"}:
            if not line.stretch_from:
                shift = room / 2 if self.align == "center" else room
                line.x += shift
                for piece in line.pieces:
                    piece.x += shift
        elif self.align in {"both", "distribute", "thaiDistribute"} and not line.ends:
            self._justify(line, room)

    def _justify(self, line: Line, room: float) -> None:
        pieces = line.pieces
        end = len(pieces)
        while end and pieces[end - 1].is_space:
            end -= 1
        spaces = sum(len(p.text) for p in pieces[line.stretch_from : end] if p.is_space)
        if not spaces:
            return
        line.stretch = room / spaces
        shift = 0.0
        for at, piece in enumerate(pieces):
            piece.x += shift
            if piece.is_space and line.stretch_from <= at < end:
                shift += line.stretch * len(piece.text)
        line.width += room

    def _raise(self, line: Line, mark: Ink) -> None:
        """Set height and baseline: the highest piece counts, then the paragraph's line spacing."""
        up = down = 0.0
        seen: Ink | None = None
        for piece in line.pieces:
            if isinstance(piece.item, Inline):
                up = max(up, piece.item.shape.height)
            elif piece.ink is not seen and piece.ink is not NO_INK:
                seen = piece.ink
                if piece.width or piece.text:
                    up = max(up, seen.ascent + seen.rise)
                    down = max(down, seen.descent - seen.rise)
        if not up:
            up, down = mark.ascent, mark.descent
        rule, value = self.props.get("line", ("auto", 1.0))
        natural = up + down
        if rule == "auto":
            height = natural * max(value, 0.06)
            baseline = up if value >= 1 else height - down
            has_shape = any(isinstance(p.item, Inline) for p in line.pieces)
            if has_shape:
                height = max(natural, natural + (mark.ascent + mark.descent) * (value - 1))
        elif rule == "exact":
            height = value or natural  # letters too high for the line share what is missing
            baseline = height - down * min(1.0, height / natural)
        else:
            height = max(natural, value)
            baseline = height - down
        line.height, line.baseline = height, baseline


def _until_tab(pieces: list[Piece], start: int, kind: str) -> float:
    """How much of what follows a tab stands left of its stop."""
    width = 0.0
    for piece in pieces[start:]:
        if isinstance(piece.item, Tab):
            break
        if kind == "decimal" and piece.text and "." in piece.text:
            return width + width_of(piece.text.partition(".")[0], piece.ink)
        width += piece.width
    return width / 2 if kind == "center" else width


def broken(paragraph: Paragraph, measure: Measure, narrow: Narrow | None = None) -> Iterator[Line]:
    """The lines of a paragraph, one by one as they are needed."""
    label = _label(paragraph)
    share = {"right": 1.0, "end": 1.0, "center": 0.5}.get(paragraph.label_align, 0.0)
    if label and share:
        wide = sum(width_of(s.text, s.ink) for s in paragraph.label if isinstance(s, Span))
        measure = replace(measure, first=measure.first - share * wide)
    items = [*label, *paragraph.items]
    breaker = _Breaker(paragraph, measure, narrow)
    yield from breaker.lines(pieces_of(items, measure))


def _label(paragraph: Paragraph) -> list[Item]:
    if not paragraph.label:
        return []
    ink = next((item.ink for item in paragraph.label if isinstance(item, Span)), paragraph.ink)
    after: dict[str, list[Item]] = {"tab": [Tab(ink)], "space": [Span(" ", ink)]}
    return [*paragraph.label, *after.get(paragraph.label_suffix, [])]


def leader_of(tabs: tuple[tuple[float, str, str], ...], x: float) -> str:
    """The sign that fills the way to the tab stop after `x`."""
    for at, _, leader in tabs:
        if at > x + _TINY:
            return {"dot": ".", "hyphen": "-", "underscore": "_", "middleDot": "\u00b7"}.get(
                leader, ""
            )
    return ""
