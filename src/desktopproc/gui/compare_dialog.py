"""A large window that compares a photo before and after, and leafs through the list."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopproc.core.job import Family, Job, State
from desktopproc.gui import row_text, words
from desktopproc.gui.compare_pane import ComparePane
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.kinds import kind_of
from desktopproc.gui.one_line import OneLine
from desktopproc.gui.pictures import Pictures
from desktopproc.gui.theme import GRID


def pair_of(row: object) -> tuple[Path, Path] | None:
    """The source and the first result of a finished job, where both are photos."""
    if not isinstance(row, Job) or row.state is not State.DONE:
        return None
    if len(row.inputs) != 1 or not row.outputs:
        return None
    pair = row.inputs[0], row.outputs[0]
    return pair if all(kind_of(path) is Family.PHOTO for path in pair) else None


class CompareDialog(QDialog):
    """`stepped` asks for the file before or after; `show_row` is the answer."""

    stepped = Signal(int)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Before and after")
        self._pictures = pictures
        self._job: int | None = None
        self.pane = ComparePane(("Before", "After"))
        self._name, self._zoom = OneLine(), QLabel()
        self.previous = IconButton("previous", "The file before (Left)")
        self.next = IconButton("next", "The file after (Right)")
        self.fit, self.full = QPushButton("Fit"), QPushButton("100 %")
        self.fit.setToolTip("Show all of both (0)")
        self.full.setToolTip("One pixel of the result for each pixel of the screen (1)")
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        row.addWidget(self._name, 1)
        row.addWidget(self._zoom)
        row.addWidget(self.fit)
        row.addWidget(self.full)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(row)
        column.addWidget(self.pane, 1)
        for button in (self.fit, self.full):
            button.setAutoDefault(False)
        self.fit.clicked.connect(self.pane.fit)
        self.full.clicked.connect(lambda: self.pane.zoom_to(1 / self.devicePixelRatioF()))
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        pictures.arrived.connect(self.pane.take)
        self.pane.stepped.connect(self.stepped)
        self.pane.zoomed.connect(self._tell)
        self.resize(280 * GRID, 180 * GRID)
        self.pane.setFocus()

    @property
    def name(self) -> str:
        """The file that is shown."""
        return self._name.text()

    def show_row(self, row: object) -> None:
        """Compare what a row was made from with what it was made into."""
        pair = pair_of(row)
        if pair is None or not isinstance(row, Job) or row.id == self._job:
            return
        self._job = row.id
        self._name.setText(", ".join(filter(None, (row_text.title(row), words.saving(row)))))
        self._name.setToolTip("\n".join(map(str, pair)))
        after = words.size(row.size_out) if row.size_out is not None else ""
        before = words.size(row.size_in)
        self.pane.start((f"Before \N{MIDDLE DOT} {before}", f"After \N{MIDDLE DOT} {after}"))
        self._pictures.ask(list(pair))

    def done(self, result: int) -> None:
        """Close, however it came about; what is still being loaded is not wanted any more."""
        self._pictures.forget()
        super().done(result)

    def _tell(self) -> None:
        per_cent = round(100 * self.pane.scale * self.devicePixelRatioF())
        self._zoom.setText(f"{per_cent} %")
