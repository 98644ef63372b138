"""Asks for passwords and shows which of the protected files they open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopproc.gui import icons, theme, words
from desktopproc.gui.row_text import one_line
from desktopproc.gui.secret_line import SecretLine
from desktopproc.gui.theme import GRID, Tone
from desktopproc.gui.trying import Tried, Trying

_SHOWN = 200  # files that are listed by name
Then = Callable[[tuple[str, ...], frozenset[Path]], None]


class PasswordDialog(QDialog):
    """`then` gets the passwords that opened something and the files that are open, once.

    It closes by itself when nothing is locked any more; closed before, the rest stays locked.
    Where it `has_free` files among them, it finds out first which ones are locked at all.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        trying: Trying,
        then: Then,
        parent: QWidget,
        *,
        has_free: bool,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Protected files")
        self._paths, self._trying, self._then = tuple(paths), trying, then
        self._has_free = has_free
        self._passwords: list[str] = []
        self._opened: frozenset[Path] = frozenset()
        self._told = QLabel()
        self._told.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Protected files")
        self.list.setIconSize(QSize(16, 16))
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.line = SecretLine()
        self.line.setAccessibleName("Password")
        self.line.setMaxLength(1000)
        self.try_it = QPushButton("Try")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self._connect()
        self.line.textChanged.emit("")
        if has_free:
            self._set_busy(is_busy=True)
            self._told.setText(f"Looking at {words.count(len(self._paths), 'files')}.")
            trying.begin(self._paths, [])
        else:
            self._told.setText(needed(len(self._paths)))
            self._fill()

    @property
    def told(self) -> str:
        return self._told.text()

    def done(self, result: int) -> None:
        """However it is closed, what was opened counts."""
        self._trying.tried.disconnect(self._take)
        self._trying.cancel()
        self.line.clear()
        super().done(result)
        if self._passwords:
            self._then(tuple(self._passwords), self._opened)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for part in (self.line, self.try_it):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        label = QLabel("Pass&word")
        label.setBuddy(self.line)
        column.addWidget(self._told)
        column.addWidget(self.list, 1)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self.buttons)
        self.try_it.setDefault(True)
        self.line.setFocus()
        self.resize(110 * GRID, 80 * GRID)

    def _connect(self) -> None:
        self._trying.tried.connect(self._take)
        self.line.textChanged.connect(lambda text: self.try_it.setEnabled(bool(text)))
        self.try_it.clicked.connect(self._try)
        self.buttons.rejected.connect(self.reject)

    def _try(self) -> None:
        password = self.line.text()
        locked = [path for path in self._paths if path not in self._opened]
        if not password or not locked:
            return
        self._set_busy(is_busy=True)
        self._told.setText(f"Trying {words.count(len(locked), 'files')}.")
        self._trying.begin(locked, [password])

    def _take(self, tried: Tried) -> None:
        self._set_busy(is_busy=False)
        if self._has_free:
            self._has_free = False
            self._paths = tuple(path for path in self._paths if path not in tried.opened)
            self._told.setText(needed(len(self._paths)))
            self._fill()
            self.line.setFocus()
        else:
            self._judge(self.line.text(), tried)

    def _judge(self, password: str, tried: Tried) -> None:
        if tried.opened:
            self._passwords.append(password)
            self._opened |= tried.opened
        if len(self._opened) == len(self._paths):
            self.accept()
            return
        left = len(self._paths) - len(self._opened)
        if tried.opened:
            opens = words.count(len(tried.opened), "files")
            rest = "the one that is left" if left == 1 else f"the other {left:,}"
            self._told.setText(f"Opens {opens}. Give another password for {rest}.")
            self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("Go on without")
        else:
            self._told.setText(_wrong(left))
        self._fill()
        self.line.selectAll()
        self.line.setFocus()

    def _set_busy(self, *, is_busy: bool) -> None:
        for part in (self.line, self.try_it):
            part.setEnabled(not is_busy)

    def _fill(self) -> None:
        locked = [path for path in self._paths if path not in self._opened]
        self.list.clear()
        for path in [*locked, *(path for path in self._paths if path in self._opened)][:_SHOWN]:
            self.list.addItem(self._item(path, is_open=path in self._opened))
        if (more := len(self._paths) - _SHOWN) > 0:
            self.list.addItem(f"and {more:,} more")

    def _item(self, path: Path, *, is_open: bool) -> QListWidgetItem:
        ground = self.palette().color(QPalette.ColorRole.Base)
        tone = Tone.GOOD if is_open else Tone.PLAIN
        picture = icons.pixmap(
            "state-done" if is_open else "lock",
            theme.tone(tone, self.palette(), ground),
            16,
            self.devicePixelRatioF(),
        )
        item = QListWidgetItem(picture, one_line(path.name))
        item.setToolTip(one_line(str(path)))
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole,
            f"{path.name}, {'opens' if is_open else 'needs a password'}",
        )
        return item


def needed(files: int) -> str:
    """How many files need a password, in a sentence."""
    return "1 file needs a password." if files == 1 else f"{files:,} files need a password."


def _wrong(left: int) -> str:
    what = "the file" if left == 1 else "any of the files"
    return f"This password does not open {what}. Check it and try again."
