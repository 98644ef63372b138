"""Finds the grids that ruled lines make: where they part rows and columns, and which cells join."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from desktopproc.formats.texts.blocks import Box

_THIN = 3.0  # points: a rectangle that is thinner is a rule
_NEAR = 2.0  # points between two rules that are meant to be one
_SHORTEST = 4.0
_MOST_RULES = 3_000  # of one direction on a page; more belong to a drawing
_MOST_CROSSINGS = 400_000
_WIDEST, _LONGEST = 100, 1_000  # columns and rows of a grid

Rule = tuple[float, float, float]
"""Its height (or distance from the left), where it begins, where it ends."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where rows and columns begin and end; `owners` names for each cell the one it is part of."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    owners: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def box(self) -> Box:
        return self.columns[0], self.rows[0], self.columns[-1], self.rows[-1]

    def cell_at(self, across: float, down: float) -> tuple[int, int]:
        """Row and column of the cell at a point, or next to it."""
        row = min(max(bisect_right(self.rows, down) - 1, 0), len(self.rows) - 2)
        column = min(max(bisect_right(self.columns, across) - 1, 0), len(self.columns) - 2)
        return self.owners[row][column]


def grids_of(boxes: Iterable[Box]) -> list[Grid]:
    """The grids among lines and rectangles, each with two cells at least."""
    level: list[Rule] = []
    upright: list[Rule] = []
    for left, top, right, bottom in boxes:
        is_low, is_narrow = bottom - top < _THIN, right - left < _THIN
        if is_low and not is_narrow:
            level.append(((top + bottom) / 2, left, right))
        elif is_narrow and not is_low:
            upright.append(((left + right) / 2, top, bottom))
        elif not is_low:
            level += [(top, left, right), (bottom, left, right)]
            upright += [(left, top, bottom), (right, top, bottom)]
    if max(len(level), len(upright)) > _MOST_RULES:
        return []
    return _grids(_merged(level), _merged(upright))


def _merged(rules: list[Rule]) -> list[Rule]:
    """The rules, with pieces of one line put together."""
    found: list[Rule] = []
    for line in _lined_up(rules):
        place = sum(at for at, _, _ in line) / len(line)
        start, end = line[0][1], line[0][2]
        for _, other_start, other_end in line[1:]:
            if other_start > end + _NEAR:
                found.append((place, start, end))
                start = other_start
            end = max(end, other_end) if other_start <= end + _NEAR else other_end
        found.append((place, start, end))
    return [rule for rule in found if rule[2] - rule[1] >= _SHORTEST]


def _lined_up(rules: list[Rule]) -> list[list[Rule]]:
    """The rules that lie on one line, each line from its beginning to its end."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules):
        if lines and rule[0] - lines[-1][-1][0] <= _NEAR / 2:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    return [sorted(line, key=lambda rule: rule[1]) for line in lines]


def _grids(level: list[Rule], upright: list[Rule]) -> list[Grid]:
    if len(level) * len(upright) > _MOST_CROSSINGS:
        return []
    groups = list(range(len(level) + len(upright)))

    def root(at: int) -> int:
        while groups[at] != at:
            groups[at] = groups[groups[at]]
            at = groups[at]
        return at

    for one, (down, left, right) in enumerate(level):
        for other, (across, top, bottom) in enumerate(upright, len(level)):
            if left - _NEAR <= across <= right + _NEAR and top - _NEAR <= down <= bottom + _NEAR:
                groups[root(one)] = root(other)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for at, rule in enumerate(level + upright):
        found.setdefault(root(at), ([], []))[at >= len(level)].append(rule)
    grids = [_grid(*rules) for rules in found.values()]
    return sorted((grid for grid in grids if grid), key=lambda grid: grid.rows[0])


def _grid(level: list[Rule], upright: list[Rule]) -> Grid | None:
    """The grid of rules that cross; None for a frame, and for what is too large to be a table."""
    rows, columns = _places(level), _places(upright)
    if len(rows) < 2 or len(columns) < 3 or len(columns) > _WIDEST or len(rows) > _LONGEST:
        return None
    owners: list[list[tuple[int, int]]] = []
    for row in range(len(rows) - 1):
        owners.append([])
        middle_down = (rows[row] + rows[row + 1]) / 2
        for column in range(len(columns) - 1):
            middle_across = (columns[column] + columns[column + 1]) / 2
            if column and not _is_ruled(upright, columns[column], middle_down):
                owners[row].append(owners[row][column - 1])
            elif row and not _is_ruled(level, rows[row], middle_across):
                owners[row].append(owners[row - 1][column])
            else:
                owners[row].append((row, column))
    return Grid(columns, rows, tuple(map(tuple, owners)))


def _places(rules: list[Rule]) -> tuple[float, ...]:
    found: list[float] = []
    for place, _, _ in sorted(rules):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return tuple(found)


def _is_ruled(rules: list[Rule], place: float, at: float) -> bool:
    """Whether a rule lies at this place where it would part two cells."""
    return any(
        abs(own - place) <= _NEAR and start - _NEAR <= at <= end + _NEAR
        for own, start, end in rules
    )
