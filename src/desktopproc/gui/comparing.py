"""Opens the comparison of a photo before and after, and lets it follow the list."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from desktopproc.gui.compare_dialog import CompareDialog, pair_of
from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import Rows
from desktopproc.gui.work import Work

_FAR = 500  # how many rows are passed over in search of the next that can be compared


class Comparing(QObject):
    """One comparison at a time; it shows the current row of the list, whichever way that moves."""

    def __init__(self, window: QWidget, view: RowView, rows: Rows, work: Work) -> None:
        super().__init__(window)
        self._window, self._view, self._rows, self._work = window, view, rows, work
        self.dialog: CompareDialog | None = None
        view.picked.connect(self._follow)

    def open(self) -> None:
        """Compare the current row, if it has a result."""
        if pair_of(self._view.current()) is None:
            return
        if self.dialog is None:
            dialog = CompareDialog(self._work.pictures, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.stepped.connect(self._step)
            dialog.finished.connect(self._forget)
            self.dialog = dialog
        self._follow()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _follow(self) -> None:
        if self.dialog is not None:
            self.dialog.show_row(self._view.current())

    def _forget(self) -> None:
        self.dialog = None

    def _step(self, by: int) -> None:
        """Go to the next row in this direction that can be compared; rows not read yet end it."""
        number = self._view.currentIndex().row()
        for _ in range(_FAR):
            number += by
            if not 0 <= number < self._rows.rowCount():
                return
            row = self._rows.row(number)
            if row is None:
                return
            if pair_of(row) is not None:
                self._view.selectRow(number)
                return
