"""The ways files come in beside dropping them: two file dialogs and the clipboard."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from desktopproc.gui import dropped
from desktopproc.gui.remembered import Remembered


class Choosing(QObject):
    """Hands what was chosen to `add`; `told` gets a sentence when some of it cannot be taken."""

    def __init__(
        self,
        window: QMainWindow,
        remembered: Remembered,
        *,
        add: Callable[[list[Path]], None],
        told: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._remembered = window, remembered
        self._add, self._told = add, told

    def choose_files(self) -> None:
        """Ask for files, beginning where the last ones were."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Add files", self._last_place())
        self._take([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self._window, "Add a folder", self._last_place())
        self._take([Path(name)] if name else [])

    def paste(self) -> None:
        """Take the files that were copied in a file manager."""
        self.take_content(QGuiApplication.clipboard().mimeData())

    def take_content(self, content: QMimeData) -> None:
        """Take what was dropped or pasted."""
        paths, elsewhere = dropped.paths(content)
        if elsewhere:
            self._told("Only files on this computer can be added.")
        self._add(paths)

    def _last_place(self) -> str:
        return self._remembered.text("place", str(Path.home()))

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self._remembered.put("place", str(paths[0].parent))
            self._add(paths)
