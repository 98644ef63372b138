"""Paints one row of the list: picture, two lines, state with progress, sizes, buttons."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktopproc.core.job import Family, Job, State
from desktopproc.gui import icons, row_text, theme
from desktopproc.gui.row_buttons import Button, buttons
from desktopproc.gui.rows import NAME, SIZE, STATE, Row, Rows
from desktopproc.gui.staging import Staged
from desktopproc.gui.theme import GRID, Tone
from desktopproc.gui.thumbs import Thumbs
from desktopproc.gui.words import KIND_ICONS, percent

HEIGHT = 12 * GRID
THUMB = 9 * GRID
_ICON = 4 * GRID
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class RowDelegate(QStyledItemDelegate):
    """The only painter of rows; colours come from the palette of the moment.

    `hot` is the button under the mouse, as (row, button), painted raised.
    """

    def __init__(self, thumbs: Thumbs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self.hot: tuple[int, Button] | None = None

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        return QSize(0, HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rows = index.model()
        assert isinstance(rows, Rows)
        row = rows.row(index.row())
        pen = _Pen(painter, option)
        pen.ground()
        if row is None:
            pen.blank(index.column())
            return
        column = index.column()
        if column == NAME:
            self._paint_name(pen, row, rows)
        elif column == STATE:
            _paint_state(pen, row, rows)
        elif column == SIZE:
            pen.text(pen.area.adjusted(GRID, 0, -GRID, 0), row_text.sizes(row), _RIGHT)
        else:
            self._paint_buttons(pen, row, index.row())

    def _paint_name(self, pen: "_Pen", row: Row, rows: Rows) -> None:
        box = QRect(pen.area.left() + 2 * GRID, 0, THUMB, THUMB)
        box.moveTop(pen.area.center().y() - THUMB // 2 + 1)
        self._paint_picture(pen, box, row)
        lines = pen.area.adjusted(THUMB + 5 * GRID, GRID, -2 * GRID, -GRID)
        first, second = QRect(lines), QRect(lines)
        first.setBottom(lines.center().y())
        second.setTop(lines.center().y() + 1)
        pen.text(first, row_text.title(row), _LEFT, elide=Qt.TextElideMode.ElideMiddle)
        is_bad = isinstance(row, Job) and row.state is State.FAILED
        color = pen.tone(Tone.BAD) if is_bad else pen.quiet()
        pen.text(second, row_text.detail(row, rows.operation), _LEFT, color=color)

    def _paint_picture(self, pen: "_Pen", box: QRect, row: Row) -> None:
        ratio = pen.ratio
        path, version, name = _picture_of(row)
        picture = self._thumbs.get(path, int(THUMB * ratio), version) if path else None
        if picture is not None and not picture.isNull():
            size = picture.size() / ratio
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(box.center())
            pen.painter.drawPixmap(place, picture)
        else:
            place = QRect(0, 0, 6 * GRID, 6 * GRID)
            place.moveCenter(box.center())
            pen.icon(place, name, pen.quiet())

    def _paint_buttons(self, pen: "_Pen", row: Row, number: int) -> None:
        for button, place in buttons(row, pen.area):
            is_hot = self.hot == (number, button)
            if is_hot:
                pen.raised(place)
            inner = QRect(0, 0, _ICON, _ICON)
            inner.moveCenter(place.center())
            pen.icon(inner, button.icon, pen.tone(Tone.PLAIN) if is_hot else pen.quiet())


def _picture_of(row: Row) -> tuple[Path | None, int, str]:
    """The file whose picture stands on the row, its version, and the icon without one."""
    if isinstance(row, Staged):
        facts = row.facts
        shown = facts.path if facts.kind is Family.PHOTO and facts.error is None else None
        return shown, facts.mtime_ns or 0, KIND_ICONS[facts.kind]
    if len(row.inputs) != 1:
        return None, 0, "kind-many"
    path = row.inputs[0]
    kind = _KIND_OF_SUFFIX.get(path.suffix.lower(), Family.PHOTO)
    return path if kind is Family.PHOTO else None, 0, KIND_ICONS[kind]


def _paint_state(pen: "_Pen", row: Row, rows: Rows) -> None:
    word, look = row_text.state(row, rows.operation)
    is_running = isinstance(row, Job) and row.state is State.RUNNING
    area = pen.area.adjusted(GRID, 0, -2 * GRID, 0)
    line = QRect(area.left(), 0, area.width(), 5 * GRID)
    line.moveTop(area.center().y() - (4 * GRID if is_running else line.height() // 2 - 1))
    place = QRect(line.left(), 0, _ICON, _ICON)
    place.moveTop(line.center().y() - _ICON // 2 + 1)
    color = pen.tone(look.tone)
    pen.icon(place, look.icon, color)
    pen.text(line.adjusted(_ICON + 2 * GRID, 0, 0, 0), word, _LEFT, color=color)
    if isinstance(row, Job) and is_running:
        bar = QRect(area.left(), line.bottom() + GRID, area.width(), GRID)
        pen.progress(bar, percent(row))


class _Pen:
    """A painter that knows the palette, and whether the row is selected."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self.painter = painter
        self.area: QRect = option.rect
        self._palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        self._metrics: QFontMetrics = option.fontMetrics
        self._is_selected = bool(state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole
        self._ground = self._palette.color(role.Highlight if self._is_selected else role.Base)
        self.ratio = painter.device().devicePixelRatio()

    def ground(self) -> None:
        if self._is_selected:
            self.painter.fillRect(self.area, self._ground)
        self.painter.fillRect(
            QRect(self.area.left(), self.area.bottom(), self.area.width(), 1),
            theme.mix(self.quiet(), self._ground, 0.15),
        )

    def tone(self, tone: Tone) -> QColor:
        if self._is_selected:
            return self._palette.color(QPalette.ColorRole.HighlightedText)
        return theme.tone(tone, self._palette, self._ground)

    def quiet(self) -> QColor:
        if self._is_selected:
            return self._palette.color(QPalette.ColorRole.HighlightedText)
        return theme.quiet(self._palette, self._ground)

    def text(
        self,
        area: QRect,
        text: str,
        side: Qt.AlignmentFlag,
        *,
        color: QColor | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        if not text:
            return
        self.painter.setPen(color or self.tone(Tone.PLAIN))
        shown = self._metrics.elidedText(text, elide, area.width())
        self.painter.drawText(area, side | _MIDDLE, shown)

    def icon(self, place: QRect, name: str, color: QColor) -> None:
        self.painter.drawPixmap(place, icons.pixmap(name, color, place.width(), self.ratio))

    def raised(self, place: QRect) -> None:
        self.painter.fillRect(place, theme.mix(self.quiet(), self._ground, 0.18))

    def progress(self, bar: QRect, per_cent: int | None) -> None:
        self.painter.fillRect(bar, theme.mix(self.quiet(), self._ground, 0.25))
        if per_cent is not None:
            bar.setWidth(bar.width() * per_cent // 100)
            self.painter.fillRect(bar, self.tone(Tone.BUSY))

    def blank(self, column: int) -> None:
        if column == NAME:
            line = QRect(self.area.left() + THUMB + 5 * GRID, 0, 40 * GRID, 2 * GRID)
            line.moveTop(self.area.center().y() - GRID)
            self.painter.fillRect(line, theme.mix(self.quiet(), self._ground, 0.12))


_KIND_OF_SUFFIX = {
    ".pdf": Family.PDF,
    ".docx": Family.DOCX,
    ".docm": Family.DOCX,
    ".csv": Family.DATA,
    ".json": Family.DATA,
    ".xlsx": Family.DATA,
}
