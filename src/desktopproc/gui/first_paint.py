"""Puts off what a window can begin only when it is there."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PATIENCE_MS = 300  # a window that opens minimised, or behind another one, is not painted


class FirstPaint(QObject):
    """Calls `then` once, when the window was painted for the first time or could have been."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__()
        self._window, self._then = window, then
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._begin)
        self._timer.start()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._timer.start(0)  # the paint itself comes first
        return False

    def _begin(self) -> None:
        self._window.removeEventFilter(self)
        self._then()
