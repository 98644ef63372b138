"""Sets the lines of a document as a table that runs over pages, its head on top of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from desktopproc.formats.typesetting.page import Page
from desktopproc.formats.typesetting.phrases import Look, Phrase
from desktopproc.formats.typesetting.setting import Align, Line, Setter, Style
from desktopproc.formats.typesetting.sheets import Sheets
from desktopproc.formats.typesetting.template import Block

_PAD = 3.4  # points above and below the words of a row
_GAP = 9.0  # points between columns
_LEAST = 60.0  # points that a column for words keeps beside wide numbers
_SMALLER = 0.86  # of the size of a description, for its details
_QUIET = "#6b7480"
_HEAD_RULE = "#9aa3ad"
_ROW_RULE = "#e3e6ea"
_STRIPE = "#f5f6f8"
_EVERY = 40  # rows after which there is a stop point, though no page is full


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is shown: where it stands, and its values."""

    block: Block
    left: float
    width: float
    values: list[str]
    details: list[str]
    widths: list[float]  # of the values of a column of numbers, which are never wrapped
    shifts: list[float] | None = None  # what each number stands off the right edge

    @property
    def style(self) -> Style:
        return self.block.style


_Cell = tuple[_Column, list[tuple[Line, Style]]]


class ItemTable:
    """The table of one document. Its values are worked out at once, its rows drawn in turn."""

    def __init__(
        self,
        block: Block,
        setter: Setter,
        width: float,
        looks: Sequence[Look],
        words: Look,
        point: str,
    ) -> None:
        self._setter = setter
        self._width = width
        self._stripe = bool(block.values.get("stripe"))
        self._count = len(looks)
        self._point = point
        self._columns = self._placed(block.cells, looks, words)
        self._head = self._headings(words)

    @property
    def head_height(self) -> float:
        if not self._head:
            return 0.0
        return max(len(lines) * style.line for lines, style in self._head) + 2 * _PAD

    def draw(self, sheets: Sheets, reserve: float) -> Iterator[int]:
        """Draw all rows; the last keeps `reserve` points free below it where it can.

        A step tells how many rows are drawn.
        """
        self._begin(sheets, self._row_height(0) if self._count else 0.0)
        for row in range(self._count):
            cells = [(column, self._cell(column, row)) for column in self._columns]
            height = self._height(cells)
            needed = height + (reserve if row == self._count - 1 else 0.0)
            is_alone = row == 0 or height + reserve > sheets.whole
            if sheets.room < (height if is_alone else needed):
                self._turn(sheets)
                yield row
            self._row(sheets, cells, row, height)
            if row % _EVERY == _EVERY - 1:
                yield row + 1

    def _begin(self, sheets: Sheets, first: float) -> None:
        sheets.ensure(self.head_height + first)
        self._draw_head(sheets)

    def _turn(self, sheets: Sheets) -> None:
        sheets.turn()
        self._draw_head(sheets)

    def _draw_head(self, sheets: Sheets) -> None:
        if not self._head:
            return
        top, left = sheets.top, sheets.left
        for column, (lines, style) in zip(self._columns, self._head, strict=True):
            shown = replace(style, align=Align.RIGHT) if style.align is Align.DECIMAL else style
            sheets.page.lines(lines, left + column.left, top - _PAD, column.width, shown)
        sheets.top -= self.head_height
        sheets.page.rule(left, left + self._width, sheets.top, _HEAD_RULE, 0.8)

    def _row(self, sheets: Sheets, cells: list[_Cell], row: int, height: float) -> None:
        if height > sheets.room:  # longer than a page: on as many as it takes
            self._long_row(sheets, cells, row)
            return
        page, left = sheets.page, sheets.left
        if self._stripe and row % 2:
            page.area(left, sheets.top - height, self._width, height, _STRIPE)
        for column, lines in cells:
            self._draw_cell(page, column, lines, left, sheets.top - _PAD, row)
        sheets.top -= height
        if not self._stripe:
            page.rule(left, left + self._width, sheets.top, _ROW_RULE, 0.5)

    def _long_row(self, sheets: Sheets, cells: list[_Cell], row: int) -> None:
        rest = cells
        while any(lines for _, lines in rest):
            room = sheets.room - 2 * _PAD
            parts = [(column, *_cut(lines, room)) for column, lines in rest]
            for column, now, _ in parts:
                self._draw_cell(sheets.page, column, now, sheets.left, sheets.top - _PAD, row)
            rest = [(column, later) for column, _, later in parts]
            if any(lines for _, lines in rest):
                self._turn(sheets)
            else:
                used = max(sum(s.line for _, s in now) for _, now, _ in parts)
                sheets.top -= used + 2 * _PAD
        sheets.page.rule(sheets.left, sheets.left + self._width, sheets.top, _ROW_RULE, 0.5)

    def _draw_cell(
        self,
        page: Page,
        column: _Column,
        lines: list[tuple[Line, Style]],
        left: float,
        top: float,
        row: int,
    ) -> None:
        start = left + column.left
        for line, style in lines:
            width = column.width
            if column.shifts is not None:
                width -= column.shifts[row]
            page.line(line, start, top - style.size * 1.02, width, style)
            top -= style.line

    def _cell(self, column: _Column, row: int) -> list[tuple[Line, Style]]:
        style, text = column.style, column.values[row]
        if column.widths:
            return [(Line(text, column.widths[row]), style)]
        lines: list[tuple[Line, Style]] = []
        if text:
            lines = [(line, style) for line in self._setter.lines(text, column.width, style)]
        if column.details and (details := column.details[row]):
            small = replace(style, size=style.size * _SMALLER, colour=_QUIET)
            lines += [(line, small) for line in self._setter.lines(details, column.width, small)]
        return lines

    def _height(self, cells: list[_Cell]) -> float:
        tallest = 0.0
        for column, lines in cells:
            own = column.style.line if len(lines) < 2 else sum(style.line for _, style in lines)
            if own > tallest:
                tallest = own
        return tallest + 2 * _PAD

    def _row_height(self, row: int) -> float:
        return self._height([(column, self._cell(column, row)) for column in self._columns])

    def _headings(self, words: Look) -> list[tuple[list[Line], Style]]:
        found = []
        for column in self._columns:
            phrase = column.block.phrase("head")
            style = _head_style(column.style)
            text = phrase.fill(words) if phrase else ""
            found.append((self._setter.lines(text, column.width, style) if text else [], style))
        return found if any(lines for lines, _ in found) else []

    def _placed(self, blocks: Sequence[Block], looks: Sequence[Look], words: Look) -> list[_Column]:
        """The columns that have something to show, as wide as they need to be."""
        shown: list[tuple[Block, list[str], list[str]]] = []
        for block in blocks:
            values = _values(block.phrase("value"), looks)
            if block.values.get("optional") and not any(values):
                continue
            details = _values(block.phrase("details"), looks)
            shown.append((block, values, details if any(details) else []))
        shifts = [self._shifts(values, block.style) for block, values, _ in shown]
        natural = [self._natural(block, values) for block, values, _ in shown]
        widths = self._widths(shown, natural, shifts, words)
        columns, left = [], 0.0
        for at, (block, values, details) in enumerate(shown):
            own = natural[at] if max(natural[at], default=0.0) <= widths[at] + 0.1 else []
            columns.append(_Column(block, left, widths[at], values, details, own, shifts[at]))
            left += widths[at] + _GAP
        return columns

    def _natural(self, block: Block, values: list[str]) -> list[float]:
        """The widths of numbers as they are; none where words may have to be wrapped."""
        if block.style.align not in (Align.RIGHT, Align.DECIMAL) or block.phrase("details"):
            return []
        font, scale = self._setter.font(block.style), block.style.size / 1000
        if not all(map(font.has, values)) or any("\n" in value for value in values):
            return []
        return [font.width(value) * scale for value in values]

    def _widths(
        self,
        shown: list[tuple[Block, list[str], list[str]]],
        natural: list[list[float]],
        shifts: list[list[float] | None],
        words: Look,
    ) -> list[float]:
        """What each column needs; the columns of words without a width share the rest."""
        widths = [
            self._needed(block, values, own, shift, words)
            for (block, values, _), own, shift in zip(shown, natural, shifts, strict=True)
        ]
        free = widths.count(None)
        room = self._width - _GAP * max(0, len(shown) - 1)
        rest = room - sum(width for width in widths if width is not None)
        share = max(rest / free, _LEAST) if free else 0.0
        found = [share if width is None else width for width in widths]
        whole = sum(found)
        if whole > room:  # more than fits: all get a little less, and wrap
            found = [width * room / whole for width in found]
        return found

    def _needed(
        self,
        block: Block,
        values: list[str],
        natural: list[float],
        shifts: list[float] | None,
        words: Look,
    ) -> float | None:
        """As wide as the widest value; words at most as wide as the template says."""
        style, head = block.style, block.phrase("head")
        is_number = style.align in (Align.RIGHT, Align.DECIMAL)
        if block.width is None and not is_number:
            return None
        widest = self._setter.width(head.fill(words), _head_style(style)) if head else 0.0
        own = natural or [self._setter.width(value, style) for value in values]
        if shifts:
            own = [width + shift for width, shift in zip(own, shifts, strict=True)]
        widest = max(widest, max(own, default=0.0))
        return widest if is_number or block.width is None else min(widest, block.width)

    def _shifts(self, values: list[str], style: Style) -> list[float] | None:
        """How far each number stands off, so that all decimal signs are below each other."""
        if style.align is not Align.DECIMAL:
            return None
        tails = [
            "".join(value.rpartition(self._point)[1:]) if self._point in value else ""
            for value in values
        ]
        if len({len(tail) for tail in tails}) < 2:
            return None
        kinds = {tail: self._setter.width(tail, style) for tail in set(tails)}
        widest = max(kinds.values())
        return [widest - kinds[tail] for tail in tails]


def _values(phrase: Phrase | None, looks: Sequence[Look]) -> list[str]:
    if phrase is None:
        return []
    name = phrase.alone
    return [look(name) for look in looks] if name else [phrase.fill(look) for look in looks]


def _head_style(style: Style) -> Style:
    return replace(style, is_bold=True, size=style.size * 0.9, colour=_QUIET)


def _cut(
    lines: list[tuple[Line, Style]], room: float
) -> tuple[list[tuple[Line, Style]], list[tuple[Line, Style]]]:
    """What fits into so much room, at least one line, and what does not."""
    used = 0.0
    for count, (_, style) in enumerate(lines):
        used += style.line
        if used > room and count:
            return lines[:count], lines[count:]
    return lines, []
