"""Tells whether two pictures show the same, however they were resized, recompressed or toned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from desktopproc.formats.image_colour import flatten
from desktopproc.formats.image_preview import preview

if TYPE_CHECKING:
    from PIL.Image import Image

    from desktopproc.formats.images import Picture

BITS = 128
"""How many bits a fingerprint has: 64 steps of brightness across and 64 down."""

_EDGE = 64  # of the copy that is looked at
_GRID = 8
_STEP = 3  # levels of grey that are seen as a step
_FEWEST_STEPS = 20  # of 128; below that a picture has nothing to be known by
_SHAPE = 0.04  # how far the shapes may differ: a small copy's edges are rounded
_COLOUR = 32.0  # levels by which colours may differ on average, brightness of the whole apart
_FORM = 0.45  # the same for brightness, in units of its own spread


class Fingerprint(NamedTuple):
    """A difference hash in two directions, and an 8 x 8 copy to confirm what it says."""

    bits: int
    shape: float  # width by height
    tiny: bytes  # 8 x 8 pixels of red, green and blue


def fingerprint(picture: "Picture") -> Fingerprint | None:
    """What an opened picture is known by; None for a plain one, which looks like every other."""
    from PIL.Image import Resampling

    width, height = picture.size
    small = flatten(preview(picture, _EDGE, fast=True)).convert("RGB")
    if (width > height) != (small.width > small.height):
        width, height = height, width
    grey = small.convert("L")
    across = _steps(grey.resize((_GRID + 1, _GRID), Resampling.BOX))
    down = _steps(grey.rotate(90, expand=True).resize((_GRID + 1, _GRID), Resampling.BOX))
    steps = across + down
    if sum(abs(step) >= _STEP for step in steps) < _FEWEST_STEPS:
        return None
    bits = sum(1 << at for at, step in enumerate(steps) if step > 0)
    tiny = small.resize((_GRID, _GRID), Resampling.BOX)
    return Fingerprint(bits, width / height, tiny.tobytes())


def distance(one: Fingerprint, other: Fingerprint) -> int:
    """How many bits differ: 0 shows the same, 64 is what two random pictures have."""
    return (one.bits ^ other.bits).bit_count()


def is_alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Confirms a small distance: the same shape, and light and colours in the same places."""
    return (
        abs(one.shape - other.shape) <= _SHAPE * one.shape
        and _apart(_form(one), _form(other)) <= _FORM
        and _apart(_colours(one), _colours(other)) <= _COLOUR
    )


def _steps(grey: "Image") -> list[int]:
    """From each of the 9 x 8 greys to the one on its right."""
    levels = grey.tobytes()
    rows = [levels[at : at + _GRID + 1] for at in range(0, len(levels), _GRID + 1)]
    return [row[at] - row[at + 1] for row in rows for at in range(_GRID)]


def _form(known: Fingerprint) -> list[float]:
    """Brightness without its mean, in units of its spread."""
    red, green, blue = (known.tiny[channel::3] for channel in range(3))
    greys = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in zip(red, green, blue, strict=True)]
    level = _centred(greys)
    spread = (sum(value * value for value in level) / len(level)) ** 0.5 or 1.0
    return [value / spread for value in level]


def _colours(known: Fingerprint) -> list[float]:
    """Each channel without its mean."""
    return [v for channel in range(3) for v in _centred(known.tiny[channel::3])]


def _centred(levels: Sequence[float]) -> list[float]:
    mean = sum(levels) / len(levels)
    return [level - mean for level in levels]


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
