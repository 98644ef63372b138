"""Estimates how much memory files take while they are worked on, from what phase 1 found.

All numbers were measured with files of 12 to 108 megapixels and PDFs of up to 70 MB, and rounded
up: megabytes beyond what an idle worker has.
"""

from collections.abc import Sequence

from desktopproc.core.job import Facts

_WHOLE = 16.0  # bytes a pixel: a WebP, decoded and turned to RGBA; most take 5 to 10
_REDUCED = 3.5  # bytes a pixel of a progressive JPEG, whose parts are all kept; others take 0.4
_DOCUMENT_MB = 50.0  # of fonts and pages, in most documents


def pixels(facts: Facts) -> int:
    """How many a picture has; 0 where that is not known."""
    return (facts.width or 0) * (facts.height or 0)


def content(facts: Facts, times: float = 1.0) -> float:
    """The file itself, so many times."""
    return (facts.size_bytes or 0) * times / 1e6


def whole(facts: Facts) -> float:
    """A picture that is decoded in full size, or a document."""
    if found := pixels(facts):
        return found * _WHOLE / 1e6 + content(facts)
    return _DOCUMENT_MB + content(facts, 4)


def reduced(facts: Facts) -> float:
    """A picture that is decoded no larger than a small result needs, which JPEG allows."""
    if facts.format == "jpeg":
        return pixels(facts) * _REDUCED / 1e6 + content(facts, 2)
    return whole(facts)


def largest_whole(files: Sequence[Facts]) -> float:
    """Files that are worked on one after the other."""
    return max(map(whole, files), default=0.0)


def largest_content(files: Sequence[Facts]) -> float:
    """Files that are read and written, but never decoded."""
    return 20.0 + max([content(facts, 3) for facts in files], default=0.0)
