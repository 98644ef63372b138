"""The list itself: selection that stays with its rows, buttons under the mouse, empty state."""

import time
from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktopproc.gui.row_buttons import Button, buttons
from desktopproc.gui.row_painter import Look, RowPainter
from desktopproc.gui.rows import Row, Rows
from desktopproc.gui.thumbs import Thumbs

_PAINTING_S = 0.012
_FOLLOWED = 500  # larger selections are ranges, which rows may leave


class RowView(QTableView):
    """Shows `Rows`. `pressed_button` is (row number, button); `picked` follows the current row."""

    pressed_button = Signal(int, object)
    picked = Signal()

    def __init__(self, rows: Rows, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._painter = RowPainter(self, thumbs)
        self._hot: tuple[int, Button] | None = None
        self._kept: list[Row] = []
        self.setModel(rows)
        self._tips = _Tips(self)
        self.setItemDelegate(self._tips)
        self._look_like_a_list()
        self._size_columns()
        rows.shifting.connect(self._remember)
        rows.shifted.connect(self._select_again)
        thumbs.arrived.connect(self.viewport().update)
        self.selectionModel().selectionChanged.connect(self.picked)
        self.selectionModel().currentChanged.connect(self.picked)

    def chosen(self) -> list[range]:
        """The selected rows as ranges of positions."""
        ranges = self.selectionModel().selection().toList()
        spans = {(part.top(), part.bottom()) for part in ranges}
        return [range(top, bottom + 1) for top, bottom in sorted(spans)]

    def chosen_number(self) -> int:
        """How many rows are selected."""
        return sum(len(part) for part in self.chosen())

    def current(self) -> Row | None:
        """The row that Details shows: the current one, if it is selected."""
        index = self.selectionModel().currentIndex()
        if not index.isValid() or not self.selectionModel().isRowSelected(index.row()):
            return None
        return self._rows.row(index.row())

    def select(self, numbers: Sequence[int]) -> None:
        """Select exactly these rows."""
        selection = QItemSelection()
        for number in numbers:
            index = self._rows.index(number, 0)
            selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def go_to(self, number: int) -> None:
        """Bring a row into view, with what follows it."""
        if 0 <= number < self._rows.rowCount():
            top = QAbstractItemView.ScrollHint.PositionAtTop
            self.scrollTo(self._rows.index(number, 0), top)

    def button_place(self, number: int, button: Button) -> QPoint | None:
        """The middle of a row's button in the viewport, if the row has it."""
        place = self._buttons(number).get(button)
        return None if place is None else place.center()

    def button_at(self, place: QPoint) -> tuple[int, Button] | None:
        """The row and the button at a place in the viewport."""
        number = self.rowAt(place.y())
        if number < 0:
            return None
        hits = (b for b, area in self._buttons(number).items() if area.contains(place))
        button = next(hits, None)
        return None if button is None else (number, button)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the pictures of the visible rows to the screen, in one go.

        Qt would call back for every cell, and each call back waits for the interpreter. Rows that
        were not painted when the time is up follow with the next event.
        """
        port, area = self.viewport(), event.rect()
        painter = QPainter(port)
        painter.fillRect(area, self.palette().color(QPalette.ColorRole.Base))
        number, width, ratio = self.rowAt(area.top()), port.width(), port.devicePixelRatioF()
        selection, total = self.selectionModel(), self._rows.rowCount()
        root, out_of_time = QModelIndex(), time.perf_counter() + _PAINTING_S
        is_whole = True
        while 0 <= number < total:
            top = self.rowViewportPosition(number)
            if top > area.bottom():
                break
            hot = self._hot[1] if self._hot is not None and self._hot[0] == number else None
            is_selected = selection.isRowSelected(number, root)
            look = Look(width, ratio, is_selected, hot, self._rows.operation)
            may_paint = time.perf_counter() < out_of_time
            picture = self._painter.picture(self._rows.row(number), look, may_paint=may_paint)
            if picture is not None:
                painter.drawPixmap(0, top, picture)
            is_whole = is_whole and picture is not None
            number += 1
        if not is_whole:
            QTimer.singleShot(0, port.update)
        if self.hasFocus():
            self._mark_current(painter)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._painter.forget()
            self.verticalHeader().setDefaultSectionSize(self._painter.height)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._warm(self.button_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._warm(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self.button_at(event.position().toPoint())
        if hit is not None and event.button() is Qt.MouseButton.LeftButton:
            self.pressed_button.emit(*hit)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.button_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)

    def _look_like_a_list(self) -> None:
        self.setAccessibleName("Files and jobs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)

    def _size_columns(self) -> None:
        across, down = self.horizontalHeader(), self.verticalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self._painter.height)
        across.hide()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def _buttons(self, number: int) -> dict[Button, QRect]:
        """The buttons of a row with their places in the viewport."""
        row = self._rows.row(number)
        top = self.rowViewportPosition(number)
        area = self._painter.button_area(
            QRect(0, top, self.viewport().width(), self._painter.height - 1)
        )
        return {} if row is None else dict(buttons(row, area))

    def _mark_current(self, painter: QPainter) -> None:
        """Show where the keyboard is."""
        number = self.currentIndex().row()
        if number >= 0:
            area = QRect(
                0,
                self.rowViewportPosition(number),
                self.viewport().width(),
                self._painter.height - 1,
            )
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _warm(self, hit: tuple[int, Button] | None) -> None:
        if self._hot != hit:
            self._hot = hit
            self.viewport().update()

    def _remember(self) -> None:
        """Keep which rows are selected, before their positions change."""
        total = self.chosen_number()
        self._kept = []
        if 0 < total <= _FOLLOWED:
            numbers = (number for part in self.chosen() for number in part)
            self._kept = [row for row in map(self._rows.row, numbers) if row is not None]

    def _select_again(self) -> None:
        """Select the same rows where they stand now; rows that left the list are let go."""
        if not self._kept:
            return
        places = [p for p in map(self._rows.position, self._kept) if p is not None]
        now = [number for part in self.chosen() for number in part]
        if sorted(places) != now:
            self.select(places)
            first = self._rows.index(min(places), 0) if places else QModelIndex()
            still = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(first, still)
        self.picked.emit()


class _Tips(QStyledItemDelegate):
    """Tooltips of rows and of the buttons on them; painting is the view's own."""

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        hit = view.button_at(event.pos()) if isinstance(view, RowView) else None
        if hit is None:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), hit[1].words, view)
        return True
