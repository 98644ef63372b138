"""Two pictures side by side that are zoomed and moved together."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktopproc.gui import theme
from desktopproc.gui.pictures import Picture
from desktopproc.gui.theme import GRID

_CAPTION = 6 * GRID
_GAP = 2 * GRID
_NOTCH = 1.25
_LARGEST = 16.0
_MIDDLE = QPointF(0.5, 0.5)


class ComparePane(QWidget):
    """Shows the same part of both. The scale is that of the second, which is the result.

    `zoomed` when the scale has changed; `stepped` carries -1 or 1 for the file before or after.
    """

    zoomed = Signal()
    stepped = Signal(int)

    def __init__(self, captions: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions = list(captions)
        self._pictures: list[Picture | None] = [None, None]
        self._scale: float | None = None  # None: as large as fits
        self._centre = QPointF(_MIDDLE)  # in shares of the picture
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(False)
        self.setAccessibleName("Before and after")
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def minimumSizeHint(self) -> QSize:
        return QSize(80 * GRID, 50 * GRID)

    @property
    def scale(self) -> float:
        """Screen pixels for each pixel of the result."""
        return self._fitting() if self._scale is None else self._scale

    @property
    def is_fitted(self) -> bool:
        return self._scale is None

    @property
    def centre(self) -> QPointF:
        """What is in the middle of both sides, in shares of the picture's width and height."""
        return QPointF(self._centre)

    @property
    def is_loaded(self) -> bool:
        """Whether both are there, or it is known why not."""
        return None not in self._pictures

    def start(self, captions: tuple[str, str]) -> None:
        """Wait for other pictures; scale and place stay, so that files can be leafed through."""
        self._captions = list(captions)
        self._pictures = [None, None]
        self.update()

    def take(self, place: int, picture: Picture) -> None:
        """Show one of the two."""
        self._pictures[place] = picture
        self._settle()

    def fit(self) -> None:
        """Show all of both."""
        self._scale, self._centre = None, QPointF(_MIDDLE)
        self._settle()

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Show with this scale; the place in the window that `at` names stays where it is."""
        fitting = self._fitting()
        scale = min(max(scale, fitting), max(_LARGEST, fitting))
        if at is not None:
            before = self.share_at(at)
            self._scale = scale
            moved = self.share_at(at)
            self._centre += before - moved
        self._scale = None if scale <= fitting else scale
        self._settle()

    def pan(self, by: QPointF) -> None:
        """Move both by screen pixels."""
        shown = self._shown_size()
        if shown.width() > 0:
            self._centre -= QPointF(by.x() / shown.width(), by.y() / shown.height())
            self._settle()

    def share_at(self, at: QPointF) -> QPointF:
        """Which place of the picture, in shares, is under a place in the window."""
        area = self._area(0 if at.x() < self._area(1).left() else 1)
        off, shown = at - area.center(), self._shown_size()
        return self._centre + QPointF(off.x() / shown.width(), off.y() / shown.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, self.scale * self.devicePixelRatioF() < 2
        )
        palette, role = self.palette(), QPalette.ColorRole
        quiet = theme.quiet(palette, palette.color(role.Window))
        for place, (caption, picture) in enumerate(
            zip(self._captions, self._pictures, strict=True)
        ):
            area = self._area(place)
            head = QRectF(area.left(), 0, area.width(), _CAPTION)
            painter.setPen(quiet)
            text = self.fontMetrics().elidedText(
                _with_size(caption, picture), Qt.TextElideMode.ElideRight, int(area.width())
            )
            painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, text)
            painter.fillRect(area, palette.color(role.Base))
            if picture is None or not picture.levels:
                words = "Loading" if picture is None else picture.reason
                painter.setPen(theme.quiet(palette))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
            else:
                self._paint(painter, picture, area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom_to(self.scale * _NOTCH**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.pan(event.position() - self._held)
            self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.is_fitted:
            self.zoom_to(1.0 / self.devicePixelRatioF(), event.position())
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), Qt.Key
        if key in {keys.Key_Left, keys.Key_Right}:
            self.stepped.emit(-1 if key == keys.Key_Left else 1)
        elif key in {keys.Key_Plus, keys.Key_Equal, keys.Key_Minus}:
            self.zoom_to(self.scale * (1 / _NOTCH if key == keys.Key_Minus else _NOTCH))
        elif key == keys.Key_0:
            self.fit()
        elif key == keys.Key_1:
            self.zoom_to(1.0 / self.devicePixelRatioF())
        else:
            super().keyPressEvent(event)

    def _area(self, place: int) -> QRectF:
        width = (self.width() - _GAP) / 2
        return QRectF(place * (width + _GAP), _CAPTION, width, max(1, self.height() - _CAPTION))

    def _result(self) -> QSizeF:
        """The size that the scale speaks of: the result's, or the source's until that is there."""
        known = [p.size for p in reversed(self._pictures) if p is not None and p.levels]
        return QSizeF(known[0]) if known else QSizeF(1, 1)

    def _fitting(self) -> float:
        """The scale at which all of both is in sight, never larger than their pixels."""
        area, result = self._area(0), self._result()
        own = [QSizeF(p.size) for p in self._pictures if p is not None and p.levels]
        sizes = [size * (_diagonal(result) / _diagonal(size)) for size in own or [result]]
        fits = (min(area.width() / s.width(), area.height() / s.height()) for s in sizes)
        return min(*fits, 1.0)

    def _shown_size(self) -> QSizeF:
        return self._result() * self.scale

    def _settle(self) -> None:
        """Keep the pictures from being moved out of sight."""
        shown, area = self._shown_size(), self._area(0)
        across = min(0.5, area.width() / shown.width() / 2)
        down = min(0.5, area.height() / shown.height() / 2)
        self._centre = QPointF(
            min(max(self._centre.x(), across), 1 - across),
            min(max(self._centre.y(), down), 1 - down),
        )
        self.update()
        self.zoomed.emit()

    def _paint(self, painter: QPainter, picture: Picture, area: QRectF) -> None:
        """Paint what is in sight; a picture of another shape is as large as the result overall."""
        result, own = self._result(), QSizeF(picture.size)
        alike = _diagonal(result) / _diagonal(own)
        shown = own * self.scale * alike
        left = area.center().x() - self._centre.x() * shown.width()
        top = area.center().y() - self._centre.y() * shown.height()
        target = QRectF(left, top, shown.width(), shown.height()).intersected(area)
        if target.isEmpty():
            return
        part = QRectF(
            (target.left() - left) / shown.width(),
            (target.top() - top) / shown.height(),
            target.width() / shown.width(),
            target.height() / shown.height(),
        )
        picture.paint(painter, target, part)


def _with_size(caption: str, picture: Picture | None) -> str:
    if picture is None or not picture.levels:
        return caption
    size = f"{picture.size.width():,} \N{MULTIPLICATION SIGN} {picture.size.height():,}"
    return f"{caption} \N{MIDDLE DOT} {size}"


def _diagonal(size: QSizeF) -> float:
    return float((size.width() ** 2 + size.height() ** 2) ** 0.5)
