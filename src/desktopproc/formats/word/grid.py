"""Reads the tables of a Word file: columns, merged cells, which border belongs to which side."""

from typing import TYPE_CHECKING

from desktopproc.formats.word.model import Block, Cell, Paragraph, Row, Table
from desktopproc.formats.word.parts import Node
from desktopproc.formats.word.properties import (
    Border,
    Colour,
    Props,
    borders,
    is_on,
    points,
    run_properties,
    shade,
)

if TYPE_CHECKING:
    from desktopproc.formats.word.reader import Reader

_SIDES = ("left", "top", "right", "bottom")
_PADDING = (5.4, 0.0, 5.4, 0.0)  # Word's own cell margins
_MOST_COLUMNS = 512
_NO_HANG = 15  # from this compatibility mode on, tables begin at the margin, not their text
_TEXT_WIDTH = 468.0
Sides = dict[str, Border | None]


def table_of(node: Node, reader: "Reader") -> Table | None:
    """A table with all its cells; None for one without rows."""
    props = node.first("tblPr") or Node("tblPr", {})
    style = props.val("tblStyle") or reader.document.styles.default_table
    look = _Look(reader, style, props)
    rows: list[Row] = []
    needs: list[float] = []
    nodes = list(_rows(node))
    for number, row in enumerate(nodes):
        rows.append(_row(row, reader, look, (number, len(nodes)), needs))
    if not rows:
        return None
    grid = node.first("tblGrid")
    widths = [points(col.attrs.get("w")) for col in grid.all("gridCol")] if grid else []
    widths = _widths(widths[:_MOST_COLUMNS], rows, needs)
    wish = props.first("tblW")
    widths = _wanted(widths, wish)
    indent = props.first("tblInd")
    left = points(indent.attrs.get("w")) if indent else 0.0
    if reader.document.compatibility < _NO_HANG:
        left -= look.padding[0]
    align = {"start": "left", "end": "right"}.get(props.val("jc"), props.val("jc")) or "left"
    return Table(rows, widths, left, align, _share(wish))


def _rows(node: Node) -> "list[Node]":
    found = []
    for kid in node.kids:
        if kid.tag == "tr":
            found.append(kid)
        elif kid.tag in {"sdt", "sdtContent", "customXml", "ins"}:
            found.extend(_rows(kid))
    return found


def _cells(node: Node) -> "list[Node]":
    found = []
    for kid in node.kids:
        if kid.tag == "tc":
            found.append(kid)
        elif kid.tag in {"sdt", "sdtContent", "customXml", "ins"}:
            found.extend(_cells(kid))
    return found


class _Look:
    """What the table itself and its style say of cells."""

    def __init__(self, reader: "Reader", style: str, props: Node) -> None:
        self.style = style
        self.borders: Sides = {}
        self.fill: Colour | None = None
        self.padding = _PADDING
        self.special: dict[str, Node] = {}
        for each in reader.document.styles.chain(style):
            own = each.node.first("tblPr")
            self._take(own)
            cell = each.node.first("tcPr", "shd")
            self.fill = shade(cell) if cell else self.fill
            for special in each.node.all("tblStylePr"):
                self.special[special.attrs.get("type", "")] = special
        self._take(props)
        self.flags = _flags(props.first("tblLook"))

    def _take(self, props: Node | None) -> None:
        if props is None:
            return
        self.borders |= borders(props.first("tblBorders"))
        self.padding = _padding(props.first("tblCellMar"), self.padding)

    def parts(self, place: tuple[int, int], column: int, is_last_column: bool) -> list[Node]:  # noqa: FBT001
        """The special formatting of a cell by where it is, the strongest last."""
        row, rows = place
        names = []
        body = row - (1 if "firstRow" in self.flags else 0)
        if "noHBand" not in self.flags and body >= 0:
            names.append("band1Horz" if body % 2 == 0 else "band2Horz")
        if "firstColumn" in self.flags and column == 0:
            names.append("firstCol")
        if "lastColumn" in self.flags and is_last_column:
            names.append("lastCol")
        if "lastRow" in self.flags and row == rows - 1:
            names.append("lastRow")
        if "firstRow" in self.flags and row == 0:
            names.append("firstRow")
        return [self.special[name] for name in names if name in self.special]


def _flags(node: Node | None) -> set[str]:
    """Which parts of a table style are wanted. ISO/IEC 29500-1, 17.4.55."""
    if node is None:
        return {"noHBand"}
    bits = {"firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100}
    bits["noHBand"] = 0x200
    value = node.attrs.get("val", "0")
    try:
        number = int(value, 16)
    except ValueError:
        number = 0
    return {
        name
        for name, bit in bits.items()
        if (node.attrs[name] in {"1", "true", "on"} if name in node.attrs else number & bit)
    }


def _padding(
    node: Node | None, before: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    found = dict(zip(_SIDES, before, strict=True))
    for kid in node.kids if node else ():
        side = {"start": "left", "end": "right"}.get(kid.tag, kid.tag)
        if side in found:
            found[side] = min(points(kid.attrs.get("w")), 200.0)
    return found["left"], found["top"], found["right"], found["bottom"]


def _row(
    node: Node, reader: "Reader", look: _Look, place: tuple[int, int], needs: list[float]
) -> Row:
    props = node.first("trPr") or Node("trPr", {})
    column = _count(props.val("gridBefore", default="0"))
    row = Row([])
    height = props.first("trHeight")
    if height is not None:
        row.height = min(points(height.attrs.get("val")), 1584.0)
        row.is_exact = height.attrs.get("hRule") == "exact"
    header, whole = props.first("tblHeader"), props.first("cantSplit")
    row.is_header = header is not None and is_on(header)
    row.is_whole = whole is not None and is_on(whole)
    own = node.first("tblPrEx")
    sides = {**look.borders, **borders(own.first("tblBorders") if own else None)}
    nodes = _cells(node)
    for at, each in enumerate(nodes):
        is_last = at == len(nodes) - 1
        if column >= _MOST_COLUMNS:
            reader.document.note(f"Of a table only the first {_MOST_COLUMNS} columns were kept.")
            break
        cell = _cell(each, reader, look, (place, column, is_last), sides)
        row.cells.append(cell)
        column += cell.span
        while len(needs) < column:
            needs.append(0.0)
        if cell.span == 1 and cell.width:
            needs[column - 1] = max(needs[column - 1], cell.width)
    return row


def _cell(
    node: Node,
    reader: "Reader",
    look: _Look,
    at: tuple[tuple[int, int], int, bool],
    table_sides: Sides,
) -> Cell:
    place, column, is_last = at
    props = node.first("tcPr") or Node("tcPr", {})
    parts = look.parts(place, column, is_last)
    span = max(1, min(_count(props.val("gridSpan", default="1"), 1), _MOST_COLUMNS))
    merge = props.first("vMerge")
    fill = look.fill
    own: Sides = {}
    for part in parts:
        fill_node = part.first("tcPr", "shd")
        fill = (shade(fill_node) if fill_node else None) or fill
        own |= borders(part.first("tcPr", "tcBorders"))
    direct = props.first("shd")
    fill = shade(direct) if direct else fill
    own |= borders(props.first("tcBorders"))
    width = props.first("tcW")
    has_width = width is not None and width.attrs.get("type", "dxa") == "dxa"
    return Cell(
        _content(node, reader, look, parts),
        column,
        span,
        _sides(own, table_sides, place, column, is_last),
        fill,
        _padding(props.first("tcMar"), look.padding),
        (merge.attrs.get("val", "continue") if merge is not None else ""),
        props.val("vAlign", default="top"),
        points(width.attrs.get("w")) if width is not None and has_width else 0.0,
    )


def _content(node: Node, reader: "Reader", look: _Look, parts: list[Node]) -> list[Block]:
    extra: Props = {}
    for part in parts:
        extra.update(run_properties(part.first("rPr")))
    with reader.extra_run(extra):
        blocks = list(reader.blocks(node.kids, look.style))
    # the empty paragraph that must follow a table inside a cell takes no room
    if len(blocks) > 1 and isinstance(blocks[-2], Table):
        last = blocks[-1]
        if isinstance(last, Paragraph) and not last.items:
            blocks.pop()
    return blocks


def _sides(
    own: Sides,
    table: Sides,
    place: tuple[int, int],
    column: int,
    is_last: bool,  # noqa: FBT001
) -> Sides:
    """A cell's own borders, and the table's outer or inner ones where it has none."""
    row, rows = place
    inner_h, inner_v = table.get("insideH"), table.get("insideV")
    given = {
        "left": table.get("left") if column == 0 else inner_v,
        "right": table.get("right") if is_last else inner_v,
        "top": table.get("top") if row == 0 else inner_h,
        "bottom": table.get("bottom") if row == rows - 1 else inner_h,
    }
    found = {side: own.get(side, border) for side, border in given.items()}
    if own.get("insideH") and row:
        found["top"] = found["top"] or own["insideH"]
    if own.get("insideV") and column:
        found["left"] = found["left"] or own["insideV"]
    return found


def _widths(grid: list[float], rows: list[Row], needs: list[float]) -> list[float]:
    """The columns as the grid has them, corrected by what the cells ask for."""
    count = max((cell.column + cell.span for row in rows for cell in row.cells), default=1)
    widths = [width if width > 0.5 else 0.0 for width in grid[:count]]
    widths += [0.0] * (count - len(widths))
    known = [width for width in widths if width]
    for at, width in enumerate(widths):
        if not width or (at < len(needs) and needs[at] and abs(needs[at] - width) > 1):
            wish = needs[at] if at < len(needs) else 0.0
            widths[at] = wish or width or (sum(known) / len(known) if known else 0.0)
    if not any(widths):
        return [_TEXT_WIDTH / count] * count
    usual = sum(widths) / sum(1 for width in widths if width)
    return [width or usual for width in widths]


def _wanted(widths: list[float], wish: Node | None) -> list[float]:
    """The columns scaled to the width that the table asks for in points."""
    if wish is None or wish.attrs.get("type", "dxa") != "dxa":
        return widths
    total, want = sum(widths), points(wish.attrs.get("w"))
    if want < 20 or total <= 0 or abs(want - total) < 1:
        return widths
    return [width * want / total for width in widths]


def _share(wish: Node | None) -> float:
    """The share of the text's width that a table asks for; 0 for none."""
    if wish is None or wish.attrs.get("type") != "pct":
        return 0.0
    value = wish.attrs.get("w", "0")
    share = points(value[:-1], per_point=100.0) if value.endswith("%") else points(value) / 250
    return min(share, 2.0)


def _count(text: str, default: int = 0) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else default
