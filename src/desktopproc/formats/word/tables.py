"""Lays out tables: rows as slabs, merged cells, borders, rows that go on over pages."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.model import Block, Cell, Row, Table
from desktopproc.formats.word.properties import Border
from desktopproc.formats.word.slab import Context, Slab
from desktopproc.formats.word.strokes import draw_slabs, height_of

Stack = Callable[[Iterable[Block], float, Context], Iterator[Slab]]
_MOST_HEADERS = 10
_LEAST_SPLIT = 12.0


@dataclass(slots=True)
class _Filled:
    """A cell with its content laid out."""

    cell: Cell
    x: float
    width: float
    slabs: list[Slab]
    extra: float = 0.0  # how much higher than its row a merged cell is

    @property
    def needs(self) -> float:
        return height_of(self.slabs) + self.cell.padding[1] + self.cell.padding[3]


def table_slabs(table: Table, width: float, context: Context, stack: Stack) -> Iterator[Slab]:
    """One slab for each row; rows at the top that are marked so are repeated on each page."""
    widths = table.widths
    if table.share and sum(widths) > 0:
        widths = [each * table.share * width / sum(widths) for each in widths]
    left = _left(table, sum(widths), width)
    edges = [left]
    for column in widths:
        edges.append(edges[-1] + column)
    headers: list[Slab] = []
    is_heading = True
    for group in _merge_groups(table.rows):
        for row, slab in _group(group, edges, context, stack):
            is_heading = is_heading and row.is_header and len(headers) < _MOST_HEADERS
            if is_heading:
                headers.append(slab)
                slab.glue = True
            else:
                slab.header = headers
            context.y += slab.height
            yield slab


def _left(table: Table, total: float, width: float) -> float:
    if table.align == "center":
        return max((width - total) / 2, -36.0)
    if table.align in {"right", "end"}:
        return width - total
    return table.indent


def _merge_groups(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that hang together by vertically merged cells."""
    group: list[Row] = []
    for row in rows:
        if group and not any(cell.merge == "continue" for cell in row.cells):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _group(
    rows: list[Row], edges: list[float], context: Context, stack: Stack
) -> Iterator[tuple[Row, Slab]]:
    filled = [_fill(row, edges, context, stack) for row in rows]
    heights = [_height(row, cells) for row, cells in zip(rows, filled, strict=True)]
    for at, cells in enumerate(filled):
        for each in cells:
            if each.cell.merge != "restart":
                continue
            last = at
            while last + 1 < len(rows) and _goes_on(filled[last + 1], each.cell.column):
                last += 1
            have = sum(heights[at : last + 1])
            if each.needs > have and not rows[last].is_exact:
                heights[last] += each.needs - have
                have = each.needs
            each.extra = have - heights[at]
            _take_bottom(each.cell, filled[last])
    for row, cells, height in zip(rows, filled, heights, strict=True):
        yield row, _slab(row, cells, height)


def _take_bottom(cell: Cell, last: list[_Filled]) -> None:
    """A merged cell ends with the border of the last cell it covers."""
    for each in last:
        if each.cell.column == cell.column and each.cell.merge == "continue":
            cell.borders = {**cell.borders, "bottom": each.cell.borders.get("bottom")}


def _goes_on(cells: list[_Filled], column: int) -> bool:
    return any(e.cell.column == column and e.cell.merge == "continue" for e in cells)


def _fill(row: Row, edges: list[float], context: Context, stack: Stack) -> list[_Filled]:
    last = len(edges) - 1
    filled = []
    for cell in row.cells:
        start, end = min(cell.column, last), min(cell.column + cell.span, last)
        x, width = edges[start], max(edges[end] - edges[start], 2.0)
        inside = Context(context.every, context.page, context.total, context.depth + 1)
        inside.note = context.note
        room = max(width - cell.padding[0] - cell.padding[2], 6.0)
        slabs = [] if cell.merge == "continue" else list(stack(cell.blocks, room, inside))
        filled.append(_Filled(cell, x, width, slabs))
    return filled


def _height(row: Row, cells: list[_Filled]) -> float:
    if row.is_exact and row.height:
        return row.height
    needs = [each.needs for each in cells if not each.cell.merge]
    return max([row.height, 1.0, *needs])


def _slab(row: Row, cells: list[_Filled], height: float) -> Slab:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        for each in cells:
            if each.cell.merge != "continue" and each.cell.fill:
                canvas.fill(x + each.x, y, each.width, height + each.extra, each.cell.fill)
        for each in cells:
            _draw_cell(canvas, each, row, (x, y), height)

    def split(room: float) -> tuple[Slab, Slab] | None:
        return _split(row, cells, room)

    notes = [note for each in cells for slab in each.slabs for note in slab.notes]
    is_fixed = row.is_whole or row.is_exact or any(each.cell.merge for each in cells)
    return Slab(height, draw, notes=notes, split=None if is_fixed else split)


def _draw_cell(
    canvas: Canvas, each: _Filled, row: Row, at: tuple[float, float], height: float
) -> None:
    cell, x, y = each.cell, at[0] + each.x, at[1]
    full = height + each.extra
    if cell.merge != "continue":
        free = full - each.needs
        share = {"center": 0.5, "bottom": 1.0}.get(cell.align, 0.0)
        top = y + cell.padding[1] + max(free, 0.0) * share
        is_cut = row.is_exact and free < -1
        if is_cut:
            canvas.clip(x, y, each.width, full)
        before, canvas.column_width = canvas.column_width, each.width
        draw_slabs(canvas, each.slabs, x + cell.padding[0], top)
        canvas.column_width = before
        if is_cut:
            canvas.unclip()
        _edge(canvas, cell.borders.get("bottom"), (x, y + full, x + each.width, y + full))
        _edge(canvas, cell.borders.get("top"), (x, y, x + each.width, y))
    _edge(canvas, cell.borders.get("left"), (x, y, x, y + height))
    right = x + each.width
    _edge(canvas, cell.borders.get("right"), (right, y, right, y + height))


def _edge(canvas: Canvas, border: Border | None, place: tuple[float, float, float, float]) -> None:
    if border:
        canvas.line(*place, border)


def _split(row: Row, cells: list[_Filled], room: float) -> tuple[Slab, Slab] | None:
    """The part of a row that fits into the room, and what goes on on the next page."""
    if room < _LEAST_SPLIT:
        return None
    heads, tails = [], []
    for each in cells:
        free = room - each.cell.padding[1] - each.cell.padding[3]
        kept, rest = cut(each.slabs, free)
        if each.slabs and not kept:
            return None
        heads.append(_Filled(each.cell, each.x, each.width, kept))
        tails.append(_Filled(each.cell, each.x, each.width, rest))
    if not any(each.slabs for each in tails):
        return None
    short = Row(row.cells, max(0.0, min(row.height, room)))
    first = _slab(short, heads, min(_height(short, heads), room))
    rest_row = Row(row.cells, max(0.0, row.height - room))
    return first, _slab(rest_row, tails, _height(rest_row, tails))


def cut(slabs: list[Slab], room: float) -> tuple[list[Slab], list[Slab]]:
    """The slabs that fit into a height, and the others; the first of those may be split."""
    used = 0.0
    for at, slab in enumerate(slabs):
        need = slab.before + slab.height
        if used + need > room + 0.01:
            parts = slab.split(room - used - slab.before) if slab.split else None
            if parts:
                return [*slabs[:at], parts[0]], [parts[1], *slabs[at + 1 :]]
            return slabs[:at], slabs[at:]
        used += need + slab.after
    return slabs, []
