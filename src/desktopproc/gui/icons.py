"""Finds the program's pictures and paints them in the colour of the text around them."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_PACKAGE = Path(__file__).resolve().parents[1]
_SIZES = (16, 20, 24, 32, 48)


def resources() -> Path:
    """`desktopproc/resources` in an installed wheel, else `resources/` of the checkout."""
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "resources"


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


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


def icon(name: str, palette: QPalette) -> QIcon:
    """A picture that follows the palette; ask again when the palette changes."""
    made = QIcon()
    modes = (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText),
        (QIcon.Mode.Selected, QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText),
    )
    for mode, group, role in modes:
        for size in _SIZES:
            made.addPixmap(pixmap(name, palette.color(group, role), size), mode)
    return made


def program_icon() -> QIcon:
    """The picture of the program itself, in its own colours."""
    return QIcon(str(resources() / "desktopproc.svg"))
