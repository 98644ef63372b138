"""Sets one document: the blocks of its template from top to bottom, over pages as needed."""

from collections.abc import Iterator, Sequence

from desktopproc.formats.typesetting.item_table import ItemTable
from desktopproc.formats.typesetting.phrases import Look
from desktopproc.formats.typesetting.pieces import Layout, Piece, TextPiece
from desktopproc.formats.typesetting.setting import Setter
from desktopproc.formats.typesetting.sheets import Sheets
from desktopproc.formats.typesetting.template import Block, Template

_FEW = 3  # lines of a text that is a heading, or as short as one
_BELOW_HEADING = 40.0  # points of what follows that a heading keeps with it


class Flow:
    """One document on its way to paper."""

    def __init__(
        self,
        template: Template,
        setter: Setter,
        layout: Layout,
        look: Look,
        items: Sequence[Look],
        point: str,
    ) -> None:
        self._template = template
        self._setter = setter
        self._layout = layout
        self._look = look
        self._items = items
        self._point = point
        self.sheets = Sheets(
            setter, template, self._end(template.header), self._end(template.footer)
        )

    def set(self) -> Iterator[int]:
        """Set all blocks; every step is a stop point, and tells how many items are set."""
        done = 0
        blocks = self._template.blocks
        for at, block in enumerate(blocks):
            if block.kind == "table":
                for done in self._table(block, blocks[at + 1 :]):
                    yield done
            else:
                self._block(block)
                yield done

    def _end(self, block: Block | None) -> "_End":
        return _End(self._layout, block, self._width)

    @property
    def _width(self) -> float:
        size, margins = self._template.size, self._template.margins
        return size[0] - margins[1] - margins[3]

    def _block(self, block: Block) -> None:
        sheets = self.sheets
        left, width = sheets.left, sheets.width
        if block.at is not None:  # a place on the first page, unless that is taken already
            left = block.at[0]
            width = sheets.size[0] - self._template.margins[1] - left
            if len(sheets.pages) == 1:
                sheets.top = min(sheets.top, sheets.size[1] - block.at[1])
        piece = self._layout.piece(block, width)
        if piece is None:
            return
        if not sheets.is_fresh:
            sheets.top -= block.before
        if isinstance(piece, TextPiece) and piece.height > sheets.room:
            self._long_text(piece, left)
        else:
            sheets.ensure(piece.height + (_BELOW_HEADING if _is_heading(piece) else 0.0))
            if block.kind == "totals" and block.width:
                left += max(0.0, sheets.width - block.width)
            piece.draw(sheets.page, left, sheets.top)
            sheets.top -= piece.height
        sheets.top -= block.after

    def _long_text(self, piece: TextPiece, left: float) -> None:
        """A text over pages; no line of it stands alone if that can be helped."""
        sheets, rest = self.sheets, piece.lines
        while rest:
            fit = max(0, int((sheets.room + 0.01) // piece.style.line))
            if fit < len(rest) and len(rest) - fit == 1:
                fit -= 1
            if fit < min(2, len(rest)) and not sheets.is_fresh:
                sheets.turn()
                continue
            now, rest = rest[: max(1, fit)], rest[max(1, fit) :]
            part = TextPiece(now, piece.style, piece.width)
            part.draw(sheets.page, left, sheets.top)
            sheets.top -= part.height
            if rest:
                sheets.turn()

    def _table(self, block: Block, after: Sequence[Block]) -> Iterator[int]:
        if not self._items:
            return
        sheets = self.sheets
        sheets.top -= block.before
        table = ItemTable(block, self._setter, sheets.width, self._items, self._look, self._point)
        yield 0
        yield from table.draw(sheets, self._reserve(block, after))
        sheets.top -= block.after
        yield len(self._items)

    def _reserve(self, block: Block, after: Sequence[Block]) -> float:
        """The room for the totals, so that they never stand on a page without a line above."""
        if not after or after[0].kind != "totals":
            return 0.0
        piece = self._layout.piece(after[0], self.sheets.width)
        return piece.height + block.after + after[0].before if piece else 0.0


def _is_heading(piece: Piece) -> bool:
    return isinstance(piece, TextPiece) and piece.style.is_bold and len(piece.lines) <= _FEW


class _End:
    """What stands at an end of a page, made anew for each, because its number is in it."""

    def __init__(self, layout: Layout, block: Block | None, width: float) -> None:
        self._layout, self._block, self._width = layout, block, width

    def __call__(self) -> Piece | None:
        return self._layout.piece(self._block, self._width) if self._block else None
