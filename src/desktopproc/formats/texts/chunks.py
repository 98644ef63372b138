"""Gathers text into chunks of bounded size that overlap and never end inside a word."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from desktopproc.formats.texts.passages import Cut, Passage, Piece, pieces
from desktopproc.formats.texts.tokens import estimate

_LEAST_FILLED = 0.5  # of the size; a better cut before that would make too many small chunks


class Unit(StrEnum):
    """What the size of a chunk counts."""

    CHARACTERS = "characters"
    TOKENS = "tokens"


_MEASURES: dict[Unit, Callable[[str], int]] = {Unit.CHARACTERS: len, Unit.TOKENS: estimate}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of text, the pages it is from, and the headings above it."""

    text: str
    first_page: int | None
    last_page: int | None
    headings: tuple[str, ...]


@dataclass(slots=True)
class Chunker:
    """Takes passages one by one and gives chunks of at most `size`, as soon as each is full.

    A word that is longer than a chunk stays whole: `oversized` counts the chunks it made too long.
    """

    unit: Unit
    size: int
    overlap: int
    oversized: int = 0
    _pieces: list[Piece] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _total: int = 0
    _fresh: int = 0  # how many pieces are not overlap alone
    _above: dict[int, str] = field(default_factory=dict)  # the headings in force, by level
    _marks: list[tuple[int, dict[int, str]]] = field(default_factory=list)
    _waiting: Passage | None = None

    def add(self, passages: Iterable[Passage]) -> Iterator[Chunk]:
        """Take more text; the chunks that it completed."""
        for passage in passages:
            if passage.text.strip():
                if self._waiting is not None:
                    yield from self._take(self._waiting, passage)
                self._waiting = passage

    def finish(self) -> Iterator[Chunk]:
        """The last chunk."""
        if self._waiting is not None:
            yield from self._take(self._waiting, None)
            self._waiting = None
        if self._fresh:
            yield self._chunk(len(self._pieces))

    def _take(self, passage: Passage, following: Passage | None) -> Iterator[Chunk]:
        if passage.heading:
            self._above = {
                level: text for level, text in self._above.items() if level < passage.heading
            } | {passage.heading: passage.text.strip().lstrip("# ")}
            self._marks.append((len(self._pieces), self._above))
            end = Cut.WORD  # a heading goes with what follows
        else:
            end = Cut.SECTION if following and following.heading else Cut.PARAGRAPH
        gap = "\n\n" if passage.heading or (following and following.heading) else "\n"
        for piece in pieces(passage, end, gap):
            yield from self._add(piece)

    def _add(self, piece: Piece) -> Iterator[Chunk]:
        size = _MEASURES[self.unit](piece.text)
        while self._fresh and self._total + self._bare(piece, size) > self.size:
            yield self._cut()
        if self._pieces and self._total + self._bare(piece, size) > self.size:
            self._drop(len(self._pieces))  # the overlap leaves no room for a long word
        self._pieces.append(piece)
        self._sizes.append(size)
        self._total += size
        self._fresh += 1

    def _bare(self, piece: Piece, size: int) -> int:
        """What a piece would add as the last one, whose white space is not written."""
        if self.unit is Unit.TOKENS:
            return size
        return len(piece.text.rstrip())

    def _cut(self) -> Chunk:
        """End a chunk at the best place behind its first half; what follows begins the next."""
        at = self._best_cut()
        chunk = self._chunk(at)
        keep = self._overlap_from(at)
        rest = len(self._pieces) - at
        self._drop(keep)
        self._fresh = rest
        return chunk

    def _best_cut(self) -> int:
        """How many pieces to end with; what is new since the last cut is never left out whole."""
        first = len(self._pieces) - self._fresh
        best, at, filled = Cut.WORD, len(self._pieces), self._total
        for index in range(len(self._pieces) - 1, first - 1, -1):
            if filled < self.size * _LEAST_FILLED:
                break
            if self._pieces[index].cut > best:
                best, at = self._pieces[index].cut, index + 1
            filled -= self._sizes[index]
        return at

    def _overlap_from(self, at: int) -> int:
        """Where the overlap begins: at a sentence if one begins in it, else at a word."""
        start, size = at, 0
        while start > 0 and size + self._sizes[start - 1] <= self.overlap:
            start -= 1
            size += self._sizes[start]
        for index in range(max(start, 1), at):
            if self._pieces[index - 1].cut >= Cut.SENTENCE:
                return index
        return start

    def _chunk(self, end: int) -> Chunk:
        taken = self._pieces[:end]
        text = "".join(piece.text for piece in taken).strip()
        pages = [piece.page for piece in taken if piece.page is not None]
        if _MEASURES[self.unit](text) > self.size:
            self.oversized += 1
        above = self._headings_at(0)
        return Chunk(text, min(pages, default=None), max(pages, default=None), above)

    def _headings_at(self, place: int) -> tuple[str, ...]:
        """The headings above a piece, outermost first; those it begins with count too."""
        found: dict[int, str] = {}
        for start, above in self._marks:
            if start <= place:
                found = above
        return tuple(found[level] for level in sorted(found))

    def _drop(self, count: int) -> None:
        """Forget the first pieces, but not which headings stand above what is left."""
        del self._pieces[:count]
        self._total -= sum(self._sizes[:count])
        del self._sizes[:count]
        self._fresh = min(self._fresh, len(self._pieces))
        moved = [(max(start - count, 0), above) for start, above in self._marks]
        self._marks = [
            mark for at, mark in enumerate(moved) if at + 1 == len(moved) or moved[at + 1][0] > 0
        ]
