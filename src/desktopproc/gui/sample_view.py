"""The first document of the selected file as a page, as the options would make it now."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktopproc.gui import places, theme
from desktopproc.gui.samples import Shown
from desktopproc.gui.theme import GRID, Tone


class _Page(QWidget):
    """A picture as wide as there is room, with an edge."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Open it in large")

    def show_page(self, shown: Shown) -> None:
        self._shown = shown
        self._stretch()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def _stretch(self) -> None:
        """As high as the page is at this width."""
        if self._shown is not None and not self._shown.image.isNull():
            image = self._shown.image
            self.setFixedHeight(round(self.width() * image.height() / image.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._shown is None or self._shown.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self.rect()
        painter.drawImage(area, self._shown.image)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawRect(area.adjusted(0, 0, -1, -1))


class SampleView(QWidget):
    """Shows a sample or says why there is none; a press opens it with the system's program."""

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading, self._words, self._page = QLabel("First document"), QLabel(), _Page()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._shown: Shown | None = None
        self._page.pressed.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for part in (self._heading, self._words, self._page):
            column.addWidget(part)
        self.hide()

    @property
    def words(self) -> str:
        """What is said above the page."""
        return self._words.text()

    @property
    def has_page(self) -> bool:
        return self._shown is not None and not self._shown.image.isNull()

    def show_sample(self, shown: Shown) -> None:
        self._shown = shown
        self._page.setVisible(not shown.image.isNull())
        self._page.show_page(shown)
        self._words.setText(shown.error or "\n".join(shown.notes))
        self._words.setVisible(bool(self._words.text()))
        palette = QPalette(self.palette())
        ground = palette.color(QPalette.ColorRole.Window)
        tone = Tone.BAD if shown.error else Tone.PLAIN
        palette.setColor(QPalette.ColorRole.WindowText, theme.tone(tone, palette, ground))
        self._words.setPalette(palette)
        self.show()

    def _open(self) -> None:
        if self._shown is not None and not places.open_file(self._shown.file):
            self.told.emit(f"No program could open {self._shown.file.name}.")
