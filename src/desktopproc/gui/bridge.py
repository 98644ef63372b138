"""Carries values from other threads to the window's thread, by one queued signal."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """`post` from any thread; `take` is called with the value on the thread that made the bridge.

    Nothing arrives after `close`, not even what was on its way.
    """

    arrived = Signal(object)

    def __init__(self, take: Callable[[Any], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take: Callable[[Any], None] | None = take
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, value: object) -> None:
        """Hand a value over. Safe from any thread, also while the window closes."""
        try:
            self.arrived.emit(value)
        except RuntimeError:  # the Qt object is gone already: nobody is left to tell
            return

    def close(self) -> None:
        """Deliver nothing any more."""
        self._take = None

    @Slot(object)
    def _deliver(self, value: object) -> None:
        if self._take is not None:
            self._take(value)
