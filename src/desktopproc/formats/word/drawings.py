"""Reads pictures, text boxes and simple shapes: DrawingML and the older VML."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from desktopproc.formats.word.charts import chart_shape
from desktopproc.formats.word.model import Block, Floating, Ink, Inline, Item, Placed, Shape
from desktopproc.formats.word.parts import Node
from desktopproc.formats.word.properties import BLACK_LINE, Border, Colour, colour, points

if TYPE_CHECKING:
    from desktopproc.formats.word.reader import Reader

_EMU = 12700  # English metric units in a point
_MOST_POINTS = 4000.0
_WRAPS = {
    "wp:wrapSquare": "square",
    "wp:wrapTight": "square",
    "wp:wrapThrough": "square",
    "wp:wrapTopAndBottom": "topAndBottom",
}
# ECMA-376 part 4, 19.1.2: the style of a VML shape, as in CSS
_VML_RELATIVE = {"page": "page", "margin": "margin", "text": "paragraph", "char": "column"}


def floating_or_inline(node: Node, reader: "Reader", ink: Ink, link: str) -> Iterator[Item]:
    """What a `drawing` element shows."""
    for frame in node.kids:
        if frame.tag not in {"wp:inline", "wp:anchor"}:
            continue
        extent = frame.first("wp:extent")
        size = (
            (_emu(extent.attrs.get("cx")), _emu(extent.attrs.get("cy"))) if extent else (0.0, 0.0)
        )
        graphic = frame.first("a:graphic", "a:graphicData")
        shape = _graphic(graphic, reader, size) if graphic else None
        if shape is None:
            continue
        click = frame.first("wp:docPr", "a:hlinkClick")
        target = reader.part.links.get(click.attrs.get("r:id", ""), "") if click else ""
        shape.link = target or link
        if frame.tag == "wp:inline":
            yield Inline(shape, ink)
        else:
            yield _anchored(frame, shape)


def _anchored(frame: Node, shape: Shape) -> Floating:
    wrap = next((_WRAPS[kid.tag] for kid in frame.kids if kid.tag in _WRAPS), "none")
    gap = [_emu(frame.attrs.get(f"dist{side}")) for side in "LTRB"]
    return Floating(
        shape,
        _position(frame.first("wp:positionH")),
        _position(frame.first("wp:positionV")),
        wrap,
        frame.attrs.get("behindDoc", "0") in {"1", "true"},
        (gap[0], gap[1], gap[2], gap[3]),
    )


def _position(node: Node | None) -> tuple[str, str, float]:
    if node is None:
        return "column", "", 0.0
    align, offset = "", 0.0
    for kid in node.kids:
        if kid.tag == "wp:align":
            align = kid.text.strip()
        elif kid.tag == "wp:posOffset":
            offset = _emu(kid.text.strip())
    return node.attrs.get("relativeFrom", "column"), align, offset


def _graphic(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape | None:
    for kid in node.kids:
        if kid.tag == "pic:pic":
            return _picture(kid, reader, size)
        if kid.tag == "wps:wsp":
            return _box(kid, reader, size)
        if kid.tag in {"wpg:wgp", "wpc:wpc"}:
            return _group(kid, reader, size)
        if kid.tag == "c:chart":
            return _chart(kid, reader, size)
        if kid.tag.startswith("dgm:"):
            reader.document.note("SmartArt cannot be drawn by the built-in renderer.")
            return _empty_frame(size)
    return None


def _chart(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape:
    document = reader.document
    document.note("Charts are shown as their numbers by the built-in renderer.")
    part = reader.part.targets.get(node.attrs.get("r:id", ""), "")
    root = document.read(part).root
    return chart_shape(root, size, document.looks, document.styles.default_run)


def _empty_frame(size: tuple[float, float]) -> Shape:
    return Shape(*size, line=BLACK_LINE)


def _picture(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape | None:
    blip = node.first("pic:blipFill", "a:blip")
    if blip is None:
        return None
    part = reader.part.targets.get(blip.attrs.get("r:embed", ""), "")
    if not part:
        reader.document.note("A picture that is not inside the document was left out.")
        return Shape(*size)
    shape = Shape(*size, image=part)
    crop = node.first("pic:blipFill", "a:srcRect")
    if crop is not None:
        sides = [_share(crop.attrs.get(side)) for side in "ltrb"]
        shape.crop = (sides[0], sides[1], sides[2], sides[3])
    frame = node.first("pic:spPr", "a:xfrm")
    if frame is not None:
        shape.turn = points(frame.attrs.get("rot"), per_point=60000.0)
    shape.line = _outline(node.first("pic:spPr", "a:ln"))
    return shape


def _box(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape:
    shape = Shape(*size)
    look = node.first("wps:spPr")
    if look is not None:
        shape.fill = _fill(look)
        shape.line = _outline(look.first("a:ln"))
    geometry = look.first("a:prstGeom") if look else None
    if geometry is not None and geometry.attrs.get("prst", "rect") not in {
        *("rect", "roundRect", "line", "straightConnector1", "flowChartProcess"),
    }:
        shape.line, shape.fill = None, None
        if not node.first("wps:txbx"):
            reader.document.note("Shapes other than boxes and lines were left out.")
    text = node.first("wps:txbx", "txbxContent")
    if text is not None:
        shape.blocks = _blocks(text, reader)
        body = node.first("wps:bodyPr")
        insets = [
            _emu(body.attrs.get(name)) if body and name in body.attrs else default
            for name, default in zip(("lIns", "tIns", "rIns", "bIns"), shape.padding, strict=True)
        ]
        shape.padding = (insets[0], insets[1], insets[2], insets[3])
    return shape


def _blocks(node: Node, reader: "Reader") -> list[Block]:
    return list(reader.blocks(node.kids))


def _group(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape:
    """A group: its parts keep their places, scaled to the size of the whole."""
    whole = Shape(*size)
    frame = (node.first("wpg:grpSpPr") or node).first("a:xfrm")
    inner, start = (frame.first("a:chExt"), frame.first("a:chOff")) if frame else (None, None)
    scale_x = size[0] / max(_emu(inner.attrs.get("cx")), 1.0) if inner else 1.0
    scale_y = size[1] / max(_emu(inner.attrs.get("cy")), 1.0) if inner else 1.0
    x0, y0 = (_emu(start.attrs.get("x")), _emu(start.attrs.get("y"))) if start else (0.0, 0.0)
    for kid in node.kids:
        own = _frame_of(kid)
        if own is None:
            continue
        x, y, width, height = own
        inside = (width * scale_x, height * scale_y)
        shape: Shape | None = None
        if kid.tag == "pic:pic":
            shape = _picture(kid, reader, inside)
        elif kid.tag == "wps:wsp":
            shape = _box(kid, reader, inside)
        elif kid.tag == "wpg:grpSp":
            shape = _group(kid, reader, inside)
        if shape is not None:
            whole.parts.append(Placed((x - x0) * scale_x, (y - y0) * scale_y, shape))
    return whole


def _frame_of(node: Node) -> tuple[float, float, float, float] | None:
    look = node.first("wps:spPr") or node.first("pic:spPr") or node.first("wpg:grpSpPr")
    frame = look.first("a:xfrm") if look else None
    if frame is None:
        return None
    off, ext = frame.first("a:off"), frame.first("a:ext")
    if off is None or ext is None:
        return None
    return (
        _emu(off.attrs.get("x")),
        _emu(off.attrs.get("y")),
        _emu(ext.attrs.get("cx")),
        _emu(ext.attrs.get("cy")),
    )


def _fill(look: Node) -> Colour | None:
    solid = look.first("a:solidFill")
    return _solid(solid) if solid else None


def _solid(node: Node | None) -> Colour | None:
    if node is None:
        return None
    plain = node.first("a:srgbClr")
    return colour(plain.attrs.get("val")) if plain else None


def _outline(node: Node | None) -> Border | None:
    if node is None or node.first("a:noFill"):
        return None
    ink = _solid(node.first("a:solidFill"))
    return (max(_emu(node.attrs.get("w")), 0.5), ink or (0.0, 0.0, 0.0), "single")


def vml_shape(node: Node, reader: "Reader", ink: Ink) -> Iterator[Item]:
    """What a `pict` or `object` element shows."""
    for kid in node.kids:
        if kid.tag == "v:group":
            yield from vml_shape(kid, reader, ink)
        if kid.tag not in {"v:shape", "v:rect", "v:roundrect", "v:line", "v:oval"}:
            continue
        style = _css(kid.attrs.get("style", ""))
        size = (_size(style.get("width")), _size(style.get("height")))
        shape = _vml(kid, reader, size)
        if shape is None:
            continue
        if style.get("position") == "absolute":
            yield _vml_floating(shape, style)
        else:
            yield Inline(shape, ink)


def _vml(node: Node, reader: "Reader", size: tuple[float, float]) -> Shape | None:
    image = node.first("v:imagedata")
    if image is not None:
        part = reader.part.targets.get(image.attrs.get("r:id", ""), "")
        return Shape(*size, image=part) if part else None
    text = node.first("v:textbox", "txbxContent")
    if text is not None:
        blocks = _blocks(text, reader)
        has_line = node.attrs.get("stroked", "t") not in {"f", "false"}
        width = size[0] or 200.0
        return Shape(width, size[1], blocks=blocks, line=BLACK_LINE if has_line else None)
    words = node.first("v:textpath")
    if words is not None and words.attrs.get("string"):
        reader.document.note("Text on a path was left out.")
    return None


def _vml_floating(shape: Shape, style: dict[str, str]) -> Floating:
    across = style.get("mso-position-horizontal-relative", "text")
    down = style.get("mso-position-vertical-relative", "text")
    align_x, align_y = (
        style.get(f"mso-position-{way}", "").replace("absolute", "")
        for way in ("horizontal", "vertical")
    )
    left = _size(style.get("margin-left") or style.get("left"))
    top = _size(style.get("margin-top") or style.get("top"))
    return Floating(
        shape,
        ("column" if across == "text" else _VML_RELATIVE.get(across, "column"), align_x, left),
        (_VML_RELATIVE.get(down, "paragraph"), align_y, top),
        is_behind=style.get("z-index", "0").startswith("-"),
    )


def _css(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _size(text: str | None) -> float:
    """A CSS length; bare numbers are pixels of a 96 dpi screen."""
    if not text:
        return 0.0
    match = re.match(r"(-?[\d.]+)(px)?$", text)
    if match:
        text = match[1]
        return max(-_MOST_POINTS, min(points(text, per_point=1.0) * 0.75, _MOST_POINTS))
    return max(-_MOST_POINTS, min(points(text, per_point=1.0), _MOST_POINTS))


def _emu(text: str | None) -> float:
    try:
        value = float(text or 0) / _EMU
    except ValueError:
        return 0.0
    return max(-_MOST_POINTS, min(value, _MOST_POINTS))


def _share(text: str | None) -> float:
    """A share in thousandths of a percent, never less than nothing."""
    return max(0.0, points(text, per_point=100000.0))
