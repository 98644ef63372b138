"""Finds out which sizes of letters, and which bookmarks, make headings of a PDF."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktopproc.formats.texts.lines import Line, lines_of

if TYPE_CHECKING:
    import pymupdf

_SAMPLE_PAGES = 16
_LEAST_LARGER = 1.12  # than the body text, to be a heading
_MOST_LEVELS = 6
_SPACES = re.compile(r"\W+")
_MOST_BOOKMARKS = 20_000


@dataclass(frozen=True, slots=True)
class Headings:
    """What a document's headings look like; the same whichever of its pages are read."""

    levels: dict[float, int] = field(default_factory=dict)  # by size, rounded to half points
    bookmarks: dict[int, dict[str, int]] = field(default_factory=dict)  # by page from 0

    def level(self, page: int, line: Line, text: str) -> int | None:
        """The level of the heading that this text is; None for other text."""
        named = self.bookmarks.get(page, {}).get(_plain(text))
        if named is not None:
            return named
        if not any(sign.isalpha() for sign in text) or len(text) < 2 or not line.is_level:
            return None
        return self.levels.get(_rounded(line.size))


def headings_of(pdf: "pymupdf.Document", flags: int) -> Headings:
    """Judge by pages from all over the document, and by its bookmarks."""
    count = pdf.page_count
    step = max(1, -(-count // _SAMPLE_PAGES))
    sizes: Counter[float] = Counter()
    for index in range(0, count, step):
        page = pdf.load_page(index).get_textpage(flags=flags).extractDICT()
        for line in lines_of(page, []):
            sizes[_rounded(line.size)] += len(line.text)
    return Headings(_levels(sizes), _bookmarks(pdf))


def _levels(sizes: Counter[float]) -> dict[float, int]:
    """The sizes clearly above that of most of the text, the largest being level 1."""
    if not sizes:
        return {}
    body, _ = sizes.most_common(1)[0]
    larger = sorted((size for size in sizes if size >= body * _LEAST_LARGER), reverse=True)
    levels: dict[float, int] = {}
    level, above = 0, 0.0
    for size in larger:
        if not above or size < above * 0.94:  # sizes that nobody can tell apart are one level
            level, above = level + 1, size
        levels[size] = min(level, _MOST_LEVELS)
    return levels


def _bookmarks(pdf: "pymupdf.Document") -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for level, title, page in pdf.get_toc(simple=True)[:_MOST_BOOKMARKS]:
        if page > 0 and (plain := _plain(title)):
            found.setdefault(page - 1, {})[plain] = min(level, _MOST_LEVELS)
    return found


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


def _rounded(size: float) -> float:
    return round(size * 2) / 2
