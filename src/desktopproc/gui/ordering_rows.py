"""Lets the mouse drag added files into another order; a line shows where they would go."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import Rows
from desktopproc.gui.staging import Staged

_LINE_HEIGHT = 3
_NEAR_EDGE, _SCROLL_MS = 24, 40


class OrderingRows(QObject):
    """Watches the mouse over a view. `drop` hears before which row the selected ones are to go.

    Only files that were not started can be dragged: the order of jobs is the queue's. A row that
    is pressed among several selected ones stays selected with them until the button is released.
    """

    def __init__(self, view: RowView, rows: Rows, drop: Callable[[int], None]) -> None:
        super().__init__(view)
        self._drop = drop
        self._view, self._rows = view, rows
        self._from: QPoint | None = None
        self._keeps_selection = False
        self._before: int | None = None
        self._line = QWidget(view.viewport())
        self._line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._line.setAutoFillBackground(True)
        self._line.hide()
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll)
        view.viewport().installEventFilter(self)

    @property
    def is_dragging(self) -> bool:
        """Whether rows follow the mouse now."""
        return self._before is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            match event.type():
                case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                    return self._press(event)
                case QEvent.Type.MouseMove:
                    return self._move(event)
                case QEvent.Type.MouseButtonRelease:
                    return self._release(event)
                case _:
                    pass
        return super().eventFilter(watched, event)

    def _press(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        self._stop()
        number = self._view.rowAt(place.y())
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        is_left = event.button() is Qt.MouseButton.LeftButton
        if not (is_left and is_plain and number >= self._rows.jobs):
            return False
        if self._view.button_at(place) is not None:
            return False
        self._from = place
        self._keeps_selection = self._is_selected(number) and self._view.chosen_number() > 1
        return self._keeps_selection

    def _move(self, event: QMouseEvent) -> bool:
        if self._from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        place = event.position().toPoint()
        far = QApplication.startDragDistance()
        if not self.is_dragging and (place - self._from).manhattanLength() < far:
            return True
        self._aim(place)
        self._scrolling.start()
        return True

    def _release(self, event: QMouseEvent) -> bool:
        before, start = self._before, self._from
        was_kept = self._keeps_selection
        is_inside = self._view.viewport().rect().contains(event.position().toPoint())
        self._stop()
        if before is not None:
            if is_inside:
                self._drop(before)
            return True
        if was_kept and start is not None:
            self._select_alone(self._view.rowAt(start.y()))
            return True
        return False

    def _aim(self, place: QPoint) -> None:
        """Put the line between the two rows that are nearest."""
        view, total = self._view, self._rows.rowCount()
        number = view.rowAt(place.y())
        if number < 0:
            number = total if place.y() > 0 else 0
        elif place.y() > view.rowViewportPosition(number) + view.rowHeight(number) // 2:
            number += 1
        self._before = max(number, self._rows.jobs)
        last = self._before == total
        top = view.rowViewportPosition(total - 1 if last else self._before)
        top += view.rowHeight(total - 1) if last else 0
        palette = self._line.palette()
        palette.setColor(
            QPalette.ColorRole.Window, view.palette().color(QPalette.ColorRole.Highlight)
        )
        self._line.setPalette(palette)
        self._line.setGeometry(
            0, max(top - _LINE_HEIGHT // 2, 0), view.viewport().width(), _LINE_HEIGHT
        )
        self._line.show()

    def _scroll(self) -> None:
        """Go on where the mouse rests near the upper or the lower edge."""
        place = self._view.viewport().mapFromGlobal(self._view.cursor().pos())
        bar = self._view.verticalScrollBar()
        if place.y() < _NEAR_EDGE:
            bar.setValue(bar.value() - bar.singleStep())
        elif place.y() > self._view.viewport().height() - _NEAR_EDGE:
            bar.setValue(bar.value() + bar.singleStep())
        else:
            return
        self._aim(place)

    def _stop(self) -> None:
        self._from = self._before = None
        self._keeps_selection = False
        self._line.hide()
        self._scrolling.stop()

    def _is_selected(self, number: int) -> bool:
        is_staged = isinstance(self._rows.row(number), Staged)
        return is_staged and self._view.selectionModel().isRowSelected(number, QModelIndex())

    def _select_alone(self, number: int) -> None:
        self._view.setCurrentIndex(self._rows.index(number, 0))
        self._view.select([number])
