"""Finds the program's pictures and paints them in the colour of the text around them."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktopproc.core.resources import resources


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return (resources("icons") / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _painted(name: str, color: str, size: int, ratio: float) -> QPixmap:
    drawing = _drawing(name).replace("currentColor", color)
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """One picture in one colour; painted once and kept."""
    return _painted(name, color.name(), size, ratio)


class _Drawn(QIconEngine):
    """Paints a picture at the size and in the colour that are asked for, and no sooner."""

    def __init__(self, name: str, palette: QPalette) -> None:
        super().__init__()
        self._name, self._palette = name, palette

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        place = QRect(0, 0, side, side)
        place.moveCenter(rect.center())
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(place, pixmap(self._name, self._color(mode), side, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        return pixmap(self._name, self._color(mode), min(size.width(), size.height()))

    def clone(self) -> QIconEngine:
        return _Drawn(self._name, self._palette)

    def _color(self, mode: QIcon.Mode) -> QColor:
        group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        elif mode == QIcon.Mode.Selected:
            role = QPalette.ColorRole.HighlightedText
        return self._palette.color(group, role)


def icon(name: str, palette: QPalette) -> QIcon:
    """A picture that follows the palette; ask again when the palette changes."""
    return QIcon(_Drawn(name, palette))


def program_icon() -> QIcon:
    """The picture of the program itself, in its own colours."""
    return QIcon(str(resources("desktopproc.svg")))
