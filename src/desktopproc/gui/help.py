"""The help inside the program, written from the descriptions of operations and their options."""

from collections.abc import Iterable
from html import escape

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
from desktopproc.core.schema import describe, specs
from desktopproc.gui import icons
from desktopproc.gui.actions import ACTIONS
from desktopproc.gui.theme import GRID
from desktopproc.gui.words import KIND_NOUNS, listed

_FIRST_STEPS = """
<h2>First steps</h2>
<ol>
<li>Drop files or folders anywhere on the window. They are looked at and listed; nothing is changed
yet, and your own files never are.</li>
<li>Choose on the left what to do, set the options, and choose a folder for the results.</li>
<li>Press Start. Each row shows how far it is; a row that fails says why, and the others go on.</li>
</ol>
<p>Options hold for the files that are started with them. What you change later is for the next
Start. Files can be added while others are being worked on.</p>
<p>The queue is kept on disk: after quitting, a crash or a power cut, the next start offers to go on
where it stopped.</p>
"""


def page_of(operation: Operation) -> str:
    """The help page of one operation."""
    takes = listed([KIND_NOUNS[kind] for kind in operation.takes])
    rows = "".join(
        f"<tr><td><b>{escape(spec.label)}</b></td><td>{escape(spec.help)} "
        f"<i>{escape(describe(spec).capitalize())}.</i> "
        f"<code>{escape(spec.flag)}</code></td></tr>"
        for spec in specs(operation.options)
    )
    table = f'<table cellpadding="4">{rows}</table>' if rows else ""
    taken, made = operation.shape(operation.options()).value.split(" to ")
    return (
        f"<h2>{escape(operation.title)}</h2><p>{escape(operation.help)}</p>"
        f"<p>Takes {escape(takes)}; makes {escape(made)} from {escape(taken)}.</p>{table}"
        f"<p>On the command line: <code>desktopproc {escape(operation.name)} FILES -o FOLDER</code>"
        "</p>"
    )


def shortcuts() -> str:
    """The page of all keys."""
    rows = "".join(
        f"<tr><td><code>{escape(each.shortcut)}</code></td><td>{escape(each.tip)}</td></tr>"
        for each in ACTIONS
    )
    return f'<h2>Keys</h2><table cellpadding="4">{rows}</table>'


class HelpDialog(QDialog):
    """A list of pages and the page that is chosen."""

    def __init__(self, operations: Iterable[Operation], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self._pages = {"First steps": _FIRST_STEPS, "Keys": shortcuts()}
        self._pages |= {operation.title: page_of(operation) for operation in operations}
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
        self.browser.setHtml(self._pages[name])


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
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        for part in (picture, text, buttons):
            column.addWidget(part)
        self.setMinimumWidth(100 * GRID)
