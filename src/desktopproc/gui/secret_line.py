"""A line for a password: hidden, until its owner asks to see it."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from desktopproc.gui import icons

_SHOW, _HIDE = "Show the password", "Hide the password"


class SecretLine(QLineEdit):
    """Shows dots; the picture at its end shows what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._reveal = QAction(_SHOW, self, checkable=True)
        self._reveal.toggled.connect(self._show_typed)
        self.addAction(self._reveal, QLineEdit.ActionPosition.TrailingPosition)
        self._paint()

    @property
    def is_shown(self) -> bool:
        """Whether what was typed can be read."""
        return self.echoMode() is QLineEdit.EchoMode.Normal

    @property
    def eye(self) -> QToolButton:
        """The button that shows and hides."""
        buttons = self.findChildren(QToolButton)
        return next(each for each in buttons if each.defaultAction() is self._reveal)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _show_typed(self, is_shown: bool) -> None:  # noqa: FBT001 - a slot
        modes = QLineEdit.EchoMode
        self.setEchoMode(modes.Normal if is_shown else modes.Password)
        self._reveal.setText(_HIDE if is_shown else _SHOW)

    def _paint(self) -> None:
        self._reveal.setIcon(icons.icon("show", self.palette()))
