"""What was read on a page: words with their places in the picture, line by line."""

import re
from dataclasses import dataclass

from desktopproc.formats.recognition.affine import UNCHANGED, Affine

_UNSPACED = re.compile(
    "[\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, the box around it in pixels from the top left, and how sure the engine is, in %."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line in reading order.

    The baseline is `slope * (x - left of the first word) + base`, and `height` the distance from
    the deepest descender to the highest ascender. A line that `runs_down` was turned clockwise: its
    baseline is the column `base`. `is_first` says that a paragraph begins here.
    """

    words: tuple[Word, ...]
    base: float
    height: float
    slope: float = 0.0
    runs_down: bool = False
    is_first: bool = False

    @property
    def text(self) -> str:
        pairs = zip(self.words, self.words[1:], strict=False)
        ends = [between(word, following) for word, following in pairs]
        return "".join(word.text + end for word, end in zip(self.words, [*ends, ""], strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a page, and the way from their pixels to the points of the page."""

    lines: tuple[Line, ...] = ()
    to_page: Affine = UNCHANGED

    @property
    def confidence(self) -> float:
        """How sure the engine is of what it read, in %, long words counting more."""
        return confidence_of(self.lines)

    @property
    def text(self) -> str:
        """The text with a blank line between paragraphs; empty where nothing was read."""
        parts = (("\n" if at and line.is_first else "") + line.text for at, line in self._numbered)
        return "".join(part + "\n" for part in parts)

    @property
    def _numbered(self) -> "enumerate[Line]":
        return enumerate(self.lines)


def between(word: Word, following: Word) -> str:
    """A space, but nothing between Chinese or Japanese signs, which are written without."""
    is_joined = _UNSPACED.search(word.text[-1:]) and _UNSPACED.search(following.text[:1])
    return "" if is_joined else " "


def confidence_of(lines: tuple[Line, ...]) -> float:
    """The mean over all signs; 0 where there are none."""
    signs = sum(len(word.text) for line in lines for word in line.words)
    sure = sum(len(word.text) * word.confidence for line in lines for word in line.words)
    return sure / signs if signs else 0.0


NOT_READ = Reading()
"""Of a page on which nothing was recognized."""
