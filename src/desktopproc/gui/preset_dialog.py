"""Asks for the name of a preset, to save or to rename it."""

from collections.abc import Callable

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktopproc.engine.presets import Preset
from desktopproc.gui.theme import GRID

Look = Callable[[str], Preset | None]


class PresetDialog(QDialog):
    """`then` gets the name and whether the output is kept too; `look` finds a preset by name.

    Renaming never replaces another preset; saving may, once that was said, but no built-in one.
    """

    def __init__(
        self,
        title: str,
        name: str,
        look: Look,
        then: Callable[[str, bool], None],
        *,
        is_new: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._look, self._then, self._is_new, self._old = look, then, is_new, name
        self.line = QLineEdit(name)
        self.line.setAccessibleName("Name of the preset")
        self.line.setMaxLength(100)
        self.line.selectAll()
        self.has_output = QCheckBox("Keep the output folder and file names too")
        self.has_output.setVisible(is_new)
        self._note = QLabel()
        self._note.setWordWrap(True)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        self.save = buttons.button(kinds.Save)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        for part in (QLabel("Name"), self.line, self.has_output, self._note, buttons):
            column.addWidget(part)
        self.setMinimumWidth(90 * GRID)
        self.line.textChanged.connect(self._check)
        self._check()

    @property
    def note(self) -> str:
        return self._note.text()

    def accept(self) -> None:
        name, has_output = self.line.text().strip(), self.has_output.isChecked()
        super().accept()
        self._then(name, has_output)

    def _check(self) -> None:
        name = self.line.text().strip()
        found = self._look(name) if name else None
        is_same = found is not None and not self._is_new and found.name == self._old
        note, is_right = "", bool(name) and not (is_same and name == self._old)
        if found is not None and not is_same:
            is_right = self._is_new and not found.is_builtin
            note = f"There is a preset '{found.name}' already."
            note += " It will be replaced." if is_right else " Choose another name."
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.save.setText("Replace" if note and is_right else "Save" if self._is_new else "Rename")
        self.save.setEnabled(is_right)
