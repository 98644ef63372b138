"""Reads a template from its TOML file, and says in which line it is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktopproc.formats.pdf_layout import MILLIMETRES, POINTS_PER_MM
from desktopproc.formats.typesetting.phrases import Phrase
from desktopproc.formats.typesetting.setting import Align, Style
from desktopproc.formats.typesetting.template import Block, Template
from desktopproc.formats.typesetting.toml_table import TomlTable, read_toml

_TEXT_SIZES = (3.0, 200.0)
_PAPERS = {paper.value: size for paper, size in MILLIMETRES.items()}
_TOP = (
    *("title", "file-name", "page", "formats", "words", "values"),
    *("block", "footer", "header", "label"),
)
_PAGE = ("size", "orientation", "margins", "text-size", "colour", "accent", "align", "frame")
_STYLE = ("size", "bold", "colour", "align", "leading")
_COMMON = ("kind", "before", "after", "at", "width", "when", *_STYLE)
_KINDS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "rule"),
    "facts": ("rows", "label-width"),
    "columns": ("column", "gap", "rule"),
    "table": ("column", "stripe"),
    "totals": ("rows", "label-width"),
    "picture": ("file", "height"),
    "payment-code": ("text", "height"),
    "rule": (),
    "space": ("height",),
}
_NEEDED = {"text": "text", "facts": "rows", "picture": "file", "columns": "column"}
_CELLS = ("text", "facts", "picture", "payment-code")
_COLUMN = ("head", "value", "details", "width", "optional", *_STYLE)
_LABEL = ("format", "text", "padding", "first-bold", *_STYLE)
_DATES = ("short", "medium", "long", "full")
TOTALS = ("subtotal", "discount", "net", "tax", "total", "paid", "due")


def read_template(name: str, text: str) -> Template:
    """The template in a file; UsageError names the line of what is wrong in it."""
    root = read_toml(name, text).only(_TOP)
    page = root.table("page").only(_PAGE)
    usual = Style()
    colour = page.colour("colour", usual.colour)
    size = page.number("text-size", usual.size, *_TEXT_SIZES)
    align = Align(page.one_of("align", [*Align], Align.LEFT))
    style = replace(usual, size=size, colour=colour, align=align)
    blocks = root.tables("block")
    has_label = "label" in root.raw
    if bool(blocks) == has_label:
        raise root.wrong("", "it needs either a [label] or at least one [[block]]")
    return Template(
        name=name,
        size=_size(page),
        margins=_margins(page),
        style=style,
        accent=page.colour("accent", colour),
        blocks=tuple(_block(block, style) for block in blocks),
        title=root.phrase("title") or Phrase.parse(""),
        file_name=root.text("file-name"),
        header=_end(root, "header", style),
        footer=_end(root, "footer", style),
        label=_label(root.table("label"), style) if has_label else None,
        frame=page.switch("frame"),
        date_style=root.table("formats").only(("date",)).one_of("date", _DATES, "medium"),
        words=_words(root.table("words")),
        values=_flat("", root.table("values").raw),
    )


def _block(table: TomlTable, style: Style, usual: str = "") -> Block:
    kind = table.one_of("kind", list(_KINDS), usual)
    if not kind:
        raise table.wrong("", f"a block needs a kind: {', '.join(_KINDS)}")
    table.only((*_COMMON, *_KINDS[kind]))
    needed = _NEEDED.get(kind)
    if needed and needed not in table.raw:
        raise table.wrong("", f"a block of kind {kind} needs '{needed}'")
    values = {key: _value(table, key, kind) for key in _KINDS[kind] if key in table.raw}
    cells: tuple[Block, ...] = ()
    own = _style(table, style)
    if kind == "columns":
        cells = tuple(_cell(cell, style) for cell in table.tables("column"))
    elif kind == "table":
        cells = tuple(_column(column, own) for column in table.tables("column"))
        if not cells:
            raise table.wrong("", "a table needs at least one [[block.column]]")
    return Block(kind, table.line, own, values, cells, **_place(table))


def _place(table: TomlTable) -> dict[str, Any]:
    at = table.numbers("at", 2, "two numbers: millimetres from the left and from the top")
    width = table.number("width", 0, 0, 2000)
    return {
        "before": table.number("before", 0, -200, 1000) * POINTS_PER_MM,
        "after": table.number("after", 0, -200, 1000) * POINTS_PER_MM,
        "width": width * POINTS_PER_MM if width else None,
        "at": None if at is None else (at[0] * POINTS_PER_MM, at[1] * POINTS_PER_MM),
        "when": tuple(table.text("when").split("|")) if "when" in table.raw else (),
    }


def _value(table: TomlTable, key: str, kind: str) -> Any:
    match key:
        case "text" | "file":
            return table.phrase(key)
        case "rows":
            return _totals(table) if kind == "totals" else _pairs(table)
        case "rule" | "stripe":
            return table.switch(key)
        case "column":
            return None  # read as cells
        case _:
            return table.number(key, 0, 0, 2000) * POINTS_PER_MM


def _totals(table: TomlTable) -> tuple[str, ...]:
    rows = table.raw["rows"]
    if not isinstance(rows, list) or any(row not in TOTALS for row in rows):
        raise table.wrong("rows", f"the rows of totals are of {', '.join(TOTALS)}")
    return tuple(rows)


def _pairs(table: TomlTable) -> tuple[tuple[Phrase, Phrase], ...]:
    rows = table.raw["rows"]
    if not isinstance(rows, list) or not all(_is_pair(row) for row in rows):
        raise table.wrong("rows", 'rows are pairs of texts, such as ["Date", "{date}"]')
    return tuple((table.parsed("rows", row[0]), table.parsed("rows", row[1])) for row in rows)


def _is_pair(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 2 and all(isinstance(part, str) for part in row)


def _cell(table: TomlTable, style: Style) -> Block:
    block = _block(table, style, "text")
    if block.kind not in _CELLS:
        raise table.wrong("kind", f"a column holds one of {', '.join(_CELLS)}")
    return block


def _column(table: TomlTable, style: Style) -> Block:
    table.only(_COLUMN)
    values = {key: table.phrase(key) for key in ("head", "value", "details")}
    if values["value"] is None:
        raise table.wrong("", "a column of a table needs 'value'")
    optional = {"optional": table.switch("optional")}
    width = table.number("width", 0, 0, 2000)
    return Block(
        *("column", table.line, _style(table, style), values | optional),
        width=width * POINTS_PER_MM if width else None,
    )


def _label(table: TomlTable, style: Style) -> Block:
    table.only(_LABEL)
    values = {
        "text": table.phrase("text"),
        "format": table.text("format"),
        "padding": table.number("padding", 3, 0, 50) * POINTS_PER_MM,
        "first-bold": table.switch("first-bold"),
    }
    if values["text"] is None:
        raise table.wrong("", "a label needs 'text'")
    return Block("label", table.line, _style(table, style), values)


def _end(root: TomlTable, name: str, style: Style) -> Block | None:
    """What stands at the top or the foot of pages: columns, such as those of a block."""
    if name not in root.raw:
        return None
    table = root.table(name)
    return _block(replace_raw(table, {"kind": "columns", **table.raw}), style)


def replace_raw(table: TomlTable, raw: Mapping[str, Any]) -> TomlTable:
    """The same place with other values."""
    return TomlTable(table.name, table.lines, raw, table.path)


def _style(table: TomlTable, usual: Style) -> Style:
    return Style(
        size=table.number("size", usual.size, *_TEXT_SIZES),
        is_bold=table.switch("bold"),
        colour=table.colour("colour", usual.colour),
        align=Align(table.one_of("align", [*Align], usual.align.value)),
        leading=table.number("leading", usual.leading, 0.8, 4),
    )


def _size(page: TomlTable) -> tuple[float, float]:
    turned = page.one_of("orientation", ("portrait", "landscape"), "")
    if isinstance(page.raw.get("size", "a4"), str):
        edges = _PAPERS[page.one_of("size", list(_PAPERS), "a4")]
    else:
        found = page.numbers("size", 2, "the name of a paper or two numbers in millimetres")
        edges = (found[0], found[1]) if found else _PAPERS["a4"]
        if not all(20 <= edge <= 5000 for edge in edges):
            raise page.wrong("size", "pages are from 20 to 5000 mm wide and high")
    width, height = edges
    if turned and (turned == "landscape") != (width > height):
        width, height = height, width
    return width * POINTS_PER_MM, height * POINTS_PER_MM


def _margins(page: TomlTable) -> tuple[float, float, float, float]:
    found = page.numbers("margins", 4, "four numbers in millimetres: top, right, bottom, left")
    edges = found or (20.0, 20.0, 20.0, 20.0)
    top, right, bottom, left = (edge * POINTS_PER_MM for edge in edges)
    width, height = _size(page)
    if min(edges) < 0 or left + right > width - 40 or top + bottom > height - 40:
        raise page.wrong("margins", "the margins leave no room")
    return top, right, bottom, left


def _words(table: TomlTable) -> dict[str, dict[str, str]]:
    """Words by language; those of the template's own language under an empty name."""
    found: dict[str, dict[str, str]] = {"": {}}
    for key, value in table.raw.items():
        if isinstance(value, dict):
            found[key] = {word: str(text) for word, text in value.items()}
        else:
            found[""][key] = str(value)
    return found


def _flat(prefix: str, values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            found |= _flat(f"{prefix}{key}.", value)
        else:
            found[prefix + key] = str(value)
    return found
