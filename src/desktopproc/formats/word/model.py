"""What a Word document is made of once styles and lists are resolved: blocks of items."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktopproc.formats.word.properties import Border, Colour, Props
from desktopproc.formats.word.typefaces import Face

BLACK: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Ink:
    """How characters look; all characters of one look share one object."""

    face: Face
    size: float
    color: Colour = BLACK
    back: Colour | None = None
    underline: bool = False
    strike: bool = False
    rise: float = 0.0
    tracking: float = 0.0
    stretch: float = 1.0
    link: str = ""

    @property
    def ascent(self) -> float:
        return self.face.ascent * self.size

    @property
    def descent(self) -> float:
        return self.face.descent * self.size


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one look."""

    text: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class Tab:
    ink: Ink
    to_edge: str = ""  # "right" or "center" for a tab that goes to the margin itself


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line, a column or a page, inside a paragraph."""

    kind: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class PageField:
    """A number that is known when the pages are: `page` or `pages`."""

    kind: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The sign of a footnote that belongs at the foot of the page it is on."""

    ident: str
    number: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place that links may lead to."""

    name: str


@dataclass(slots=True)
class Shape:
    """A picture, text box or simple drawing of a given size."""

    width: float
    height: float
    image: str = ""  # the part of the package that holds the picture
    crop: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    blocks: "list[Block]" = field(default_factory=list)
    fill: Colour | None = None
    line: Border | None = None
    padding: tuple[float, float, float, float] = (7.2, 3.6, 7.2, 3.6)  # left, top, right, bottom
    link: str = ""
    parts: "list[Placed]" = field(default_factory=list)  # of a group
    turn: float = 0.0


@dataclass(slots=True)
class Placed:
    """A shape at a place inside a group."""

    x: float
    y: float
    shape: Shape


@dataclass(slots=True)
class Inline:
    """A shape that stands in the line like a big letter."""

    shape: Shape
    ink: Ink


@dataclass(slots=True)
class Floating:
    """A shape with a place of its own; text may keep clear of it."""

    shape: Shape
    horizontal: tuple[str, str, float]  # relative to what; alignment or ""; offset
    vertical: tuple[str, str, float]
    wrap: str = "none"
    is_behind: bool = False
    gap: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


Item = Span | Tab | Break | PageField | NoteMark | Bookmark | Inline | Floating


@dataclass(slots=True)
class Paragraph:
    """A paragraph: formatting, content, and the label of its list."""

    props: Props
    items: list[Item]
    ink: Ink  # of its end mark, which gives an empty paragraph its height
    style: str = ""
    label: list[Item] = field(default_factory=list)
    label_suffix: str = "tab"
    label_align: str = "left"
    heading: int = 0

    @property
    def text(self) -> str:
        return "".join(item.text for item in self.items if isinstance(item, Span))


@dataclass(slots=True)
class Cell:
    blocks: "list[Block]"
    column: int
    span: int
    borders: dict[str, Border | None]
    fill: Colour | None = None
    padding: tuple[float, float, float, float] = (5.4, 0.0, 5.4, 0.0)  # left, top, right, bottom
    merge: str = ""  # "restart" begins a vertical merge, "continue" goes on
    align: str = "top"
    width: float = 0.0
    is_vertical: bool = False


@dataclass(slots=True)
class Row:
    cells: list[Cell]
    height: float = 0.0
    is_exact: bool = False
    is_header: bool = False
    is_whole: bool = False  # must not be split over pages


@dataclass(slots=True)
class Table:
    rows: list[Row]
    widths: list[float]
    indent: float = 0.0
    align: str = "left"
    share: float = 0.0  # of the text's width; 0 where the columns say how wide it is


Block = Paragraph | Table


@dataclass(slots=True)
class Section:
    """The pages that some blocks are laid out on."""

    width: float = 612.0
    height: float = 792.0
    top: float = 72.0
    bottom: float = 72.0
    left: float = 72.0
    right: float = 72.0
    header: float = 36.0
    footer: float = 36.0
    columns: list[tuple[float, float]] = field(default_factory=list)  # (x, width) from the left
    start: str = "nextPage"
    first_page: int | None = None
    number_format: str = "decimal"
    has_title_page: bool = False
    headers: dict[str, str] = field(default_factory=dict)  # "default", "first", "even" -> part
    footers: dict[str, str] = field(default_factory=dict)
    v_align: str = "top"
    line: bool = False

    @property
    def text_width(self) -> float:
        return max(self.width - self.left - self.right, 18.0)


def paragraphs(blocks: list[Block]) -> Iterator[Paragraph]:
    """All paragraphs, those in tables too."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs(cell.blocks)
