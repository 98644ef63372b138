"""What an empty list says, and the sheet that lies over the window while files are dragged."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopproc.core.job import Family
from desktopproc.core.operation import Operation
from desktopproc.gui import icons, theme
from desktopproc.gui.theme import GRID, Tone
from desktopproc.gui.words import KIND_NOUNS, listed


def what_can_be_dropped(operations: Iterable[Operation]) -> str:
    """`Photos, PDFs and Word documents, alone or in folders.`"""
    kinds = {kind for operation in operations for kind in operation.takes} - {Family.OTHER}
    nouns = listed([KIND_NOUNS[kind] for kind in Family if kind in kinds])
    return f"{nouns[:1].upper()}{nouns[1:]}, alone or in folders."


class EmptyState(QWidget):
    """Shown in the list's place while there is nothing in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        self._title.setFont(font)
        self.add_files, self.add_folder = QPushButton("Add files"), QPushButton("Add folder")
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.addStretch()
        buttons.addWidget(self.add_files)
        buttons.addWidget(self.add_folder)
        buttons.addStretch()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch(2)
        for part in (self._picture, self._title, self._text, self._buttons):
            column.addWidget(part)
        column.addStretch(3)

    def invite(self, kinds: str) -> None:
        """Say what can be dropped."""
        self._say("drop", "Drop files or folders here", kinds, has_buttons=True)

    def say_nothing_matches(self) -> None:
        """Say that the tab or the search has no rows."""
        self._say("find", "No rows here", "Choose another tab, or clear the search.")

    def _say(self, icon: str, title: str, text: str, *, has_buttons: bool = False) -> None:
        color = theme.quiet(self.palette(), self.palette().color(QPalette.ColorRole.Base))
        picture = icons.pixmap(icon, color, 14 * GRID, self.devicePixelRatioF())
        self._picture.setPixmap(picture)
        self._title.setText(title)
        self._text.setText(text)
        self._buttons.setVisible(has_buttons)


class DropSheet(QWidget):
    """Covers the window while something that can be dropped is over it; sees no events itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lie over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self.palette().color(QPalette.ColorRole.Window)
        veil = QColor(ground)
        veil.setAlphaF(0.94)
        painter.fillRect(self.rect(), veil)
        color = theme.tone(Tone.BUSY, self.palette(), ground)
        painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(12, 12, -12, -12), 8, 8)
        side = 12 * GRID
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        place.translate(0, -6 * GRID)
        painter.drawPixmap(place, icons.pixmap("drop", color, side, self.devicePixelRatioF()))
        painter.setPen(theme.tone(Tone.PLAIN, self.palette(), ground))
        below = self.rect().adjusted(0, self.height() // 2 + 4 * GRID, 0, 0)
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, top, "Drop to add to the list")
