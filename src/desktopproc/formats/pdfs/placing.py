"""Says where a stamp stands on a page as it is seen: turned, cropped, in its own unit."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Page

Matrix = tuple[float, float, float, float, float, float]
MM = 72 / 25.4


class Place(StrEnum):
    """Where on a page."""

    CENTRE = "centre"
    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"

    @property
    def shares(self) -> tuple[float, float]:
        """How far right and how far up, from 0 to 1."""
        across = 0.0 if "left" in self else 1.0 if "right" in self else 0.5
        up = 0.0 if "bottom" in self else 1.0 if "top" in self else 0.5
        return across, up

    @property
    def mirrored(self) -> "Place":
        """The same place on a page that is bound at its other side."""
        swapped = {"left": "right", "right": "left"}
        return Place("-".join(swapped.get(word, word) for word in self.value.split("-")))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is seen: its size in points, and how points on it become places in the file."""

    width: float
    height: float
    matrix: Matrix


def sheet_of(page: "Page") -> Sheet:
    """ISO 32000-2, 7.7.3.3: the crop box is seen, /Rotate turns it clockwise, /UserUnit scales."""
    left, bottom, right, top = _box(page)
    unit = float(page.obj.get("/UserUnit", 1)) or 1.0
    width, height, scale = (right - left) * unit, (top - bottom) * unit, 1 / unit
    turned = page.rotation % 360
    matrices: dict[int, Matrix] = {
        0: (scale, 0, 0, scale, left, bottom),
        90: (0, scale, -scale, 0, right, bottom),
        180: (-scale, 0, 0, -scale, right, top),
        270: (0, -scale, scale, 0, left, top),
    }
    if turned % 180:
        width, height = height, width
    return Sheet(width, height, matrices.get(turned, matrices[0]))


def _box(page: "Page") -> tuple[float, float, float, float]:
    """What is seen of a page: the crop box as far as it lies on the medium."""
    crop, media = (
        (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        for x0, y0, x1, y1 in (
            (float(edge) for edge in box) for box in (page.cropbox, page.mediabox)
        )
    )
    left, bottom = max(crop[0], media[0]), max(crop[1], media[1])
    right, top = min(crop[2], media[2]), min(crop[3], media[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a stamp is to stand: lengths in points, the angle anticlockwise in degrees."""

    place: Place
    margin: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    is_tiled: bool = False
    gap: float = 36.0


_MOST_TILES = 2000


def placed(size: tuple[float, float], sheet: Sheet, wish: Wish) -> list[Matrix]:
    """The matrices that put a stamp of this size onto a page, one for each time it stands there."""
    across, up = turned_size(size, wish.angle)
    if wish.is_tiled:
        return _tiled(size, (across, up), sheet, wish)
    right, high = wish.place.shares
    centre = (
        wish.margin + across / 2 + (sheet.width - 2 * wish.margin - across) * right,
        wish.margin + up / 2 + (sheet.height - 2 * wish.margin - up) * high,
    )
    return [_at(size, (centre[0] + wish.offset[0], centre[1] + wish.offset[1]), sheet, wish.angle)]


def turned_size(size: tuple[float, float], angle: float) -> tuple[float, float]:
    """The upright box around a turned stamp."""
    sine, cosine = abs(math.sin(math.radians(angle))), abs(math.cos(math.radians(angle)))
    return size[0] * cosine + size[1] * sine, size[0] * sine + size[1] * cosine


def _tiled(
    size: tuple[float, float], box: tuple[float, float], sheet: Sheet, wish: Wish
) -> list[Matrix]:
    step = (box[0] + wish.gap, box[1] + wish.gap)
    columns, rows = (
        math.ceil(edge / length) + 1
        for edge, length in zip((sheet.width, sheet.height), step, strict=True)
    )
    places = [
        (wish.offset[0] + column * step[0], wish.offset[1] + row * step[1])
        for row in range(rows)
        for column in range(columns)
    ]
    return [_at(size, place, sheet, wish.angle) for place in places[:_MOST_TILES]]


def _at(
    size: tuple[float, float], centre: tuple[float, float], sheet: Sheet, angle: float
) -> Matrix:
    """Turned about its middle, which stands here on the page as it is seen."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    across, up = size[0] / 2, size[1] / 2
    turned: Matrix = (
        *(cosine, sine, -sine, cosine),
        centre[0] - across * cosine + up * sine,
        centre[1] - across * sine - up * cosine,
    )
    return times(turned, sheet.matrix)


def times(first: Matrix, then: Matrix) -> Matrix:
    """What one matrix and then another do (ISO 32000-2, 8.3.4)."""
    a, b, c, d, e, f = first
    k, m, n, o, p, q = then
    return (
        *(a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o),
        *(e * k + f * n + p, e * m + f * o + q),
    )
