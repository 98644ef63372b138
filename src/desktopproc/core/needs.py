"""Estimates how much memory files take while they are worked on, from what phase 1 found."""

from desktopproc.core.job import Facts

_BYTES_A_PIXEL = 16  # four channels of 16 bits, and a second copy of them while they change


def pixels(facts: Facts) -> int:
    """How many a picture has; 0 where that is not known."""
    return (facts.width or 0) * (facts.height or 0)


def content(facts: Facts, times: float = 1.0) -> float:
    """Megabytes of the file itself, so many times."""
    return (facts.size_bytes or 0) * times / 1e6


def whole(facts: Facts) -> float:
    """Megabytes for a file that is decoded as a whole, whatever kind it is."""
    return pixels(facts) * _BYTES_A_PIXEL / 1e6 + content(facts, 2)
