"""Grows a paragraph and a table of a Word file, and says what kind of block each became."""

from dataclasses import dataclass, field, replace

from desktopproc.formats.texts.blocks import Block, BlockKind, Place, Run
from desktopproc.formats.texts.word_numbering import BULLET, Numbering
from desktopproc.formats.texts.word_styles import NO_STYLE, Style

_NO_LIST = frozenset({"", "0"})


@dataclass(slots=True)
class Look:
    """How the run that is being read looks."""

    bold: bool = False
    italic: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph while its runs stream by."""

    style: str = ""
    num_id: str | None = None
    num_level: int | None = None
    outline: int | None = None
    runs: list[Run] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)  # what hangs on it

    def add(self, text: str, look: Look, link: str) -> None:
        """Add text; what looks like the run before it joins that."""
        last = self.runs[-1] if self.runs else None
        if last and (last.bold, last.italic, last.link) == (look.bold, look.italic, link):
            self.runs[-1] = replace(last, text=last.text + text)
        else:
            self.runs.append(Run(text, look.bold, look.italic, link))

    def blocks(self, styles: dict[str, Style], numbering: Numbering | None) -> list[Block]:
        """What it became: itself, unless nothing of it is seen, and what hangs on it."""
        runs = trimmed(self.runs)
        style = styles.get(self.style, NO_STYLE)
        marker = self._marker(style, numbering)  # counts, be it empty or not
        if not runs and marker in {None, "", BULLET}:
            return self.boxes
        level = min(self.outline + 1, 6) if self.outline is not None else style.heading
        if level is not None:
            own = Block(BlockKind.HEADING, runs, level=level, marker=marker or "")
        elif marker is not None:
            own = Block(BlockKind.LIST, runs, level=self._depth(style), marker=marker)
        else:
            own = Block(BlockKind.PARAGRAPH, runs)
        return [own, *self.boxes]

    def _depth(self, style: Style) -> int:
        depth = style.num_level if self.num_level is None else self.num_level
        return min(depth or 0, 8)

    def _marker(self, style: Style, numbering: Numbering | None) -> str | None:
        num_id = style.num_id if self.num_id is None else self.num_id
        if numbering is None or num_id is None or num_id in _NO_LIST:
            return None
        return numbering.marker(num_id, self._depth(style))


def trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """The runs without white space at both ends of the whole."""
    runs = [run for run in runs if run.text]
    while runs and not runs[0].text.strip():
        del runs[0]
    while runs and not runs[-1].text.strip():
        del runs[-1]
    if runs:
        runs[0] = replace(runs[0], text=runs[0].text.lstrip())
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return tuple(runs)


@dataclass(slots=True)
class Cell:
    """A cell while its paragraphs stream by; `span` is how many columns it covers."""

    blocks: list[Block] = field(default_factory=list)
    span: int = 1


@dataclass(slots=True)
class Table:
    """A table while its rows stream by."""

    rows: list[list[Cell]] = field(default_factory=list)

    def blocks(self) -> list[Block]:
        """One table, or the paragraphs of one that only frames them."""
        rows = [row for row in self.rows if any(cell.blocks for cell in row)]
        if all(len(row) == 1 for row in rows):
            return [block for row in rows for cell in row for block in cell.blocks]
        width = max(sum(cell.span for cell in row) for row in rows)
        texts = tuple(_row(row, width) for row in rows)
        return [Block(BlockKind.TABLE, rows=texts)]


def _row(cells: list[Cell], width: int) -> tuple[str, ...]:
    """The texts of a row; a cell that covers many columns is told once."""
    texts: list[str] = []
    for cell in cells:
        lines = [line for block in cell.blocks for line in _lines(block)]
        texts += ["\n".join(lines), *[""] * (cell.span - 1)]
    return tuple(texts + [""] * (width - len(texts)))


def _lines(block: Block) -> list[str]:
    if block.kind is BlockKind.TABLE:
        return ["\t".join(cell.replace("\n", " ") for cell in row).rstrip() for row in block.rows]
    return [f"{block.marker} {block.text}" if block.marker else block.text]


def placed(blocks: list[Block], place: Place) -> list[Block]:
    """The same blocks as parts of another place of the document."""
    return [replace(block, place=place) for block in blocks]
