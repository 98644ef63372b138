"""Finds out what a PDF repeats: the sizes of its headings, and what stands on every page."""

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
_LEAST_REPEATED = 3
_MARGIN_LINES = 3
_MARGIN = 0.1  # of the page's height
_SAME_HEIGHT = 4.0  # points
_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b")
_SPACES = re.compile(r"\W+")
_MOST_BOOKMARKS = 20_000


@dataclass(frozen=True, slots=True)
class Habits:
    """What headings and margins look like; the same whichever pages of a document are read."""

    levels: dict[float, int] = field(default_factory=dict)  # by size, rounded to half points
    bookmarks: dict[int, dict[str, int]] = field(default_factory=dict)  # by page from 0
    running: frozenset[tuple[str, int]] = frozenset()  # see `_mark`

    def level(self, page: int, line: Line, text: str) -> int | None:
        """The level of the heading that this text is; None for other text."""
        named = self.bookmarks.get(page, {}).get(_plain(text))
        if named is not None:
            return named
        if not any(sign.isalpha() for sign in text) or len(text) < 2 or not line.is_level:
            return None
        return self.levels.get(_rounded(line.size))

    def is_running(self, line: Line) -> bool:
        """Whether a line is a running head or foot: about the same on many pages."""
        return bool(self.running) and _mark(line) in self.running


def habits_of(pdf: "pymupdf.Document", flags: int) -> Habits:
    """Judge by pages from all over the document, and by its bookmarks."""
    count = pdf.page_count
    step = max(1, -(-count // _SAMPLE_PAGES))
    sizes: Counter[float] = Counter()
    marks: Counter[tuple[str, int]] = Counter()
    largest: dict[tuple[str, int], float] = {}
    for index in range(0, count, step):
        page = pdf.load_page(index).get_textpage(flags=flags).extractDICT()
        lines = lines_of(page, [])
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
        outer = {_mark(line): line.size for line in _in_margins(lines, page["height"])}
        marks.update(outer.keys())
        largest |= outer
    levels = _levels(sizes)
    least = max(_LEAST_REPEATED, len(range(0, count, step)) // 4)
    running = {
        mark
        for mark, times in marks.items()
        if times >= least and _rounded(largest[mark]) not in levels
    }
    return Habits(levels, _bookmarks(pdf), frozenset(running))


def _in_margins(lines: list[Line], height: float) -> list[Line]:
    """The outermost lines at the top and at the bottom of a page."""
    by_height = sorted(lines, key=lambda line: line.box[1])
    tops, bottoms = by_height[:_MARGIN_LINES], by_height[-_MARGIN_LINES:]
    return [
        *(line for line in tops if line.box[3] < _MARGIN * height),
        *(line for line in bottoms if line.box[1] > (1 - _MARGIN) * height),
    ]


def _mark(line: Line) -> tuple[str, int]:
    """What lines on many pages have alike: their words without numbers, and their height."""
    words = _NUMBERS.sub("#", line.text.casefold())
    return _SPACES.sub(" ", words).strip(), round(line.box[1] / _SAME_HEIGHT)


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
