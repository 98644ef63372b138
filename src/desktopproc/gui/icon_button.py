"""A small button with one of our pictures, which follows the palette by itself."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from desktopproc.gui import icons


class IconButton(QToolButton):
    """`tip` is its tooltip and what a screen reader says; `text` stands beside the picture."""

    def __init__(
        self, icon: str, tip: str, *, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._paint()

    def show_icon(self, icon: str) -> None:
        """Show another picture."""
        self._icon = icon
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _paint(self) -> None:
        self.setIcon(icons.icon(self._icon, self.palette()))
