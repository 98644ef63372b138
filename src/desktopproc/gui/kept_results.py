"""The setting for kept results: how much they may take, how much they do, and a way to be rid."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from desktopproc.core.schema import Spec
from desktopproc.engine import shelf
from desktopproc.gui import editors, words
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.editors import Editor
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.theme import GRID


class KeptResultsEditor(Editor):
    """The usual field for the limit, with a button beside it. Files are counted on the I/O pool."""

    def __init__(self, spec: Spec, folder: Path, io: QtIoPool) -> None:
        widget = QWidget()
        super().__init__(spec, widget)
        self._folder, self._io = folder, io
        self._limit = editors.make(spec)
        self._limit.changed.connect(self.changed)
        self.holds = QLabel("Counting")
        self.holds.setTextFormat(Qt.TextFormat.PlainText)
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Remove what is kept. Results in your folders stay.")
        self.clear.setEnabled(False)
        self.clear.clicked.connect(self._clear)
        grid = QGridLayout(widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.addWidget(self._limit.widget, 0, 0)
        grid.addWidget(self.holds, 0, 1)
        grid.addWidget(self.clear, 0, 2)
        grid.setColumnStretch(0, 1)
        self._bridge = Bridge(self._show, self)
        self._count()

    def get(self) -> Any:
        return self._limit.get()

    def set(self, value: Any) -> None:
        self._limit.set(value)

    def _count(self) -> None:
        bridge, folder = self._bridge, self._folder
        self._io.submit(lambda: bridge.post(shelf.size_of(folder)))

    def _clear(self) -> None:
        self.clear.setEnabled(False)
        bridge, folder = self._bridge, self._folder

        def empty() -> None:
            shelf.clear(folder)
            bridge.post(shelf.size_of(folder))

        self._io.submit(empty)

    def _show(self, size: int) -> None:
        self.holds.setText(f"{words.size(size)} kept" if size else "Nothing kept")
        self.clear.setEnabled(size > 0)
