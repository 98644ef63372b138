"""One line above the list that tells something and offers what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktopproc.gui import icons, theme
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.theme import GRID, Tone

Offer = tuple[str, Callable[[], None]]


class Banner(QWidget):
    """Hidden until it has something to tell; never takes the focus, never blocks."""

    def __init__(self, icon: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._tone = icon, tone
        self._picture = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = IconButton("cancel", "Close this line")
        self._close.setAutoRaise(True)
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.hide)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3 * GRID, GRID, GRID, GRID)
        self._row.setSpacing(2 * GRID)
        for part in (self._picture, self._text, self._close):
            self._row.addWidget(part)
        self._paint_icons()
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def tone(self) -> Tone:
        return self._tone

    def look(self, icon: str, tone: Tone) -> None:
        """Take another icon and colour from now on."""
        self._icon, self._tone = icon, tone
        self._paint_icons()
        self.update()

    def tell(self, sentence: str, offers: Sequence[Offer] = (), *, can_close: bool = True) -> None:
        """Show a sentence and buttons; the same line with other words is changed in place."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        if [button.text() for button in self._buttons] != [words for words, _ in offers]:
            self._offer(offers)
        self._close.setVisible(can_close)
        self.show()

    def button(self, words: str) -> QPushButton:
        """The button with these words."""
        return next(button for button in self._buttons if button.text() == words)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        ground = self.palette().color(QPalette.ColorRole.Window)
        color = theme.tone(self._tone, self.palette(), ground)
        painter.fillRect(self.rect(), theme.mix(color, ground, 0.08))
        painter.fillRect(0, 0, GRID - 1, self.height(), color)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()

    def _offer(self, offers: Sequence[Offer]) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for place, (words, act) in enumerate(offers):
            button = QPushButton(words)
            button.clicked.connect(act)
            self._buttons.append(button)
            self._row.insertWidget(2 + place, button)

    def _paint_icons(self) -> None:
        ground = self.palette().color(QPalette.ColorRole.Window)
        color = theme.tone(self._tone, self.palette(), ground)
        self._picture.setPixmap(icons.pixmap(self._icon, color, 20, self.devicePixelRatioF()))
