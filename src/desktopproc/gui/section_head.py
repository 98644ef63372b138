"""The bold line above the fields of one section of a form; a press folds them away."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktopproc.gui import icons, theme
from desktopproc.gui.one_line import OneLine
from desktopproc.gui.theme import GRID

_ICON = 4 * GRID


class SectionHead(QWidget):
    """`toggled` when the section was opened or folded; one that cannot be folded is open.

    Beside the title of a folded section stands what is set in it.
    """

    toggled = Signal()

    def __init__(self, title: str, *, can_fold: bool = True) -> None:
        super().__init__()
        self.title = title
        self.is_open = not can_fold
        self.button = _Fold(title) if can_fold else None
        self._said = OneLine()
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        first: QWidget = self.button or QLabel(title)
        font = first.font()
        font.setBold(True)
        first.setFont(font)
        row.addWidget(first)
        row.addWidget(self._said, 1)
        if self.button is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.button.clicked.connect(self._turn)

    @property
    def said(self) -> str:
        """What stands beside the title."""
        return self._said.text()

    def open(self, *, is_open: bool) -> None:
        """Open or fold the section as if the user had."""
        if self.button is not None and is_open != self.is_open:
            self.is_open = self.button.is_open = is_open
            self.button.update()
            self.toggled.emit()

    def say(self, text: str) -> None:
        """Tell what is set in the section, which is of use while that cannot be seen."""
        self._said.setText("" if self.is_open else text)
        self._said.setToolTip(self._said.text())
        palette = QPalette(self._said.palette())
        ground = self.palette().color(QPalette.ColorRole.Window)
        palette.setColor(QPalette.ColorRole.WindowText, theme.quiet(self.palette(), ground))
        self._said.setPalette(palette)
        if self.button is not None:
            self.button.setToolTip("Fold these away" if self.is_open else "Show these options")
            spoken = f"{self.title}, {'open' if self.is_open else 'folded'}"
            self.button.setAccessibleName(", ".join(filter(None, (spoken, self.said))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self.button is not None and self.rect().contains(event.pos()):
            self._turn()

    def _turn(self) -> None:
        self.open(is_open=not self.is_open)


class _Fold(QAbstractButton):
    """A sign and a title, in line with the labels below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.is_open = False
        self.setText(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = _ICON + GRID + metrics.horizontalAdvance(self.text()) + GRID
        return QSize(width, max(6 * GRID, metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        color = self.palette().color(QPalette.ColorRole.WindowText)
        name = "unfold" if self.is_open else "next"
        picture = icons.pixmap(name, color, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(0, (self.height() - _ICON) // 2, picture)
        area = QRect(self.rect().adjusted(_ICON + GRID, 0, 0, 0))
        painter.setPen(color)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(self.palette().color(QPalette.ColorRole.Highlight))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
