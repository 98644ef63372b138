"""The right panel: everything about the selected row, its pictures, and its log on demand."""

import re
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktopproc.core.job import Job
from desktopproc.core.operation import Operation
from desktopproc.gui import details_text, icons, places, row_text, theme
from desktopproc.gui.pages import Pages
from desktopproc.gui.preview import Preview
from desktopproc.gui.sample_view import SampleView
from desktopproc.gui.staging import Staged, reason_left_out
from desktopproc.gui.theme import GRID, Tone
from desktopproc.gui.thumbs import Thumbs

_SELECTABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)


class Details(QWidget):
    """Shows one row; `told` carries a sentence when a link could not be followed, and
    `pressed_preview` asks for the pictures in large.
    """

    told = Signal(str)
    pressed_preview = Signal()

    def __init__(
        self,
        operations: dict[str, Operation],
        pages: Pages,
        thumbs: Thumbs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations, self._pages = operations, pages
        self._row: Job | Staged | None = None
        self._operation: Operation | None = None
        self._title, self._state, self._error, self._facts = (QLabel() for _ in range(4))
        self._picture = QLabel()
        self._preview = Preview(thumbs)
        self._preview.hide()
        self._preview.pressed.connect(self.pressed_preview)
        self.sample = SampleView()
        self.sample.told.connect(self.told)
        self._log_button, self._copy = QPushButton("Show log"), QPushButton("Copy log")
        self._log = QPlainTextEdit(readOnly=True)
        self._set_up()
        self._lay_out()
        self._fold_log()
        self._log_button.hide()
        self._fill(None)

    @property
    def log_text(self) -> str:
        """The log as it is shown."""
        return self._log.toPlainText()

    def show_row(self, row: Job | Staged | None, operation: Operation | None) -> None:
        """Show a row as it is now; an open log stays open while the same job is shown."""
        is_same = _is_same(row, self._row)
        if is_same and row == self._row and operation is self._operation:
            return
        self._row, self._operation = row, operation
        self._preview.show_row(row)
        self._log_button.setVisible(isinstance(row, Job))
        if not is_same:
            self._fold_log()
        elif self._log.isVisibleTo(self):
            self._read_log()
        self._fill(row)

    def toggle_log(self) -> None:
        """Open the log of the job, or fold it away."""
        if self._log.isVisibleTo(self):
            self._fold_log()
        elif isinstance(self._row, Job):
            self._log_button.setText("Hide log")
            self._log.setPlainText("Reading the log")
            self._log.show()
            self._copy.show()
            self._read_log()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._fill(self._row)

    def _set_up(self) -> None:
        for label in (self._title, self._state, self._error, self._facts):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(_SELECTABLE)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._facts.linkActivated.connect(self._follow)
        self._log.setAccessibleName("Log of the job")
        self._log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._log.setMinimumHeight(50 * GRID)
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._log.setAcceptDrops(False)
        self._log_button.clicked.connect(self.toggle_log)
        self._copy.clicked.connect(self._copy_log)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(2 * GRID)
        state = QHBoxLayout()
        state.setSpacing(2 * GRID)
        state.addWidget(self._picture)
        state.addWidget(self._state, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._log_button)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        column.addWidget(self._title)
        column.addLayout(state)
        column.addWidget(self._error)
        column.addWidget(self._preview)
        column.addWidget(self.sample)
        column.addWidget(self._facts)
        column.addLayout(buttons)
        column.addWidget(self._log, 1)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _fill(self, row: Job | Staged | None) -> None:
        self._picture.setVisible(row is not None)
        self._state.setVisible(row is not None)
        self._facts.setVisible(row is not None)
        self._error.hide()
        if row is None:
            self._title.setText("Details")
            self._error.setText("Select a row to see what is known about it.")
            self._colour(self._error, Tone.PLAIN)
            self._error.show()
            return
        word, look = row_text.state(row, self._operation)
        self._title.setText(_breakable(row_text.title(row)))
        self._state.setText(word)
        self._colour(self._state, look.tone)
        color = theme.tone(look.tone, self.palette(), self._ground())
        self._picture.setPixmap(icons.pixmap(look.icon, color, 18, self.devicePixelRatioF()))
        self._facts.setText(details_text.facts(row, self._operations))
        if sentence := _trouble(row, self._operation):
            self._error.setText(sentence)
            self._colour(self._error, look.tone)
            self._error.show()

    def _ground(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Window)

    def _colour(self, label: QLabel, tone: Tone) -> None:
        palette = QPalette(self.palette())
        color = theme.tone(tone, palette, self._ground())
        palette.setColor(QPalette.ColorRole.WindowText, color)
        label.setPalette(palette)

    def _read_log(self) -> None:
        if isinstance(self._row, Job):
            job = self._row.id
            self._pages.ask("log", lambda reader: (job, reader.log(job)), self._take_log)

    def _take_log(self, read: tuple[int, str]) -> None:
        job, text = read
        if isinstance(self._row, Job) and self._row.id == job:
            self._log.setPlainText(text or "Nothing was logged for this job.")

    def _fold_log(self) -> None:
        self._log.hide()
        self._copy.hide()
        self._log.clear()
        self._log_button.setText("Show log")

    def _copy_log(self) -> None:
        QGuiApplication.clipboard().setText(self.log_text)

    def _follow(self, link: str) -> None:
        url = QUrl(link)
        is_reveal = url.scheme() == details_text.REVEAL
        url.setScheme("file")
        path = Path(url.toLocalFile())
        if not path.exists():
            self.told.emit(f"{path.name} is not there any more.")
        elif not (places.reveal(path) if is_reveal else places.open_file(path)):
            self.told.emit(f"No program could open {path.name}.")


def _trouble(row: Job | Staged, operation: Operation | None) -> str:
    if isinstance(row, Job):
        return row.error.message if row.error else ""
    return reason_left_out(row, operation)


def _is_same(first: Job | Staged | None, second: Job | Staged | None) -> bool:
    if isinstance(first, Job) and isinstance(second, Job):
        return first.id == second.id
    if isinstance(first, Staged) and isinstance(second, Staged):
        return first.key == second.key
    return first is second


def _breakable(name: str) -> str:
    """The name with places where a line may end, so that a long one is not cut."""
    return re.sub(r"([._-]|.{16}(?=.{8}))", "\\1\u200b", name)
