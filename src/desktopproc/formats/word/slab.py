"""The unit that pages are filled with: a slice of the text that is never cut across."""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktopproc.formats.word.canvas import Canvas
from desktopproc.formats.word.model import Block, Floating
from desktopproc.formats.word.properties import Props

Draw = Callable[[Canvas, float, float], None]


def nothing(_canvas: Canvas, _x: float, _y: float) -> None:
    """Draw nothing: an empty slab only takes space."""


@dataclass(slots=True)
class Slab:
    """A line of text, a row of a table: what it needs and how it is drawn at (x, top).

    `before` is dropped at the top of a page that began by itself, `after` at its end. `glue` ties
    it to what follows. `split` answers the part that fits into a height and the rest, or None.
    """

    height: float
    draw: Draw = nothing
    before: float = 0.0
    after: float = 0.0
    glue: bool = False
    break_before: bool = False
    break_after: str = ""
    notes: list[str] = field(default_factory=list)
    split: "Callable[[float], tuple[Slab, Slab] | None] | None" = None
    header: "list[Slab]" = field(default_factory=list)  # repeated where a page begins with this


@dataclass(slots=True)
class Context:
    """What laying out needs to know besides the text."""

    every: float = 36.0  # the distance of default tab stops
    page: str = ""
    total: int = 0
    depth: int = 0  # tables inside tables
    zones: list[tuple[float, float, float, float]] = field(default_factory=list)
    y: float = 0.0  # how far down the running text is, all pages counted as one
    note: Callable[[str], "list[Block]"] = lambda _: []

    def pushed(self, y: float, height: float) -> tuple[float, float]:
        """How far floating shapes push in a line that lies at this height."""
        left = right = 0.0
        for top, bottom, from_left, from_right in self.zones:
            if y + height > top and y < bottom:
                left, right = max(left, from_left), max(right, from_right)
        return left, right


def same_look(one: Props | None, other: Props | None) -> bool:
    """Whether two paragraphs share one frame."""
    if not one or not other:
        return False
    keys = ("borders", "left", "right")
    return all(one.get(key) == other.get(key) for key in keys)


def floats_only(floats: list[Floating], wrap: str) -> list[Floating]:
    return [each for each in floats if each.wrap == wrap]
