"""A bar that shows where the workers' time went: one length for each stage, with its share."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopproc.core.stages import Stage
from desktopproc.gui import theme
from desktopproc.gui.theme import GRID

_BAR = 4 * GRID
_SWATCH = 3 * GRID
_SHADES = {
    Stage.READ: 0.95,
    Stage.DECODE: 0.72,
    Stage.PROCESS: 0.5,
    Stage.ENCODE: 0.33,
    Stage.WRITE: 0.18,
}
"""How much of the highlight's colour each has, over the window's: they differ in grey as well."""


class StageBar(QWidget):
    """Shows seconds by the words of `Stage`; nothing while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds: Mapping[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Where the time goes")

    def show_seconds(self, seconds: Mapping[str, float]) -> None:
        """Show these."""
        self._seconds = seconds
        self.setAccessibleDescription(", ".join(self.words().values()))
        self.update()

    def words(self) -> dict[Stage, str]:
        """Each stage with its share, as the legend has it."""
        whole = sum(self._seconds.values())
        if not whole:
            return {}
        return {
            stage: f"{stage.word.capitalize()} {100 * self._seconds[stage.word] / whole:.0f} %"
            for stage in Stage
            if stage.word in self._seconds
        }

    def sizeHint(self) -> QSize:
        return QSize(100 * GRID, _BAR + 2 * GRID + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, palette = QPainter(self), self.palette()
        whole = sum(self._seconds.values())
        painter.setPen(theme.hairline(palette))
        painter.drawRect(QRectF(0, 0, self.width() - 1, _BAR - 1))
        if not whole:
            return
        at = 0.0
        for stage in Stage:
            width = self.width() * self._seconds.get(stage.word, 0.0) / whole
            painter.fillRect(QRectF(at, 0, width, _BAR), self._shade(stage))
            at += width
        self._draw_legend(painter)

    def _draw_legend(self, painter: QPainter) -> None:
        at, top, height = 0, _BAR + 2 * GRID, self.fontMetrics().height()
        for stage, word in self.words().items():
            swatch = QRectF(at + 0.5, top + (height - _SWATCH) / 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, self._shade(stage))
            painter.setPen(theme.hairline(self.palette()))
            painter.drawRect(swatch)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            at += _SWATCH + 2 * GRID
            width = self.fontMetrics().horizontalAdvance(word)
            place = QRectF(at, top, width + GRID, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, word)
            at += width + 5 * GRID

    def _shade(self, stage: Stage) -> QColor:
        ground = self.palette().color(QPalette.ColorRole.Window)
        colour = theme.tone(theme.Tone.BUSY, self.palette(), ground)
        return theme.mix(colour, ground, _SHADES[stage])
