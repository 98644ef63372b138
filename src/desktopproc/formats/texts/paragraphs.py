"""Gathers the lines of a PDF page into headings, paragraphs and list items."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from desktopproc.formats.texts.blocks import Block, BlockKind, Run
from desktopproc.formats.texts.lines import Line, around
from desktopproc.formats.texts.word_numbering import BULLET

_BULLETS = (
    "\u2022\u2023\u2043\u2219\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1\u25e6\u2013\u2014"
    "\u27a2\u2713\u2714\u25b6\u25ba\u2666\u00b7\uf0b7\uf0a7\uf0d8"
)
_ITEM = re.compile(
    rf"\s*(?P<sign>[{_BULLETS}]|[-*](?=\s)|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivx]{{1,5}})[.)](?=\s))\s*"
)
_COUNTED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]")
_LONGEST_HEADING = 200
_SAME_SIZE = 0.06  # of the size: small capitals and rounding differ by less
_WIDEST_GAP = 0.9  # of a line's height, between two lines of one paragraph
_LEADERS = re.compile(r"\s*(?:\.[ \t]*){6,}")  # between a title and its page number
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")

HeadingLevel = Callable[[Line, str], int | None]
"""The level of the heading that text beginning with this line is, None for other text."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines that belong together."""

    lines: tuple[Line, ...]

    def with_line(self, line: Line) -> "_Group":
        return replace(self, lines=(*self.lines, line))


def blocks_of(lines: Iterable[Line], heading: HeadingLevel, *, dehyphenate: bool) -> list[Block]:
    """The blocks of a page without tables, in the order of the lines."""
    found: list[Block] = []
    for group in _groups(lines):
        block = _block(group, heading, dehyphenate=dehyphenate)
        if found and _is_one_heading(found[-1], block):
            found[-1] = _both(found[-1], block)
        else:
            found.append(block)
    return found


def _is_one_heading(one: Block, other: Block) -> bool:
    """Whether a heading goes on in a second line, which MuPDF made a block of its own."""
    if BlockKind.HEADING not in {one.kind} & {other.kind} or one.level != other.level:
        return False
    if not one.box or not other.box or not one.size or one.size != other.size:
        return False
    gap = other.box[1] - one.box[3]
    return -0.5 * one.size < gap < 0.5 * one.size and not _ITEM.match(other.text)


def _both(one: Block, other: Block) -> Block:
    box = around([box for box in (one.box, other.box) if box])
    return replace(one, runs=(*one.runs, Run(" "), *other.runs), box=box)


def _groups(lines: Iterable[Line]) -> Iterator[_Group]:
    group: _Group | None = None
    for line in lines:
        if group is not None and _goes_on(group, line):
            group = group.with_line(line)
            continue
        if group is not None:
            yield group
        group = _Group((line,))
    if group is not None:
        yield group


def _goes_on(group: _Group, line: Line) -> bool:
    """Whether a line belongs to the paragraph before it."""
    last = group.lines[-1]
    if _is_beside(last, line):
        return True
    if abs(last.size - line.size) > _SAME_SIZE * max(last.size, line.size):
        return False
    if last.is_level != line.is_level or _ITEM.match(line.text):
        return False
    if line.block == last.block:
        return True
    gap = line.box[1] - last.box[3]
    overlap = min(last.box[2], line.box[2]) - max(last.box[0], line.box[0])
    is_below = -0.5 * line.height < gap < _WIDEST_GAP * 0.5 * line.height
    fills = last.box[2] - last.box[0] > 0.8 * (line.box[2] - line.box[0])
    return is_below and overlap > 0 and fills and abs(last.box[0] - line.box[0]) < line.size


def _is_beside(last: Line, line: Line) -> bool:
    """Whether a line stands behind the last one on the same height, in the same block."""
    if last.block != line.block or not last.is_level:
        return False
    shared = min(last.box[3], line.box[3]) - max(last.box[1], line.box[1])
    return shared > 0.6 * min(last.height, line.height) and line.box[0] >= last.box[2] - 1


def _block(group: _Group, heading: HeadingLevel, *, dehyphenate: bool) -> Block:
    runs = _in_one(group.lines, dehyphenate=dehyphenate)
    box = around([line.box for line in group.lines])
    size = group.lines[0].size
    text = "".join(run.text for run in runs)
    level = heading(group.lines[0], text) if len(text) <= _LONGEST_HEADING else None
    if level is not None:
        return Block(BlockKind.HEADING, runs, level=level, box=box, size=size)
    item = _ITEM.match(text)
    if item and item.end() < len(text):
        sign = item["sign"]
        marker = sign if _COUNTED.fullmatch(sign) else BULLET
        rest = _without(runs, item.end())
        return Block(BlockKind.LIST, rest, marker=marker, box=box, size=size)
    return Block(BlockKind.PARAGRAPH, runs, box=box, size=size)


def _in_one(lines: tuple[Line, ...], *, dehyphenate: bool) -> tuple[Run, ...]:
    """The runs of all lines with a space, or nothing behind a hyphen, where lines end."""
    found: list[Run] = []
    for at, line in enumerate(lines):
        runs = list(line.runs)
        if at:
            runs[0] = replace(runs[0], text=runs[0].text.lstrip())
            found[-1] = _ended(found[-1], lines[at - 1], line, dehyphenate=dehyphenate)
        last = found[-1] if found else None
        first = runs[0]
        if last and (last.bold, last.italic, last.link) == (first.bold, first.italic, first.link):
            found[-1] = replace(last, text=last.text + first.text)
            del runs[0]
        found += runs
    if found:
        found[0] = replace(found[0], text=found[0].text.lstrip())
        found[-1] = replace(found[-1], text=found[-1].text.rstrip())
    return tuple(replace(run, text=_LEADERS.sub(" ... ", run.text)) for run in found if run.text)


def _ended(run: Run, line: Line, following: Line, *, dehyphenate: bool) -> Run:
    text = run.text.rstrip()
    start = following.text.lstrip()[:1]
    if dehyphenate and start.isalpha() and not start.isupper() and _BROKEN.search(text):
        return replace(run, text=text[:-1])
    if line.is_monospaced and following.is_monospaced and not _is_beside(line, following):
        return replace(run, text=text + "\n")
    if _is_dense(text[-1:]) and _is_dense(start):  # writing that has no spaces
        return replace(run, text=text)
    gap = (
        "\t"
        if following.box[0] - line.box[2] > 2 * line.size and _is_beside(line, following)
        else " "
    )
    return replace(run, text=text + gap)


def _is_dense(sign: str) -> bool:
    return (
        "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uffef"
    )


def _without(runs: tuple[Run, ...], count: int) -> tuple[Run, ...]:
    """The runs without their first letters."""
    kept: list[Run] = []
    for run in runs:
        cut = min(count, len(run.text))
        count -= cut
        if run.text[cut:]:
            kept.append(replace(run, text=run.text[cut:]))
    return tuple(kept)
