"""The list itself: selection that stays with its rows, buttons under the mouse, empty state."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from desktopproc.gui.delegate import HEIGHT, RowDelegate
from desktopproc.gui.row_buttons import BUTTON, Button, buttons
from desktopproc.gui.rows import BUTTONS, NAME, SIZE, STATE, Row, Rows
from desktopproc.gui.theme import GRID
from desktopproc.gui.thumbs import Thumbs

_FOLLOWED = 500  # larger selections are ranges, which rows may leave


class RowView(QTableView):
    """Shows `Rows`. `pressed_button` is (row number, button); `picked` follows the current row."""

    pressed_button = Signal(int, object)
    picked = Signal()

    def __init__(self, rows: Rows, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._delegate = RowDelegate(thumbs, self)
        self._kept: list[Row] = []
        self.setModel(rows)
        self.setItemDelegate(self._delegate)
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
            selection.select(self._rows.index(number, 0), self._rows.index(number, BUTTONS))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def button_place(self, number: int, button: Button) -> QPoint | None:
        """The middle of a row's button in the viewport, if the row has it."""
        row = self._rows.row(number)
        if row is None:
            return None
        area = self.visualRect(self._rows.index(number, BUTTONS))
        places = dict(buttons(row, area))
        return places[button].center() if button in places else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._warm(self._button_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._warm(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._button_at(event.position().toPoint())
        if hit is not None and event.button() is Qt.MouseButton.LeftButton:
            self.pressed_button.emit(*hit)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._button_at(event.pos())
            if hit is not None:
                QToolTip.showText(event.globalPos(), hit[1].words, self)
                return True
        return super().viewportEvent(event)

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
        down.setDefaultSectionSize(HEIGHT)
        across.hide()
        across.setMinimumSectionSize(BUTTON)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        metrics = self.fontMetrics()
        self.setColumnWidth(STATE, metrics.horizontalAdvance("Running 100 %") + 12 * GRID)
        self.setColumnWidth(SIZE, metrics.horizontalAdvance("999 MB \u2192 999 MB") + 4 * GRID)
        self.setColumnWidth(BUTTONS, BUTTON + 4 * GRID)

    def _button_at(self, place: QPoint) -> tuple[int, Button] | None:
        index = self.indexAt(place)
        if not index.isValid() or index.column() != BUTTONS:
            return None
        row = self._rows.row(index.row())
        if row is None:
            return None
        hits = (b for b, area in buttons(row, self.visualRect(index)) if area.contains(place))
        button = next(hits, None)
        return None if button is None else (index.row(), button)

    def _warm(self, hit: tuple[int, Button] | None) -> None:
        if self._delegate.hot != hit:
            self._delegate.hot = hit
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
