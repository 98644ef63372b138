"""The window that shows what the program is made of, and the licence of each part."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopproc.engine.components import Component
from desktopproc.gui.theme import GRID


class LicencesDialog(QDialog):
    """Parts on the left, the text of the chosen one on the right; read when it is chosen."""

    def __init__(self, components: Sequence[Component], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Licences")
        self._components = components
        self.parts = QTreeWidget()
        self.parts.setAccessibleName("Parts of the program")
        self.parts.setRootIsDecorated(False)
        self.parts.setUniformRowHeights(True)
        self.parts.setHeaderLabels(["Part", "Version", "Licence"])
        rows = [QTreeWidgetItem([each.name, each.version, each.licence]) for each in components]
        for row in rows:
            row.setToolTip(2, row.text(2))
        self.parts.addTopLevelItems(rows)
        for number, width in enumerate((50, 20)):
            self.parts.setColumnWidth(number, width * GRID)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName("Licence text")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.parts.currentItemChanged.connect(self._show)
        both = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        both.addWidget(self.parts)
        both.addWidget(self.text)
        both.setSizes([105 * GRID, 155 * GRID])  # texts are written for 80 columns
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(both, 1)
        column.addWidget(buttons)
        self.resize(266 * GRID, 140 * GRID)
        self.parts.setCurrentItem(rows[0])

    def _show(self, row: QTreeWidgetItem) -> None:
        component = self._components[self.parts.indexOfTopLevelItem(row)]
        self.text.setPlainText(component.text() or "Its licence text did not come with it.")
