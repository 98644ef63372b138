"""Pictures of files that Qt cannot decode, drawn by a process of the engine's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from desktopproc.engine.drawing import Drawing


class Foreign:
    """`draw` is called by one thread of a pool, `cancel` by any, `close` when that pool is."""

    def __init__(self) -> None:
        self._drawing: Drawing | None = None
        self._is_over = False

    def draw(self, path: Path, edge: int, pixels_at_most: int) -> QImage:
        """The picture, no longer than `edge`; a null one when there is none to be had."""
        if self._drawing is None:
            from desktopproc.engine.drawing import Drawing  # deferred: not at the start

            self._drawing = Drawing()
        if self._is_over:
            self._drawing.cancel()
        found = self._drawing.draw(path, edge, pixels_at_most)
        if found is None:
            return QImage()
        kind, row_bytes = QImage.Format.Format_RGBA8888, 4 * found.width
        return QImage(found.pixels, found.width, found.height, row_bytes, kind).copy()

    def cancel(self) -> None:
        """Draw nothing any more, and end what is being drawn at once."""
        self._is_over = True
        if self._drawing is not None:
            self._drawing.cancel()

    def close(self) -> None:
        """Let go of the process."""
        if self._drawing is not None:
            self._drawing.close()
