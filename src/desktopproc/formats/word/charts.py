"""Shows a chart as the words and numbers it was made from, in a frame of its size."""

from desktopproc.formats.word.looks import Looks
from desktopproc.formats.word.model import Block, Paragraph, Shape
from desktopproc.formats.word.parts import Node
from desktopproc.formats.word.properties import BLACK_LINE, Props

_MOST_LINES = 60
_SIZE = 8.0


def chart_shape(root: Node, size: tuple[float, float], looks: Looks, base: Props) -> Shape:
    """The title of a chart, and a line for each series with its categories and values."""
    title = "".join(node.text for node in (root.first("c:chart", "c:title") or root).deep("a:t"))
    lines = [title] if title else []
    for series in root.deep("c:ser"):
        name = ", ".join(_points(series.first("c:tx")))
        labels = _points(series.first("c:cat") or series.first("c:xVal"))
        values = _points(series.first("c:val") or series.first("c:yVal"))
        pairs = [
            f"{labels[at]}: {value}" if at < len(labels) else value
            for at, value in enumerate(values)
        ]
        lines.append(f"{name}: {'; '.join(pairs)}" if name else "; ".join(pairs))
    props = {**base, "size": _SIZE}
    blocks: list[Block] = [
        Paragraph({}, list(looks.spans(line, props)), looks.ink(props))
        for line in lines[:_MOST_LINES]
    ]
    return Shape(*size, blocks=blocks, line=BLACK_LINE)


def _points(node: Node | None) -> list[str]:
    """The values that were stored with the chart."""
    if node is None:
        return []
    return [_rounded(value.text) for point in node.deep("c:pt") for value in point.all("c:v")]


def _rounded(text: str) -> str:
    """Numbers as people write them: 4.4 and not 4.4000000000000004."""
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text
