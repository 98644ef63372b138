"""Estimates how much memory the copies of a photo take, from what phase 1 found of it."""

from collections.abc import Sequence

from desktopproc.core.job import Facts
from desktopproc.core.needs import content, pixels, reduced, whole
from desktopproc.formats.photos.encoding import Effort
from desktopproc.formats.photos.options import CopyOptions
from desktopproc.formats.photos.rendering import lead
from desktopproc.formats.photos.targets import Format

_DENSE = 25.0  # bytes a pixel while AVIF, JPEG XL or the smallest PNG are made
_DEEP = 18.0  # of any other, which may have 16 bits
_JPEG = 13.0  # of one with 8 bits


def copies_mb(copies: Sequence[CopyOptions], files: Sequence[Facts]) -> float:
    """Megabytes at the worst moment; measured, and rounded up."""
    (facts,) = files
    full = pixels(facts)
    if not full:
        return whole(facts)
    is_dense = any(_is_dense(copy) for copy in copies)
    rate = _DENSE if is_dense else _JPEG if facts.format == "jpeg" else _DEEP
    made = [_pixels_of(copy, facts) for copy in copies]
    if facts.format == "jpeg" and len(copies) == 1 and lead(copies[0].stack) is not None:
        return reduced(facts) + made[0] * rate / 1e6  # resized strip by strip while it is decoded
    return max(full, *made) * rate / 1e6 + content(facts, 2)


def _is_dense(copy: CopyOptions) -> bool:
    return copy.format in {Format.AVIF, Format.JXL} or copy.effort is Effort.SMALL


def _pixels_of(copy: CopyOptions, facts: Facts) -> int:
    first = lead(copy.stack)
    if first is None:
        return pixels(facts)
    width, height = first.scaled((facts.width or 1, facts.height or 1))
    return width * height
