"""Opens the settings, the help and the about box, which nothing needs before they are asked for."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QMainWindow

from desktopproc.core.errors import ProcError
from desktopproc.gui import places
from desktopproc.gui.work import Work


class Dialogs(QObject):
    """`saved` is called when new settings hold, `told` with a sentence when they cannot."""

    def __init__(
        self,
        window: QMainWindow,
        work: Work,
        *,
        saved: Callable[[], None],
        told: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._work = window, work
        self._saved, self._told = saved, told
        self.opened: QDialog | None = None

    def open_settings(self) -> None:
        from desktopproc.gui.settings_dialog import SettingsDialog  # deferred: not at the start

        dialog = SettingsDialog(self._work.home, self._work.layered, self._work.io, self._window)
        dialog.saved.connect(self._take_settings)
        self._open(dialog)

    def open_help(self) -> None:
        from desktopproc.gui.help import HelpDialog  # deferred: not at the start

        operations, presets = self._work.operations.values(), self._work.shelf.presets
        self._open(HelpDialog(operations, presets, self._window))

    def open_about(self) -> None:
        from desktopproc.gui.help import AboutDialog  # deferred: not at the start

        self._open(AboutDialog(self._window))

    def open_logs(self) -> None:
        """Show the log files in the program that shows folders."""
        if not places.open_file(self._work.home.logs):
            self._told(f"The log files are in {self._work.home.logs}.")

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        self.opened = dialog
        dialog.open()

    def _forget(self) -> None:
        self.opened = None

    def _take_settings(self) -> None:
        try:
            self._work.reload_settings()
        except ProcError as e:
            self._told(str(e))
        else:
            self._saved()
