"""Grows a paragraph of a Word file, and says what kind of block it became."""

from dataclasses import dataclass, field

from desktopproc.formats.texts.blocks import Block, BlockKind
from desktopproc.formats.texts.growing import Runs
from desktopproc.formats.texts.word_numbering import BULLET, Numbering
from desktopproc.formats.texts.word_styles import NO_STYLE, Style

_NO_LIST = frozenset({"", "0"})


@dataclass(slots=True)
class Paragraph:
    """A paragraph while its runs stream by."""

    style: str = ""
    num_id: str | None = None
    num_level: int | None = None
    outline: int | None = None
    runs: Runs = field(default_factory=Runs)
    boxes: list[Block] = field(default_factory=list)  # what hangs on it

    def blocks(self, styles: dict[str, Style], numbering: Numbering | None) -> list[Block]:
        """What it became: itself, unless nothing of it is seen, and what hangs on it."""
        runs = self.runs.trimmed()
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
