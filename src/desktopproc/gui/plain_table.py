"""A table of words that are only read: the first column is text, the others are numbers."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktopproc.gui.theme import GRID

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Words(QAbstractTableModel):
    def __init__(self, heads: Sequence[str], numbers: Sequence[int]) -> None:
        super().__init__()
        self._heads, self._numbers = heads, frozenset(numbers)
        self._rows: Sequence[Sequence[str]] = ()

    def put(self, rows: Sequence[Sequence[str]]) -> None:
        if rows and len(rows) == len(self._rows):
            self._rows = rows
            last = self.index(len(rows) - 1, len(self._heads) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in self._numbers else _LEFT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in self._numbers else _LEFT
        return None


class PlainTable(QTableView):
    """`heads` are the columns, `numbers` those to be aligned right, `wide` the one that gives."""

    def __init__(
        self, name: str, heads: Sequence[str], numbers: Sequence[int], *, wide: int = 0
    ) -> None:
        super().__init__()
        self._words = _Words(heads, numbers)
        self.setModel(self._words)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 2 * GRID)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        across.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)

    def sizeHintForColumn(self, column: int) -> int:
        """As wide as its widest cell, with room between one column and the next."""
        return super().sizeHintForColumn(column) + 4 * GRID

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these; a row that stays selected is the one at the same place."""
        self._words.put(rows)

    def cell(self, row: int, column: int) -> str:
        """What stands in a cell."""
        return str(self._words.data(self._words.index(row, column)))

    def count(self) -> int:
        return self._words.rowCount()
