"""Ways from one plane to another that keep straight lines straight, as PDF matrices spell them."""

import math
from typing import NamedTuple


class Affine(NamedTuple):
    """x' = a x + c y + e and y' = b x + d y + f (ISO 32000-2, 8.3.3)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, other: "Affine") -> "Affine":
        """First this way, then the other."""
        x, y = other.direction(self.a, self.b), other.direction(self.c, self.d)
        return Affine(*x, *y, *other.point(self.e, self.f))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def direction(self, x: float, y: float) -> tuple[float, float]:
        """What becomes of an arrow."""
        return self.a * x + self.c * y, self.b * x + self.d * y

    @property
    def scale(self) -> float:
        """How much longer lengths become."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))


UNCHANGED = Affine()
"""The way that leads nowhere else."""


def scaled(by: float) -> Affine:
    return Affine(by, 0, 0, by, 0, 0)


def about(x: float, y: float, degrees: float) -> Affine:
    """A turn about a point; from the x axis towards the y axis."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Affine(cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)


def unturned(turn: int, width: float, height: float) -> Affine:
    """From a picture of this size that was turned clockwise back to what it was.

    Both planes count from the top left; `width` and `height` are of the turned picture, and `turn`
    is 0, 90, 180 or 270.
    """
    ways = {
        0: Affine(),
        90: Affine(0, -1, 1, 0, 0, width),
        180: Affine(-1, 0, 0, -1, width, height),
        270: Affine(0, 1, -1, 0, height, 0),
    }
    return ways[turn]
