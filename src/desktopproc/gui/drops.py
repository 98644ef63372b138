"""What is dragged over the window: files for the list, or preset files for the presets."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desktopproc.gui import dropped
from desktopproc.gui.empty_state import DropSheet
from desktopproc.gui.preset_bar import PresetBar
from desktopproc.gui.preset_shelf import SUFFIX


class Drops(QObject):
    """Watches a window. `take` gets what was dropped for the list, `take_presets` preset files.

    Both return at once; looking at files happens afterwards. Preset files are taken wherever they
    are dropped, because they are nothing that the list could use.
    """

    def __init__(
        self,
        window: QWidget,
        bar: PresetBar,
        *,
        take: Callable[[QMimeData], None],
        take_presets: Callable[[list[Path]], None],
    ) -> None:
        super().__init__(window)
        self._bar, self._take, self._take_presets = bar, take, take_presets
        self.sheet = DropSheet(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if event.type() == QEvent.Type.DragLeave:
            self._uncover()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            return self._drop(event)
        if event.type() == QEvent.Type.Resize and self.sheet.isVisible():
            self.sheet.cover()
        return super().eventFilter(watched, event)

    def _enter(self, event: QDragEnterEvent) -> bool:
        if not dropped.can_take(event.mimeData()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if _presets(event.mimeData()):
            self._bar.invite(is_over=True)
        else:
            self.sheet.cover()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self._uncover()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if files := _presets(event.mimeData()):
            self._take_presets(files)
        else:
            self._take(event.mimeData())
        return True

    def _uncover(self) -> None:
        self.sheet.hide()
        self._bar.invite(is_over=False)


def _presets(content: QMimeData) -> list[Path]:
    """The preset files, if there is nothing else in it; told by their names alone."""
    paths, elsewhere = dropped.paths(content)
    are_presets = bool(paths) and all(path.suffix.lower() == SUFFIX for path in paths)
    return paths if are_presets and not elsewhere else []
