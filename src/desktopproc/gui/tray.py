"""The icon in the system tray: one notification per queue, and a window that can be hidden."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon


class Tray(QObject):
    """Shown only while it has a purpose; where there is no tray it does nothing."""

    def __init__(self, icon: QIcon, reopen: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        self._icon = QSystemTrayIcon(icon)
        self._icon.setToolTip("desktopproc")
        self._menu = QMenu()
        self._menu.addAction("Open", reopen)
        self._menu.addAction("Quit", leave)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(lambda _reason: reopen())
        self._icon.messageClicked.connect(reopen)

    @staticmethod
    def is_there() -> bool:
        """Whether this desktop has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    def notify(self, title: str, sentence: str) -> None:
        """Show one notification, if this desktop shows any."""
        if self.is_there():
            self._icon.show()
            self._icon.showMessage(title, sentence, self._icon.icon())
