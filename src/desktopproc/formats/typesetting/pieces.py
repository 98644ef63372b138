"""Lays out the parts of a document that stand beside or below each other, before any is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from desktopproc.formats.pdf_layout import Box, Fit
from desktopproc.formats.typesetting.page import Page
from desktopproc.formats.typesetting.phrases import Look, Phrase
from desktopproc.formats.typesetting.setting import Align, Line, Setter, Style
from desktopproc.formats.typesetting.template import Block

_GAP = 12.0  # points between columns that name no gap
_LABEL = "#6b7480"
_RULE = "#c9ced4"
_CODE = 82.0  # points, the width of a code that can be scanned from paper


class Piece(Protocol):
    """Something with a height that can be drawn below any point."""

    @property
    def height(self) -> float: ...
    def draw(self, page: Page, left: float, top: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that was stored in the PDF: its object, its natural size, how it is turned."""

    number: int
    size: tuple[float, float]
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Bill:
    """What pieces need besides words: the rows of the totals, a picture, a payment code."""

    totals: Callable[[Sequence[str]], list[tuple[str, str, bool]]]
    image: Callable[[str], Image | None]
    code: Callable[[], list[list[bool]] | None]


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Lines of one style, with a rule above them if wanted."""

    lines: list[Line]
    style: Style
    width: float
    has_rule: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.line + (4 if self.has_rule else 0)

    def draw(self, page: Page, left: float, top: float) -> None:
        if self.has_rule:
            page.rule(left, left + self.width, top, _RULE, 0.6)
            top -= 4
        page.lines(self.lines, left, top, self.width, self.style)


@dataclass(frozen=True, slots=True)
class PairsPiece:
    """Labels and values in two columns; loud rows are set bold under a rule."""

    rows: list[tuple[list[Line], Style, list[Line], Style, bool]]
    label_width: float
    width: float
    pad: float = 0.0

    @property
    def height(self) -> float:
        return sum(self._height(row) for row in self.rows)

    def draw(self, page: Page, left: float, top: float) -> None:
        for row in self.rows:
            label, label_style, value, style, is_loud = row
            height = self._height(row)
            if is_loud:
                page.rule(left, left + self.width, top - 1, style.colour, 0.8)
                top -= 3
                height -= 3
            page.lines(label, left, top - self.pad, self.label_width, label_style)
            start = left + self.label_width
            page.lines(value, start, top - self.pad, self.width - self.label_width, style)
            top -= height

    def _height(self, row: tuple[list[Line], Style, list[Line], Style, bool]) -> float:
        label, label_style, value, style, is_loud = row
        text = max(len(label) * label_style.line, len(value) * style.line)
        return text + 2 * self.pad + (3 if is_loud else 0)


@dataclass(frozen=True, slots=True)
class PicturePiece:
    """A picture in a box, at the side that the style asks for."""

    image: Image
    width: float
    limit: tuple[float, float]
    align: Align

    @property
    def box(self) -> Box:
        across, down = self.limit
        size = self.image.size
        room = Box(0, 0, min(across, self.width), down)
        fit = room.holding(size, Fit.FIT)
        shift = {Align.LEFT: 0.0, Align.CENTER: 0.5}.get(self.align, 1.0)
        return Box((self.width - fit.width) * shift, 0, fit.width, fit.height)

    @property
    def height(self) -> float:
        return self.box.height

    def draw(self, page: Page, left: float, top: float) -> None:
        box = self.box
        place = Box(left + box.left, top - box.height, box.width, box.height)
        page.picture(self.image.number, place, self.image.orientation)


@dataclass(frozen=True, slots=True)
class CodePiece:
    """A code that a phone reads."""

    squares: list[list[bool]]
    height: float

    def draw(self, page: Page, left: float, top: float) -> None:
        page.squares(self.squares, Box(left, top - self.height, self.height, self.height))


@dataclass(frozen=True, slots=True)
class RulePiece:
    """A line across."""

    width: float
    colour: str
    height: float = 1.0

    def draw(self, page: Page, left: float, top: float) -> None:
        page.rule(left, left + self.width, top - 0.5, self.colour, 0.6)


@dataclass(frozen=True, slots=True)
class SpacePiece:
    """Nothing, of a height."""

    height: float

    def draw(self, page: Page, left: float, top: float) -> None:
        """Leave it."""


@dataclass(frozen=True, slots=True)
class ColumnsPiece:
    """Pieces beside each other, each at its distance from the left."""

    pieces: list[tuple[float, Piece]]
    width: float
    has_rule: bool = False

    @property
    def height(self) -> float:
        tallest = max((piece.height for _, piece in self.pieces), default=0.0)
        return tallest + (5 if self.has_rule else 0)

    def draw(self, page: Page, left: float, top: float) -> None:
        if self.has_rule:
            page.rule(left, left + self.width, top, _RULE, 0.5)
            top -= 5
        for shift, piece in self.pieces:
            piece.draw(page, left + shift, top)


class Layout:
    """Makes pieces of a template's blocks, for one document."""

    def __init__(self, setter: Setter, look: Look, bill: Bill) -> None:
        self._setter = setter
        self._look = look
        self._bill = bill

    def piece(self, block: Block, width: float) -> Piece | None:
        """A block as it comes out in so wide a column; None when there is nothing to show."""
        if block.when and not any(self._look(name.strip()) for name in block.when):
            return None
        return getattr(self, f"_{block.kind.replace('-', '_')}")(block, width)  # type: ignore[no-any-return]

    def _filled(self, phrase: Phrase | None) -> str:
        return phrase.fill(self._look).rstrip() if phrase else ""

    def _text(self, block: Block, width: float) -> Piece | None:
        width = block.width or width
        text = self._filled(block.phrase("text"))
        if not text:
            return None
        lines = self._setter.lines(text, width, block.style)
        return TextPiece(lines, block.style, width, bool(block.values.get("rule")))

    def _facts(self, block: Block, width: float) -> Piece | None:
        quiet = Style(block.style.size, colour=_LABEL, leading=block.style.leading)
        told = [
            (self._filled(label), text)
            for label, value in block.values["rows"]
            if (text := self._filled(value))
        ]
        widest = max((self._setter.width(label, quiet) for label, _ in told), default=0.0)
        label_width = block.number("label-width", min(widest + _GAP, width * 0.6))
        rows = []
        for label, text in told:
            words = self._setter.lines(label, label_width - 4, quiet)
            lines = self._setter.lines(text, width - label_width, block.style)
            rows.append((words, quiet, lines, block.style, False))
        return PairsPiece(rows, label_width, width) if rows else None

    def _totals(self, block: Block, width: float) -> Piece | None:
        rows = []
        loud = Style(block.style.size + 1, is_bold=True, colour=block.style.colour)
        own = self._bill.totals(block.values.get("rows", ()))
        width = min(width, block.width or width)
        values = [
            self._setter.width(value, loud if is_loud else block.style) for _, value, is_loud in own
        ]
        label_width = max(width * 0.3, width - max(values, default=0) - 8)
        for label, value, is_loud in own:
            style = loud if is_loud else block.style
            words = self._setter.lines(label, label_width - 4, style)
            right = style.aligned(Align.RIGHT)
            rows.append(
                (
                    words,
                    style,
                    self._setter.lines(value, width - label_width, right),
                    right,
                    is_loud,
                )
            )
        return PairsPiece(rows, label_width, width, pad=1.5) if rows else None

    def _picture(self, block: Block, width: float) -> Piece | None:
        image = self._bill.image(self._filled(block.phrase("file")))
        if image is None:
            return None
        limit = (block.width or width, block.number("height", 60.0))
        return PicturePiece(image, width, limit, block.style.align)

    def _payment_code(self, block: Block, width: float) -> Piece | None:
        squares = self._bill.code()
        return CodePiece(squares, min(width, block.number("height", _CODE))) if squares else None

    def _rule(self, block: Block, width: float) -> Piece | None:
        return RulePiece(block.width or width, block.style.colour)

    def _space(self, block: Block, _: float) -> Piece | None:
        return SpacePiece(block.number("height", 10.0))

    def _columns(self, block: Block, width: float) -> Piece | None:
        gap = block.number("gap", _GAP)
        given = [cell.width if cell.kind != "picture" else None for cell in block.cells]
        free = given.count(None)
        rest = width - gap * (len(given) - 1) - sum(w for w in given if w)
        share = max(rest / free, 20.0) if free else 0.0
        pieces: list[tuple[float, Piece]] = []
        left = 0.0
        for cell, own in zip(block.cells, given, strict=True):
            wide = own or share
            piece = self.piece(cell, wide)
            if piece is not None:
                pieces.append((left, piece))
            if piece is not None or cell.kind != "payment-code":  # no code, no hole
                left += wide + gap
        return ColumnsPiece(pieces, width, bool(block.values.get("rule"))) if pieces else None
