"""What every reader of documents hands over: headings, paragraphs, list items and tables."""

from dataclasses import dataclass
from enum import StrEnum

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page."""


class BlockKind(StrEnum):
    """What a block is to a reader."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"


class Place(StrEnum):
    """Which part of the document a block comes from."""

    BODY = "body"
    BOX = "box"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that looks the same, and where it leads."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading (`level` from 1), paragraph, list item (`level` from 0) or table."""

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    level: int = 0
    marker: str = ""  # the number or sign in front of a list item or heading
    rows: tuple[tuple[str, ...], ...] = ()
    place: Place = Place.BODY
    box: Box | None = None
    size: float | None = None  # of the font, in points
    is_verbatim: bool = False  # from plain text, whose lines and signs are its only form

    @property
    def text(self) -> str:
        """What is written in it, without its marker; a table has none but its rows."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of one page in reading order; documents that flow are one page without number."""

    blocks: tuple[Block, ...]
    number: int | None = None
    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of a document are wanted besides its body."""

    margins: bool = True  # headers and footers, each told once
    notes: bool = True
    comments: bool = False


def paragraph(text: str, place: Place = Place.BODY) -> Block:
    """A paragraph of plain text."""
    return Block(BlockKind.PARAGRAPH, (Run(text),), place=place)
