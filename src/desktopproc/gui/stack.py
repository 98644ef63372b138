"""An ordered list of entries that are moved by mouse and by key; one of them is unfolded."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktopproc.gui import theme
from desktopproc.gui.stack_row import StackRow, Verb, tint
from desktopproc.gui.theme import GRID


class Stack(QWidget):
    """`changed` when entries came, left, moved or were changed. `copy` makes a second of an entry.

    `empty` is what stands there while there is none.
    """

    changed = Signal()

    def __init__(self, empty: str, copy: Callable[[StackRow], StackRow]) -> None:
        super().__init__()
        self._copy = copy
        self._rows: list[StackRow] = []
        self._open: StackRow | None = None
        self._was_moved = False
        self._empty = QLabel(empty)
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._empty)
        self._settle()

    @property
    def rows(self) -> Sequence[StackRow]:
        """The entries from top to bottom."""
        return tuple(self._rows)

    @property
    def unfolded(self) -> StackRow | None:
        return self._open

    def fill(self, rows: Sequence[StackRow]) -> None:
        """Show these entries instead of those there were; says nothing."""
        for row in self._rows:
            self._forget(row)
        self._rows, self._open = [], None
        for row in rows:
            self._insert(len(self._rows), row)
        self._settle()

    def add(self, row: StackRow) -> None:
        """Append an entry and unfold it."""
        self._insert(len(self._rows), row)
        self._after_change(row)

    def bring(self, row: StackRow, to: int) -> None:
        """Bring an entry to another place; a place outside the list is ignored."""
        if not 0 <= to < len(self._rows) or self._rows[to] is row:
            return
        self._rows.remove(row)
        self._rows.insert(to, row)
        self._column.removeWidget(row)
        self._column.insertWidget(to + 1, row)
        self._column.activate()
        self._settle()
        self.changed.emit()

    def unfold(self, row: StackRow | None) -> None:
        """Show the options of one entry and fold away those of the others."""
        self._open = row
        for each in self._rows:
            each.unfold(is_open=each is row)
        if row is not None:
            QTimer.singleShot(0, row, lambda: self._reveal(row))  # when it is laid out

    def _reveal(self, row: StackRow) -> None:
        """Scroll to an entry: all of it, or from its line on where it is too high."""
        area = self._area()
        if area is not None and row in self._rows:
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # all have their height
            area.ensureWidgetVisible(row, 0, 0)
            area.ensureWidgetVisible(row.line, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(theme.hairline(self.palette()))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _insert(self, place: int, row: StackRow) -> None:
        self._rows.insert(place, row)
        self._column.insertWidget(place + 1, row)
        row.picked.connect(lambda: self.unfold(None if self._open is row else row))
        row.changed.connect(self.changed)
        row.asked.connect(lambda verb: self._do(row, verb))
        row.stepped.connect(lambda by: self._focus(self._rows.index(row) + by))
        row.dragged.connect(lambda place: self._drag(row, place))
        row.dropped.connect(self._drop)

    def _forget(self, row: StackRow) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _do(self, row: StackRow, verb: Verb) -> None:
        place = self._rows.index(row)
        if verb in {Verb.UP, Verb.DOWN}:
            self.bring(row, place - 1 if verb is Verb.UP else place + 1)
            QTimer.singleShot(0, row, lambda: self._reveal(row))
        elif verb is Verb.DUPLICATE:
            if not row.error():
                twin = self._copy(row)
                self._insert(place + 1, twin)
                self._after_change(twin)
        else:
            self._rows.remove(row)
            self._forget(row)
            self._open = None if self._open is row else self._open
            self._focus(min(place, len(self._rows) - 1))
            self._after_change(self._open)

    def _after_change(self, row: StackRow | None) -> None:
        self._settle()
        self.unfold(row)
        if row is not None:
            row.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            self._rows[place].line.setFocus(Qt.FocusReason.TabFocusReason)

    def _drag(self, row: StackRow, place: QPoint) -> None:
        """Bring the entry under the mouse; all are folded meanwhile, so that none is in the way."""
        if self._open is not None:
            self.unfold(None)
            self._column.activate()
        y = self.mapFromGlobal(place).y()
        others = [each for each in self._rows if each is not row]
        self.bring(row, sum(each.geometry().center().y() < y for each in others))
        self._follow(y)

    def _follow(self, y: int) -> None:
        """Scroll to where the mouse is, when that is at the edge of what is seen."""
        area = self._area()
        if area is not None and (inside := area.widget()) is not None:
            place = self.mapTo(inside, QPoint(0, y))
            area.ensureVisible(0, place.y(), 0, 8 * GRID)

    def _area(self) -> QScrollArea | None:
        """What the list scrolls in."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        return above

    def _drop(self) -> None:
        self._settle()

    def _settle(self) -> None:
        """Show what can be moved where, and say so while there is nothing."""
        self._empty.setVisible(not self._rows and bool(self._empty.text()))
        is_shown = bool(self._rows or self._empty.text())
        if not is_shown or self.parentWidget() is not None:  # alone it would be a window
            self.setVisible(is_shown)
        ground = self.palette().color(QPalette.ColorRole.Window)
        tint(self._empty, theme.quiet(self.palette(), ground))
        last = len(self._rows) - 1
        for place, row in enumerate(self._rows):
            row.allow(Verb.UP, is_possible=place > 0)
            row.allow(Verb.DOWN, is_possible=place < last)
