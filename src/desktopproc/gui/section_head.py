"""The bold line above the fields of one section of a form; a press folds them away."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktopproc.gui import theme
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.one_line import OneLine
from desktopproc.gui.theme import GRID


class SectionHead(QWidget):
    """`toggled` when the user opened or folded the section; one that cannot be folded is open.

    Beside the title of a folded section stands what is set in it.
    """

    toggled = Signal()

    def __init__(self, title: str, *, can_fold: bool = True) -> None:
        super().__init__()
        self.title = title
        self.is_open = not can_fold
        self.button: IconButton | None = None
        self._said = OneLine()
        row = QHBoxLayout(self)
        row.setContentsMargins(-2 * GRID if can_fold else 0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        first = self._button() if can_fold else QLabel(title)
        font = first.font()
        font.setBold(True)
        first.setFont(font)
        row.addWidget(first)
        row.addWidget(self._said, 1)
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def said(self) -> str:
        """What stands beside the title."""
        return self._said.text()

    def open(self, *, is_open: bool) -> None:
        """Open or fold the section as if the user had."""
        if self.button is not None and is_open != self.is_open:
            self.is_open = is_open
            self.button.show_icon("unfold" if is_open else "next")
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
            verb = "Fold away" if self.is_open else "Show"
            spoken = f"{self.title}, {'open' if self.is_open else 'folded'}"
            self.button.setToolTip(f"{verb} these options")
            self.button.setAccessibleName(", ".join(filter(None, (spoken, self.said))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self.button is not None and self.rect().contains(event.pos()):
            self._turn()

    def _button(self) -> IconButton:
        button = self.button = IconButton("next", "", text=self.title)
        button.setAutoRaise(True)
        button.setIconSize(QSize(3 * GRID, 3 * GRID))
        button.clicked.connect(self._turn)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _turn(self) -> None:
        self.open(is_open=not self.is_open)
