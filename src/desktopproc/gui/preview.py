"""The selected file before and after, side by side."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopproc.core.job import Job, State
from desktopproc.gui import theme
from desktopproc.gui.kinds import SHOWN
from desktopproc.gui.staging import Staged
from desktopproc.gui.theme import GRID
from desktopproc.gui.thumbs import Thumbs

_SIDE = 320
_CAPTION = 5 * GRID


class Preview(QWidget):
    """Paints one or two pictures with captions; hides when there is nothing to see.

    `pressed` when it was clicked while there are two.
    """

    pressed = Signal()

    def __init__(self, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self._shown: list[tuple[str, Path, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        thumbs.arrived.connect(self._refresh)

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 36 * GRID)

    def show_row(self, row: Job | Staged | None) -> None:
        """Show the pictures of a row; only files that the row names are opened."""
        self._shown = list(_pictures(row))
        self._refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and len(self._shown) > 1 and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        ground = self.palette().color(QPalette.ColorRole.Window)
        areas = self._areas(len(self._shown))
        for (caption, path, version), area in zip(self._shown, areas, strict=True):
            painter.setPen(theme.quiet(self.palette(), ground))
            top = QRect(area.left(), area.top(), area.width(), _CAPTION)
            painter.drawText(top, Qt.AlignmentFlag.AlignLeft, caption)
            box = area.adjusted(0, _CAPTION, 0, 0)
            painter.fillRect(box, self.palette().color(QPalette.ColorRole.Base))
            picture = self._thumbs.get(path, _SIDE, version)
            if picture is None or picture.isNull():
                continue
            fitted = (picture.size() / ratio).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), fitted)
            place.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, picture)
            painter.setPen(theme.hairline(self.palette()))
            painter.drawRect(place.adjusted(0, 0, -1, -1))

    def _areas(self, number: int) -> list[QRect]:
        if not number:
            return []
        width = (self.width() - 2 * GRID * (number - 1)) // number
        return [QRect(n * (width + 2 * GRID), 0, width, self.height()) for n in range(number)]

    def _refresh(self) -> None:
        """Load what is missing; pictures that turn out not to exist leave the panel."""
        for entry in list(self._shown):
            picture = self._thumbs.get(entry[1], _SIDE, entry[2])
            if picture is not None and picture.isNull():
                self._shown.remove(entry)
        self.setVisible(bool(self._shown))
        has_both = len(self._shown) > 1
        shape = Qt.CursorShape.PointingHandCursor if has_both else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.setToolTip("Compare in large (F8)" if has_both else "")
        self.update()


def _pictures(row: Job | Staged | None) -> list[tuple[str, Path, int]]:
    if isinstance(row, Staged):
        facts = row.facts
        has_picture = facts.kind in SHOWN and facts.error is None and not facts.needs_password
        return [("Before", facts.path, facts.mtime_ns or 0)] if has_picture else []
    if row is None or len(row.inputs) != 1:
        return []
    shown = [("Before", row.inputs[0], row.attempts)]
    if row.state is State.DONE and row.outputs:
        shown.append(("After", row.outputs[0], row.attempts))
    return shown
