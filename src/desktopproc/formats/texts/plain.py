"""Writes blocks as plain text: one line for each paragraph and each row of a table."""

from collections.abc import Iterable, Sequence

from desktopproc.formats.texts.blocks import Block, BlockKind, Place

_FLOWING = frozenset({Place.BODY, Place.BOX})


def text_of(blocks: Iterable[Block]) -> str:
    """The blocks as plain text; it ends with a line break unless it is empty."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None:
            parts.append("\n\n" if _is_apart(before, block) else "\n")
        parts.append(plain(block))
        before = block
    return "".join([*parts, "\n"]) if parts else ""


def plain(block: Block) -> str:
    """One block as plain text, without a line break at its end."""
    if block.kind is BlockKind.TABLE:
        return "\n".join(row_text(row) for row in block.rows)
    indent = "  " * block.level if block.kind is BlockKind.LIST else ""
    return indent + f"{block.marker} {block.text}".strip()


def row_text(cells: Sequence[str]) -> str:
    """A row on one line with tabs between cells, or each cell by itself where one has lines."""
    if any("\n" in cell for cell in cells):
        return "\n".join(cell for cell in cells if cell)
    return "\t".join(cells).rstrip()


def _is_apart(before: Block, block: Block) -> bool:
    is_elsewhere = before.place is not block.place and {before.place, block.place} - _FLOWING
    kinds = {before.kind, block.kind}
    is_heading = block.kind is BlockKind.HEADING and before.kind is not BlockKind.HEADING
    return bool(is_elsewhere) or is_heading or BlockKind.TABLE in kinds
