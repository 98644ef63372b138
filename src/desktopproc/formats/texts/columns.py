"""Puts the lines of a page in reading order where they stand in columns but are stored in rows."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from desktopproc.formats.texts.blocks import Box

T = TypeVar("T")

_LEAST_ROWS = 5  # of side by side lines; fewer are no columns
_LEAST_LETTERS = 14  # a line of prose has more on average; a cell of a table has fewer
_LEAST_WIDTH = 0.2  # of the page; narrower stretches are cells, or margins
_LEAST_FILLED = 0.6  # of the column's width by a line on average; labels of a form fill less
_MOST_JUMPS = 0.3  # of the rows; a file that goes to the other column more often is in rows
_MOST_COLUMNS = 4


def in_reading_order(
    lines: Sequence[T], box_of: Callable[[T], Box], letters_of: Callable[[T], int]
) -> list[T]:
    """The lines as they are, unless the file goes back and forth between columns of prose."""
    placed = [(box_of(line), letters_of(line), line) for line in lines]
    return [line for _, _, line in _ordered(placed, _MOST_COLUMNS - 1)]


_Placed = tuple[Box, int, T]


def _ordered(lines: "list[_Placed[T]]", cuts: int) -> "list[_Placed[T]]":
    gutter = _gutter(lines) if cuts and len(lines) >= 2 * _LEAST_ROWS else None
    if gutter is None:
        return lines
    found: list[_Placed[T]] = []
    left: list[_Placed[T]] = []
    right: list[_Placed[T]] = []

    def end_band() -> None:
        found.extend(_ordered(left, cuts - 1) + _ordered(right, cuts - 1))
        left.clear()
        right.clear()

    for line in sorted(lines, key=lambda line: line[0][1]) if _spans(lines, gutter) else lines:
        if line[0][2] <= gutter:
            left.append(line)
        elif line[0][0] >= gutter:
            right.append(line)
        else:  # a line across both, such as a title, ends the columns above it
            end_band()
            found.append(line)
    end_band()
    return found


def _spans(lines: "list[_Placed[T]]", gutter: float) -> bool:
    return any(line[0][0] < gutter < line[0][2] for line in lines)


def _gutter(lines: "list[_Placed[T]]") -> float | None:
    """Where two columns of prose part that the file mixes; None when nothing is to be done."""
    left, right = min(line[0][0] for line in lines), max(line[0][2] for line in lines)
    starts = sorted({round(line[0][0]) for line in lines})
    least = _LEAST_WIDTH * (right - left)
    for start in starts:
        gutter = start - 1.0
        if gutter - left < least or right - gutter < least:
            continue
        if _parts_columns(lines, gutter) and _is_mixed(lines, gutter):
            return gutter
    return None


def _parts_columns(lines: "list[_Placed[T]]", gutter: float) -> bool:
    """Whether prose stands on both sides, and hardly anything across."""
    before = [line for line in lines if line[0][2] <= gutter]
    behind = [line for line in lines if line[0][0] >= gutter]
    across = len(lines) - len(before) - len(behind)
    if min(len(before), len(behind)) < _LEAST_ROWS or across > 0.25 * len(lines):
        return False
    return _is_prose(before) and _is_prose(behind)


def _is_prose(side: "list[_Placed[T]]") -> bool:
    letters = sum(letters for _, letters, _ in side)
    widths = [box[2] - box[0] for box, _, _ in side]
    is_full = sum(widths) >= _LEAST_FILLED * len(side) * max(widths)
    return is_full and letters >= _LEAST_LETTERS * len(side)


def _is_mixed(lines: "list[_Placed[T]]", gutter: float) -> bool:
    """Whether the file changes sides nearly as often as there are rows."""
    sides = [box[0] >= gutter for box, _, _ in lines if not box[0] < gutter < box[2]]
    jumps = sum(one != other for one, other in pairwise(sides))
    rows = min(sides.count(True), sides.count(False))
    return jumps > max(2, _MOST_JUMPS * rows)
