"""A small curve of the last two minutes with its name and its newest value."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopproc.gui import theme
from desktopproc.gui.theme import GRID, Tone

_LINE = 1.5
_FILL_ALPHA = 40  # of 255


class Sparkline(QWidget):
    """Shows numbers from oldest to newest; where there are fewer than `places`, from the right."""

    def __init__(self, title: str, places: int) -> None:
        super().__init__()
        self._title, self._places = title, places
        self._values: Sequence[float] = ()
        self._text, self._top = "", 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.show_values((), "-")

    @property
    def text(self) -> str:
        """The newest value in words."""
        return self._text

    @property
    def values(self) -> Sequence[float]:
        return self._values

    def show_values(self, values: Sequence[float], text: str, top: float = 0.0) -> None:
        """Show these; `top` is the value at the upper edge, if it is not the largest one."""
        self._values, self._text = values, text
        self._top = max([top, *values]) or 1.0
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, self._head() + 11 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(34 * GRID, self.sizeHint().height())

    def _head(self) -> int:
        return self.fontMetrics().height() + GRID

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        palette = self.palette()
        ground = palette.color(QPalette.ColorRole.Window)
        head = QRectF(0, 0, self.width(), self._head() - GRID)
        painter.setPen(theme.quiet(palette, ground))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self._title)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight, self._text)
        area = QRectF(0, self._head(), self.width(), self.height() - self._head())
        painter.setPen(theme.hairline(palette))
        painter.drawLine(area.bottomLeft() - QPointF(0, 0.5), area.bottomRight() - QPointF(0, 0.5))
        if len(self._values) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, area, theme.tone(Tone.BUSY, palette, ground))

    def _draw(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        step = area.width() / (self._places - 1)
        left = area.right() - step * (len(self._values) - 1)
        room = area.height() - 2 * _LINE
        points = [
            QPointF(left + step * at, area.bottom() - _LINE - room * value / self._top)
            for at, value in enumerate(self._values)
        ]
        below = QColor(colour)
        below.setAlpha(_FILL_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(below)
        ends = [QPointF(points[-1].x(), area.bottom()), QPointF(points[0].x(), area.bottom())]
        painter.drawPolygon(QPolygonF([*points, *ends]))
        painter.setPen(QPen(colour, _LINE))
        painter.drawPolyline(QPolygonF(points))
