"""The list of operations under "What to do", in their groups."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy, QWidget

from desktopproc.core.operation import Operation
from desktopproc.gui import theme
from desktopproc.gui.theme import GRID

_NAME = Qt.ItemDataRole.UserRole
_ROWS_SHOWN = 9  # of its own accord; the line below it can be dragged
_FIRST = ("Photos", "Documents", "PDF")


def _rank(operation: Operation) -> tuple[int, str]:
    """Groups that people know first, then the others by name; operations as they came."""
    group = operation.group
    return (_FIRST.index(group) if group in _FIRST else len(_FIRST), group)


class OperationList(QListView):
    """`picked` carries the name of the operation that was chosen."""

    picked = Signal(str)

    def __init__(self, operations: Iterable[Operation], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What to do")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._items = QStandardItemModel(self)
        self._places: dict[str, QStandardItem] = {}
        self._headings: list[QStandardItem] = []
        group = None
        for operation in sorted(operations, key=_rank):
            if operation.group != group:
                group = operation.group
                self._items.appendRow(self._heading(group))
            item = self._item(operation)
            self._places[operation.name] = item
            self._items.appendRow(item)
        self.setModel(self._items)
        self._colour()
        self.selectionModel().currentChanged.connect(self._tell)

    def choose(self, name: str) -> None:
        """Choose an operation; an unknown one chooses the first."""
        item = self._places.get(name) or next(iter(self._places.values()))
        self.setCurrentIndex(item.index())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, sum(self.sizeHintForRow(row) for row in range(3)))

    def sizeHint(self) -> QSize:
        rows = [self.sizeHintForRow(row) for row in range(self._items.rowCount())]
        return QSize(60 * GRID, sum(rows[:_ROWS_SHOWN]) + GRID)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_headings"):
            self._colour()

    def _colour(self) -> None:
        for heading in self._headings:
            heading.setForeground(theme.quiet(self.palette()))

    def _heading(self, group: str) -> QStandardItem:
        heading = QStandardItem(group)
        font = self.font()
        font.setBold(True)
        heading.setFont(font)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        self._headings.append(heading)
        heading.setSizeHint(QSize(0, 7 * GRID))
        return heading

    def _item(self, operation: Operation) -> QStandardItem:
        item = QStandardItem(f"   {operation.title}")
        item.setData(operation.name, _NAME)
        item.setToolTip(operation.help)
        item.setData(operation.title, Qt.ItemDataRole.AccessibleTextRole)
        item.setSizeHint(QSize(0, 6 * GRID))
        return item

    def _tell(self, current: QModelIndex) -> None:
        name = current.data(_NAME)
        if name:
            self.picked.emit(name)
