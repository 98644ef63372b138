"""The windows that help: the pages of the help, and what the program is."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktopproc import __version__
from desktopproc.core.operation import Operation
from desktopproc.engine.presets import Preset
from desktopproc.gui import help_pages, icons
from desktopproc.gui.theme import GRID


class HelpDialog(QDialog):
    """A list of pages and the page that is chosen; a page is written when it is first looked at."""

    def __init__(
        self,
        operations: Iterable[Operation],
        presets: Iterable[Preset] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        described = list(operations)
        titles = {operation.name: operation.title for operation in described}
        self._pages: dict[str, Callable[[], str]] = {
            "First steps": lambda: help_pages.FIRST_STEPS,
            "Presets": partial(help_pages.presets_page, list(presets), titles),
            "Keys": help_pages.shortcuts,
        }
        self._pages |= {each.title: partial(help_pages.page_of, each) for each in described}
        names = QListWidget()
        names.setAccessibleName("Pages")
        names.setMaximumWidth(45 * GRID)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("Help page")
        names.currentTextChanged.connect(self._show)
        names.addItems(list(self._pages))
        row = QHBoxLayout(self)
        row.addWidget(names)
        row.addWidget(self.browser, 1)
        self.names = names
        names.setCurrentRow(0)
        self.resize(190 * GRID, 130 * GRID)

    def _show(self, name: str) -> None:
        self.browser.setHtml(self._pages[name]())


class AboutDialog(QDialog):
    """Version, licence, and what the program never does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About desktopproc")
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(icons.program_icon().pixmap(64, 64))
        text = QLabel(
            f"<h3>desktopproc {__version__}</h3>"
            "<p>Processes photos and documents in bulk, on this computer only: nothing is sent "
            "anywhere.</p>"
            "<p>Free software under the GNU Affero General Public License, version 3 or later, "
            "without any warranty.</p>"
            f"<p>Qt {qVersion()}</p>"
        )
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.licences = buttons.addButton("&Licences", QDialogButtonBox.ButtonRole.ActionRole)
        self.licences.setToolTip("What the program is made of, and the licence of each part")
        self.licences.clicked.connect(self._open_licences)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        for part in (picture, text, buttons):
            column.addWidget(part)
        self.setMinimumWidth(100 * GRID)

    def _open_licences(self) -> None:
        from desktopproc.engine.components import components  # deferred: reads much
        from desktopproc.gui.licences_dialog import LicencesDialog

        dialog = LicencesDialog(components(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
