"""Grows the runs of a paragraph and the rows of a table while a document streams by."""

from dataclasses import dataclass, field, replace

from desktopproc.formats.texts.blocks import Block, BlockKind, Place, Run

WIDEST_SPAN = 64
"""How many columns a cell may claim to cover; more is a mistake, or made to fill the memory."""


@dataclass(slots=True)
class Look:
    """How the run that is being read looks."""

    bold: bool = False
    italic: bool = False


@dataclass(slots=True)
class Runs:
    """Text while it streams by; what looks like the run before it joins that."""

    found: list[Run] = field(default_factory=list)

    def add(self, text: str, look: Look, link: str = "") -> None:
        last = self.found[-1] if self.found else None
        if last and (last.bold, last.italic, last.link) == (look.bold, look.italic, link):
            self.found[-1] = replace(last, text=last.text + text)
        else:
            self.found.append(Run(text, look.bold, look.italic, link))

    @property
    def ends_in_space(self) -> bool:
        """Whether a space that comes next would be the second, or the first of all."""
        return not self.found or self.found[-1].text[-1:] in {"", " ", "\n", "\t"}

    def trimmed(self) -> tuple[Run, ...]:
        """The runs without white space at both ends of the whole."""
        runs = [run for run in self.found if run.text]
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
