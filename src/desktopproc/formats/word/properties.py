"""Turns the formatting elements of a Word file into plain values, in points and RGB."""

import re
from collections.abc import Callable
from typing import Any

from desktopproc.formats.word.parts import Node

Props = dict[str, Any]

_OFF = frozenset({"0", "false", "off", "none"})
_UNITS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pc": 12.0, "pi": 12.0}
_MEASURE = re.compile(r"(-?\d*\.?\d+)\s*(pt|in|cm|mm|pc|pi)?")
# ISO/IEC 29500-1, 17.18.40 (highlight colours)
_HIGHLIGHTS = {
    "black": "000000",
    "blue": "0000FF",
    "cyan": "00FFFF",
    "green": "00FF00",
    "magenta": "FF00FF",
    "red": "FF0000",
    "yellow": "FFFF00",
    "white": "FFFFFF",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkMagenta": "800080",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}
Colour = tuple[float, float, float]


def points(value: str | None, default: float = 0.0, per_point: float = 20.0) -> float:
    """A measure in points: bare numbers count twentieths, unless said otherwise."""
    if value is None:
        return default
    match = _MEASURE.match(value.strip())
    if match is None:
        return default
    number, unit = float(match[1]), match[2]
    return number * _UNITS[unit] if unit else number / per_point


def is_on(node: Node) -> bool:
    """Whether a switch element says yes; without a value it does."""
    return node.attrs.get("val", "1").lower() not in _OFF


def colour(value: str | None) -> Colour | None:
    """Six hexadecimal digits as RGB; None for "auto" and nonsense."""
    if not value or len(value) < 6:
        return None
    try:
        number = int(value[-6:], 16)
    except ValueError:
        return None
    return (number >> 16 & 255) / 255, (number >> 8 & 255) / 255, (number & 255) / 255


def shade(node: Node) -> Colour | None:
    """The colour that a `shd` element fills with; patterns count as their share of colour."""
    fill = colour(node.attrs.get("fill"))
    pattern = node.attrs.get("val", "clear")
    if pattern == "solid":
        return colour(node.attrs.get("color")) or (0.0, 0.0, 0.0)
    if pattern.startswith("pct") and pattern[3:].isdigit():
        share = int(pattern[3:]) / 100
        ink = colour(node.attrs.get("color")) or (0.0, 0.0, 0.0)
        r, g, b = (a * share + b * (1 - share) for a, b in zip(ink, fill or (1, 1, 1), strict=True))
        return r, g, b
    return fill


Border = tuple[float, Colour, str]
BLACK_LINE: Border = (0.75, (0.0, 0.0, 0.0), "single")


def border(node: Node | None) -> Border | None:
    """Width in points, colour and kind of a border element; None where there is no line."""
    if node is None:
        return None
    kind = node.attrs.get("val", "none")
    if kind in {"none", "nil"}:
        return None
    width = points(node.attrs.get("sz"), 4.0, per_point=8.0)
    ink = colour(node.attrs.get("color")) or (0.0, 0.0, 0.0)
    return max(0.25, min(width, 12.0)), ink, kind


def borders(node: Node | None) -> dict[str, Border | None]:
    """The sides that a `pBdr`, `tblBorders` or `tcBorders` element speaks of."""
    found: dict[str, Border | None] = {}
    for kid in node.kids if node else ():
        side = {"start": "left", "end": "right"}.get(kid.tag, kid.tag)
        found[side] = border(kid)
    return found


def _fonts(props: Props, node: Node) -> None:
    attrs = node.attrs
    for key in ("ascii", "hAnsi", "eastAsia", "cs"):
        themed = attrs.get(f"{key}Theme") or attrs.get("cstheme" if key == "cs" else "")
        if themed:
            props[f"font_{key}"] = f"+{themed}"
        elif key in attrs:
            props[f"font_{key}"] = attrs[key]


def _underline(props: Props, node: Node) -> None:
    props["underline"] = node.attrs.get("val", "single") not in _OFF


def _run_shade(props: Props, node: Node) -> None:
    props["shade"] = shade(node)


def _switch(name: str) -> Callable[[Props, Node], None]:
    def read(props: Props, node: Node) -> None:
        props[name] = is_on(node)

    return read


def _value(name: str, convert: Callable[[str], Any]) -> Callable[[Props, Node], None]:
    def read(props: Props, node: Node) -> None:
        if "val" in node.attrs:
            props[name] = convert(node.attrs["val"])

    return read


_RUN: dict[str, Callable[[Props, Node], None]] = {
    "rFonts": _fonts,
    "b": _switch("bold"),
    "i": _switch("italic"),
    "strike": _switch("strike"),
    "dstrike": _switch("strike"),
    "caps": _switch("caps"),
    "smallCaps": _switch("small_caps"),
    "vanish": _switch("hidden"),
    "rtl": _switch("rtl"),
    "u": _underline,
    "shd": _run_shade,
    "sz": _value("size", lambda v: min(max(points(v, 10.0, per_point=2.0), 1.0), 1638.0)),
    "szCs": _value("size_cs", lambda v: min(max(points(v, 10.0, per_point=2.0), 1.0), 1638.0)),
    "bCs": _switch("bold_cs"),
    "iCs": _switch("italic_cs"),
    "color": _value("color", colour),
    "highlight": _value("highlight", lambda v: colour(_HIGHLIGHTS.get(v))),
    "vertAlign": _value("vertical", str),
    "position": _value("raise", lambda v: points(v, per_point=2.0)),
    "spacing": _value("tracking", points),
    "w": _value("stretch", lambda v: points(v.rstrip("%"), 100.0, per_point=1.0) / 100),
}


def run_properties(node: Node | None) -> Props:
    """What an `rPr` element says."""
    props: Props = {}
    for kid in node.kids if node else ():
        read = _RUN.get(kid.tag)
        if read:
            read(props, kid)
        elif kid.tag == "rStyle":
            props["style"] = kid.attrs.get("val", "")
    return props


def _spacing(props: Props, node: Node) -> None:
    attrs = node.attrs
    for side in ("before", "after"):
        if attrs.get(f"{side}Autospacing", "0").lower() not in _OFF:
            props[side] = 14.0  # as Word does where the document comes from HTML
            props[f"auto_{side}"] = True
        elif side in attrs:
            props[side] = points(attrs[side])
            props[f"auto_{side}"] = False
    if "line" in attrs:
        rule = attrs.get("lineRule", "auto")
        value = points(attrs["line"])
        props["line"] = ("auto", value / 12) if rule == "auto" else (rule, abs(value))


def _indent(props: Props, node: Node) -> None:
    attrs = node.attrs
    for name, words in {"left": ("left", "start"), "right": ("right", "end")}.items():
        for word in words:
            if word in attrs:
                props[name] = points(attrs[word])
    if "hanging" in attrs:
        props["first"] = -points(attrs["hanging"])
    elif "firstLine" in attrs:
        props["first"] = points(attrs["firstLine"])


def _tabs(props: Props, node: Node) -> None:
    stops = dict(props.get("tabs", {}))
    for tab in node.all("tab"):
        at = round(points(tab.attrs.get("pos")), 2)
        if tab.attrs.get("val") == "clear":
            stops[at] = None
        else:
            stops[at] = (tab.attrs.get("val", "left"), tab.attrs.get("leader", "none"))
    props["tabs"] = stops


def _list(props: Props, node: Node) -> None:
    props["num"] = node.val("numId", default=props.get("num", ""))
    level = node.val("ilvl", default="0")
    props["level"] = min(int(level), 8) if level.isdigit() else 0


def _sides(props: Props, node: Node) -> None:
    props["borders"] = {**props.get("borders", {}), **borders(node)}


def _par_shade(props: Props, node: Node) -> None:
    props["fill"] = shade(node)


_PARAGRAPH: dict[str, Callable[[Props, Node], None]] = {
    "spacing": _spacing,
    "ind": _indent,
    "tabs": _tabs,
    "numPr": _list,
    "pBdr": _sides,
    "shd": _par_shade,
    "jc": _value("align", lambda v: {"start": "left", "end": "right"}.get(v, v)),
    "keepNext": _switch("keep_next"),
    "keepLines": _switch("keep_lines"),
    "pageBreakBefore": _switch("page_break"),
    "widowControl": _switch("widows"),
    "contextualSpacing": _switch("contextual"),
    "bidi": _switch("bidi"),
    "outlineLvl": _value("outline", lambda v: int(v) if v.isdigit() else 9),
}


def paragraph_properties(node: Node | None, props: Props | None = None) -> Props:
    """What a `pPr` element says, on top of `props`."""
    props = dict(props or {})
    for kid in node.kids if node else ():
        read = _PARAGRAPH.get(kid.tag)
        if read:
            read(props, kid)
        elif kid.tag == "pStyle":
            props["style"] = kid.attrs.get("val", "")
    return props
