"""Reads where sections begin and what their pages are like."""

from collections.abc import Iterator

from desktopproc.formats.word.model import Section
from desktopproc.formats.word.parts import Node, Part
from desktopproc.formats.word.properties import is_on, points

_LEAST, _MOST = 36.0, 1584.0 * 3  # points; Word's own pages end at 22 inches


def sections(body: Node, part: Part) -> Iterator[tuple[Section, list[Node]]]:
    """Each section with the nodes that belong to it; headers carry on from section to section."""
    nodes: list[Node] = []
    before: Section | None = None
    for node in body.kids:
        if node.tag == "sectPr":
            continue
        nodes.append(node)
        own = node.first("pPr", "sectPr") if node.tag == "p" else None
        if own is not None:
            before = _section(own, part, before)
            yield before, nodes
            nodes = []
    last = body.first("sectPr")
    yield _section(last or Node("sectPr", {}), part, before), nodes


def _section(node: Node, part: Part, before: Section | None) -> Section:
    section = Section(start=node.val("type", default="nextPage"))
    size = node.first("pgSz")
    if size is not None:
        section.width = _within(points(size.attrs.get("w"), 612.0))
        section.height = _within(points(size.attrs.get("h"), 792.0))
    margins = node.first("pgMar")
    if margins is not None:
        for side in ("top", "bottom", "left", "right", "header", "footer"):
            value = points(margins.attrs.get(side), getattr(section, side))
            setattr(section, side, max(-_MOST, min(value, _MOST)))
        gutter = max(0.0, points(margins.attrs.get("gutter")))
        section.left += gutter
    if section.left + section.right > section.width - 18:
        section.left = section.right = min(section.left, section.width / 8)
    title = node.first("titlePg")
    section.has_title_page = title is not None and is_on(title)
    numbers = node.first("pgNumType")
    if numbers is not None:
        start = numbers.attrs.get("start", "")
        section.first_page = int(start) if start.isdigit() and len(start) < 8 else None
        section.number_format = numbers.attrs.get("fmt", "decimal")
    _margins_of(node, part, section, before)
    section.columns = _columns(node.first("cols"), section)
    return section


def _margins_of(node: Node, part: Part, section: Section, before: Section | None) -> None:
    if before is not None:
        section.headers, section.footers = dict(before.headers), dict(before.footers)
    for kid in node.kids:
        target = part.targets.get(kid.attrs.get("r:id", ""), "")
        if kid.tag == "headerReference":
            section.headers[kid.attrs.get("type", "default")] = target
        elif kid.tag == "footerReference":
            section.footers[kid.attrs.get("type", "default")] = target


def _columns(node: Node | None, section: Section) -> list[tuple[float, float]]:
    count_text = node.attrs.get("num", "1") if node is not None else "1"
    count = min(max(int(count_text), 1), 45) if count_text.isdigit() else 1
    width = section.text_width
    if node is None or (count == 1 and not node.first("col")):
        return [(section.left, width)]
    if node.attrs.get("equalWidth", "1") in {"0", "false", "off"}:
        x, found = section.left, []
        for col in node.all("col"):
            wide = points(col.attrs.get("w"))
            if wide >= 12:
                found.append((x, wide))
                x += wide + points(col.attrs.get("space"))
        if found:
            return found
    space = points(node.attrs.get("space"), 36.0)
    each = (width - space * (count - 1)) / count
    if each < 12:
        return [(section.left, width)]
    return [(section.left + at * (each + space), each) for at in range(count)]


def _within(value: float) -> float:
    return max(_LEAST, min(value, _MOST))
