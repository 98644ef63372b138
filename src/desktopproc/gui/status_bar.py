"""The bar at the bottom of the window: overall progress in a bar and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from desktopproc.gui import words
from desktopproc.gui.overall import Overall
from desktopproc.gui.theme import GRID

if TYPE_CHECKING:
    from desktopproc.engine.update import Update


class StatusBar(QWidget):
    """Shows an `Overall`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3 * GRID)
        self._bar.setAccessibleName("Overall progress")
        self._text = QLabel("Nothing is running")
        self._saved = QLabel()
        self._saved.setToolTip("Sizes before and after, of everything that was made in this run")
        self._workers = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        row.setSpacing(3 * GRID)
        row.addWidget(self._bar, 1)
        row.addWidget(self._text, 1)
        row.addWidget(self._saved)
        row.addWidget(self._workers)
        self._row = row

    def offer(self, action: QAction) -> None:
        """Put a button for an action at the end of the bar."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        self._row.addWidget(button)

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def workers(self) -> str:
        """How many workers are busy, or how many quiet mode leaves, in words."""
        return self._workers.text()

    @property
    def saved(self) -> str:
        """The sizes before and after, in words."""
        return self._saved.text()

    def show_saved(self, sentence: str) -> None:
        """Show what the run has saved."""
        self._saved.setText(sentence)

    def show_overall(self, overall: Overall, update: Update, *, is_paused: bool) -> None:
        """Show one moment."""
        counts = overall.counts
        self._bar.setRange(0, max(1, counts.total))
        self._bar.setValue(overall.finished)
        sentence = overall.sentence(is_paused=is_paused)
        self._text.setText(sentence)
        self._bar.setAccessibleDescription(sentence)
        self._workers.setText(_workers(update))


def _workers(update: Update) -> str:
    if update.quiet_workers:
        return f"Quiet mode: {words.count(update.quiet_workers, 'workers')}"
    return f"{words.count(update.busy_workers, 'workers')} busy" if update.busy_workers else ""
