"""Keeps the first document in the details as the selected file and the options are now."""

from PySide6.QtCore import QObject, QTimer

from desktopproc.core.errors import UsageError
from desktopproc.gui.row_view import RowView
from desktopproc.gui.sample_view import SampleView
from desktopproc.gui.samples import Samples, Shown
from desktopproc.gui.staging import Staged, reason_left_out
from desktopproc.gui.todo_panel import TodoPanel

_REST_MS = 300  # how long nothing changes before it is worth while


class SampleKeeper(QObject):
    """Asks for a new sample when something changed, and hides the old one when it is none."""

    def __init__(
        self, todo: TodoPanel, rows: RowView, view: SampleView, samples: Samples, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._todo, self._rows, self._view, self._samples = todo, rows, view, samples
        self._asked: object = None
        self._resting = QTimer(self, singleShot=True, interval=_REST_MS)
        self._resting.timeout.connect(self._look)
        todo.changed.connect(self._resting.start)
        todo.picked.connect(self._look)
        rows.picked.connect(self._look)
        samples.arrived.connect(self._take)

    def _look(self) -> None:
        row, operation = self._rows.current(), self._todo.operation
        if not isinstance(row, Staged) or operation.sample is None:
            self._forget()
            return
        try:
            options = operation.sample(self._todo.options())
        except UsageError:
            return  # the field says what is wrong with it; the last good sample stays
        if reason_left_out(row, operation):
            self._forget()
            return
        asked = (row.facts, operation.name, options)
        if asked != self._asked:
            self._asked = asked
            self._samples.ask(operation, options, row.facts.path)

    def _forget(self) -> None:
        self._asked = None
        self._samples.forget()
        self._view.hide()

    def _take(self, shown: Shown) -> None:
        self._view.show_sample(shown)
