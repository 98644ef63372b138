"""Cuts text into the smallest pieces that may stand apart: words, with how good a cut each is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Cut(IntEnum):
    """How good it is to end a chunk behind a piece."""

    WORD = 0
    SENTENCE = 1
    PARAGRAPH = 2
    SECTION = 3  # a heading follows


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item, table row or heading, as it is to be written."""

    text: str
    page: int | None = None
    heading: int = 0  # its level from 1 on, 0 for other text


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with the white space behind it."""

    text: str
    page: int | None
    cut: Cut


# In writing without spaces each sign is a word of its own; marks that end a clause stay with it.
_DENSE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_CLOSING = "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\u300d\u300f\u3011\uff09\u2019\u201d"
_WORDS = re.compile(rf"[{_DENSE}][{_CLOSING}]*\s*|[^\s{_DENSE}]+\s*|\s+")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u2019\u201d\u00bb)\]\u300d\u300f]*$")
_SHORT = re.compile(
    r"(?:^|\W)(?:\w|[A-Z]\.\w|mr|mrs|ms|dr|prof|st|vs|etc|cf|fig|no|nr|vol|pp|ca|bzw|usw|approx)\.$",
    re.IGNORECASE,
)


def pieces(passage: Passage, end: Cut, gap: str) -> Iterator[Piece]:
    """The words of a passage; `end` is how good a cut its end is, `gap` the space behind it."""
    words = _WORDS.findall(passage.text.strip())
    last = len(words) - 1
    for at, word in enumerate(words):
        if at == last:
            yield Piece(word.rstrip() + gap, passage.page, end)
        else:
            yield Piece(word, passage.page, _cut_behind(word, words[at + 1]))


def _cut_behind(word: str, following: str) -> Cut:
    bare = word.rstrip()
    if _SENTENCE_END.search(bare) is None or _SHORT.search(bare) is not None:
        return Cut.WORD
    return Cut.WORD if following[0].islower() else Cut.SENTENCE
