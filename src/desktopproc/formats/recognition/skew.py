"""Estimates by how much a scan lies askew, and whether its lines run across or up and down.

Projection profiles (Postl 1986): along its lines a text has dense and empty rows, and the rows
differ most in the direction in which the lines run. The picture is first squeezed into a few
dozen columns, so that a trial costs a fraction of a millisecond.
"""

import math
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_DEGREES = 10.0
"""How much askew a page may lie; more is not a scan that slipped."""

_EDGE = 1100  # of the picture that is looked at; lines of small print are still apart
_COLUMNS = 64
_COARSE, _FINE = 0.5, 0.05
_SURE = 1.6  # how much better than an average direction the best one must be
_GAIN = 1.02  # and how much better than leaving the page as it is
_SIDEWAYS = 1.5  # how much more the columns must differ than the rows
_LONG = 6  # how many times longer than they are apart lines are at least
_INK = 160  # what is darker than this is ink, roughly


class Skew(NamedTuple):
    """By how many degrees the lines rise to the right, and how clearly they can be told apart."""

    degrees: float
    clearness: float


def skew_of(image: "Image") -> Skew:
    """The skew of a grey picture with dark text; 0 degrees where nothing is sure."""
    strips, column_width = _squeezed(_shrunk(image))
    sharpness = {
        degrees: _sharpness(strips, degrees, column_width) for degrees in _around(0, MOST_DEGREES)
    }
    best = max(sharpness, key=lambda degrees: sharpness[degrees])
    average = sum(sharpness.values()) / len(sharpness)
    plain, clearness = sharpness[0.0], sharpness[best]
    if clearness < _SURE * average or abs(best) >= MOST_DEGREES:
        return Skew(0.0, clearness)
    finer = {
        degrees: _sharpness(strips, degrees, column_width)
        for degrees in _around(best, _COARSE, _FINE)
    }
    best = max(finer, key=lambda degrees: finer[degrees])
    return Skew(best if finer[best] > _GAIN * plain else 0.0, finer[best])


def is_sideways(image: "Image", upright: Skew) -> bool:
    """Whether the lines run up and down rather than across; `upright` is its `skew_of`.

    The letters of a single line stand side by side as lines do, but are not as long.
    """
    from PIL.Image import Transpose

    turned = _shrunk(image).transpose(Transpose.ROTATE_90)
    down = skew_of(turned)
    if down.clearness <= _SIDEWAYS * upright.clearness:
        return False
    strips, column_width = _squeezed(turned)
    pitch = _pitch(_profile(strips, down.degrees, column_width))
    ink = turned.point([255] * _INK + [0] * (256 - _INK)).getbbox()
    return ink is not None and pitch > 0 and ink[2] - ink[0] >= _LONG * pitch


def _pitch(profile: Sequence[float]) -> float:
    """How far the dense parts of a profile are apart; 0 when there are not several."""
    middle = (min(profile) + max(profile)) / 2
    dense = [row > middle for row in profile]
    starts = [at for at, (before, now) in enumerate(pairwise(dense)) if now and not before]
    return (starts[-1] - starts[0]) / (len(starts) - 1) if len(starts) > 1 else 0.0


def _around(middle: float, reach: float, step: float = _COARSE) -> list[float]:
    count = round(reach / step)
    return [middle + at * step for at in range(-count, count + 1)]


def _shrunk(image: "Image") -> "Image":
    factor = max(1, round(max(image.size) / _EDGE))
    return image.reduce(factor) if factor > 1 else image


def _squeezed(small: "Image") -> tuple["Image", float]:
    """Ink in few columns, in floating point, 0 for paper; and how wide each column was."""
    from PIL.Image import Resampling

    ink = small.point([255 - level for level in range(256)])
    columns = min(_COLUMNS, small.width)
    strips = ink.resize((columns, small.height), Resampling.BOX)
    return strips.convert("F"), small.width / columns


def _sharpness(strips: "Image", degrees: float, column_width: float) -> float:
    """How much neighbouring rows differ when the columns are shifted along this direction."""
    rows = _profile(strips, degrees, column_width)
    return sum((after - before) ** 2 for before, after in pairwise(rows))


def _profile(strips: "Image", degrees: float, column_width: float) -> Sequence[float]:
    """How much ink there is in each row along this direction."""
    from PIL.Image import Resampling, Transform

    rise = math.tan(math.radians(degrees)) * column_width
    way = (1, 0, 0, -rise, 1, rise * strips.width / 2)
    sheared = strips.transform(strips.size, Transform.AFFINE, way, Resampling.BILINEAR)
    return array("f", sheared.resize((1, strips.height), Resampling.BOX).tobytes())
