"""Works out where on the page a floating shape stands."""

from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.model import Floating


def place_of(each: Floating, canvas: Canvas, x: float, y: float) -> tuple[float, float]:
    """The top left corner, for a shape that is anchored in a line at (x, y)."""
    section = canvas.section
    text = (section.left, section.width - section.right)
    across = {
        "page": (0.0, section.width),
        "margin": text,
        "column": (x, x + canvas.column_width),
        "character": (x, x + canvas.column_width),
        "leftMargin": (0.0, section.left),
        "rightMargin": (section.width - section.right, section.width),
        "insideMargin": (0.0, section.left),
        "outsideMargin": (section.width - section.right, section.width),
    }
    down = {
        "page": (0.0, section.height),
        "margin": (section.top, section.height - section.bottom),
        "topMargin": (0.0, section.top),
        "bottomMargin": (section.height - section.bottom, section.height),
        "paragraph": (y, y),
        "line": (y, y),
    }
    left, right = across.get(each.horizontal[0], (x, x + canvas.column_width))
    top, bottom = down.get(each.vertical[0], (y, y))
    return (
        _along(left, right, each.shape.width, each.horizontal),
        _along(top, bottom, each.shape.height, each.vertical),
    )


def _along(low: float, high: float, size: float, wish: tuple[str, str, float]) -> float:
    _, align, offset = wish
    if align == "center":
        return (low + high - size) / 2
    if align in {"right", "bottom", "outside"}:
        return high - size
    return low + (0.0 if align else offset)
