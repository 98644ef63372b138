"""The windows that help: the pages of the help, and what the program is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QTextCursor, QTextFormat
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
from desktopproc.core.resources import resources
from desktopproc.engine.presets import Preset
from desktopproc.gui import help_pages, icons
from desktopproc.gui.theme import GRID

_CODE = int(QTextFormat.Property.BlockCodeFence.value)


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page shows: text in Markdown, and what is written from descriptions below it."""

    text: str = ""
    write: Callable[[], str] = lambda: ""


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
        self._titles = {file: help_pages.guide_page(file)[0] for file in help_pages.GUIDE}
        self._pages = self._described(described, list(presets))
        self.names = QListWidget()
        self.names.setAccessibleName("Pages")
        self.names.setMaximumWidth(52 * GRID)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("Help page")
        self.browser.setSearchPaths([str(resources("help"))])
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.names.currentTextChanged.connect(self._show)
        self.names.addItems(list(self._pages))
        row = QHBoxLayout(self)
        row.addWidget(self.names)
        row.addWidget(self.browser, 1)
        self.names.setCurrentRow(0)
        self.resize(250 * GRID, 160 * GRID)

    def _described(self, operations: list[Operation], presets: list[Preset]) -> dict[str, _Page]:
        titles = {operation.name: operation.title for operation in operations}
        pages = {
            self._titles[file]: _Page(help_pages.guide_page(file)[1]) for file in help_pages.GUIDE
        }
        below = partial(help_pages.presets_page, presets, titles)
        pages["Presets"] = replace(pages["Presets"], write=below)
        pages["Settings"] = _Page(write=help_pages.settings_page)
        pages["Keys"] = _Page(write=help_pages.shortcuts)
        for each in operations:
            pages[each.title] = _Page(write=partial(help_pages.page_of, each))
        return pages

    def _show(self, name: str) -> None:
        page = self._pages[name]
        self.browser.setMarkdown(page.text)
        if page.text:
            self._set_code_apart()
            end = QTextCursor(self.browser.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.insertHtml(page.write())
        else:
            self.browser.setHtml(page.write())
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _set_code_apart(self) -> None:
        """Indent what is to be typed; Qt leaves no room below it."""
        block = self.browser.document().begin()
        while block.isValid():
            form = block.blockFormat()
            if form.hasProperty(_CODE):
                is_last = not block.next().blockFormat().hasProperty(_CODE)
                form.setLeftMargin(4 * GRID)
                form.setBottomMargin(3 * GRID if is_last else 0)
                QTextCursor(block).setBlockFormat(form)
            block = block.next()

    def _follow(self, link: QUrl) -> None:
        """To another page of the guide."""
        if title := self._titles.get(link.path()):
            (found,) = self.names.findItems(title, Qt.MatchFlag.MatchExactly)
            self.names.setCurrentItem(found)


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
