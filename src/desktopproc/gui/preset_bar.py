"""The line above the options: which preset they come from, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QMessageBox,
    QWidget,
)

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import to_plain
from desktopproc.engine.presets import Preset
from desktopproc.gui import icons, theme
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.preset_dialog import PresetDialog
from desktopproc.gui.preset_shelf import SUFFIX, PresetShelf, title_of
from desktopproc.gui.questions import Answer, ask_delete
from desktopproc.gui.theme import GRID, Tone

_NONE = "No preset"
_FILES = f"Presets (*{SUFFIX})"
_TROUBLES = "Some presets cannot be used as they are"
_MORE = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class _Verb:
    """One entry of the menu; `is_apart` draws a line above it."""

    name: str
    text: str
    tip: str
    icon: str
    is_apart: bool = False


_VERBS = (
    _Verb("save", "&Save", "Save the changes in the chosen preset", "save"),
    _Verb("save_as", f"Save &as{_MORE}", "Save these options under a name", "add"),
    _Verb("rename", f"Re&name{_MORE}", "Give the chosen preset another name", "rename"),
    _Verb("delete", f"&Delete{_MORE}", "Remove the chosen preset", "remove"),
    _Verb("take_in", f"&Import{_MORE}", "Take over a preset from a file", "import", True),
    _Verb("give_out", f"&Export{_MORE}", "Write these options to a preset file", "export"),
    _Verb("copy", "&Copy as command", "Copy the command that does the same", "command", True),
)


class PresetBar(QWidget):
    """`now` makes a preset of what the panel shows, UsageError when that is not right.

    `chosen` carries a preset to show, or None for the defaults; `copied` asks for the command.
    """

    chosen = Signal(object)
    copied = Signal()

    def __init__(self, shelf: PresetShelf, now: Callable[[], Preset]) -> None:
        super().__init__()
        self._shelf, self._now = shelf, now
        self._operation = ""
        self._preset: Preset | None = None
        self._was = ""  # the name of the preset before the shelf was read again
        self.is_invited = False
        self.dialog: QDialog | None = None
        self.box = QComboBox()
        self.box.setAccessibleName("Preset")
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.setMinimumContentsLength(6)
        self.reset = IconButton("reset", "")
        self.troubles = IconButton("state-failed", _TROUBLES)
        self.troubles.hide()
        self.more = IconButton("more", "What can be done with presets")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self._actions = {verb.name: self._action(verb) for verb in _VERBS}
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, GRID, 3 * GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self.box, 1)
        row.addWidget(self.troubles)
        row.addWidget(self.reset)
        row.addWidget(self.more)
        self._colour()
        self.box.activated.connect(self._pick)
        self.reset.clicked.connect(lambda: self.chosen.emit(self._preset))
        self.more.clicked.connect(self._open_menu)
        self.troubles.clicked.connect(self._show_troubles)
        shelf.changed.connect(self._fill)
        shelf.renamed.connect(self._follow)

    @property
    def preset(self) -> Preset | None:
        """The preset that the options come from."""
        return self._preset

    @property
    def is_changed(self) -> bool:
        """Whether the options differ from the preset they come from, or from the defaults."""
        try:
            now = self._now()
        except UsageError:
            return True
        if self._preset is None:
            return to_plain(now.options) != to_plain(type(now.options)())
        return not _is_like(now, self._preset)

    def action(self, name: str) -> QAction:
        return self._actions[name]

    def show_operation(self, name: str, preset: str) -> None:
        """Show the presets of an operation, with the one of this name as where options come from.

        Its options are not shown anew: they may have been changed since.
        """
        self._operation = name
        self._choose_silently(preset)
        self._fill()

    def choose(self, preset: Preset) -> None:
        """Choose a preset as the user would."""
        self._preset = preset
        self._fill()
        self.chosen.emit(preset)

    def settle(self) -> None:
        """Say whether the options are still those of the preset, and what can be done."""
        is_changed, preset = self.is_changed, self._preset
        place = self.box.currentIndex()
        if preset is not None and place >= 0:
            title = title_of(preset)
            self.box.setItemText(place, f"{title} (changed)" if is_changed else title)
        is_own = preset is not None and not preset.is_builtin
        for name in ("rename", "delete"):
            self._actions[name].setEnabled(is_own)
        self._actions["save"].setEnabled(is_own and is_changed)
        self.reset.setEnabled(is_changed)
        tip = f"Back to {title_of(preset)}" if preset else "Set all options to their defaults"
        self.reset.setToolTip(tip)
        self.reset.setAccessibleName(tip)

    def invite(self, *, is_over: bool) -> None:
        """Show that a preset file can be dropped."""
        self.is_invited = is_over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.is_invited:
            painter = QPainter(self)
            ground = self.palette().color(QPalette.ColorRole.Window)
            color = theme.tone(Tone.BUSY, self.palette(), ground)
            painter.fillRect(self.rect(), theme.mix(color, ground, 0.2))
            painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_actions"):
            self._colour()
            self._fill()

    def _follow(self, old: str, new: str) -> None:
        """The chosen preset has another name now, so it was not found under the old one."""
        if self._was == old:
            self._choose_silently(new)
            self._fill()

    def _choose_silently(self, name: str) -> None:
        found = self._shelf.named(name) if name else None
        fits = found is not None and found.operation == self._operation
        self._preset = found if fits else None

    def _fill(self) -> None:
        """Show what is on the shelf; a preset that left it is no longer where options come from."""
        self._was = self._preset.name if self._preset else ""
        self._choose_silently(self._was)
        self.box.clear()
        self.box.addItem(_NONE, None)
        was_builtin = True
        lock = icons.icon("lock", self.palette())
        for preset in self._shelf.of(self._operation):
            if self.box.count() == 1 or (was_builtin and not preset.is_builtin):
                self.box.insertSeparator(self.box.count())
            was_builtin = preset.is_builtin
            self.box.addItem(title_of(preset), preset.name)
            place = self.box.count() - 1
            built_in = "Built in; save it under another name to change it." * preset.is_builtin
            tip = "\n".join(filter(None, (preset.help, built_in)))
            self.box.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
            if preset.is_builtin:
                self.box.setItemIcon(place, lock)
                spoken = f"{title_of(preset)}, built in"
                self.box.setItemData(place, spoken, Qt.ItemDataRole.AccessibleTextRole)
        self.troubles.setVisible(bool(self._shelf.problems))
        self.troubles.setToolTip("\n".join([_TROUBLES, *self._shelf.problems]))
        name = self._preset.name if self._preset else None
        self.box.setCurrentIndex(max(0, self.box.findData(name)))
        self.settle()

    def _pick(self, place: int) -> None:
        name = self.box.itemData(place)
        self._preset = self._shelf.named(name) if name else None
        self._fill()
        if self._preset is not None:
            self.chosen.emit(self._preset)

    def _action(self, verb: _Verb) -> QAction:
        if verb.is_apart:
            self.menu.addSeparator()
        action = self.menu.addAction(verb.text)
        action.setToolTip(verb.tip)
        action.triggered.connect(getattr(self, f"_{verb.name}"))
        return action

    def _open_menu(self) -> None:
        self.settle()
        place = self.more.mapToGlobal(QPoint(self.more.width(), self.more.height()))
        self.menu.popup(place - QPoint(self.menu.sizeHint().width(), 0))

    def _save(self) -> None:
        """Save in the chosen preset what it held before: its output only if it had one."""
        if self._preset is not None:
            had_output = self._preset.folder is not None or bool(self._preset.output)
            self._store(self._preset.name, has_output=had_output)

    def _save_as(self) -> None:
        preset = self._preset
        name = preset.name if preset and not preset.is_builtin else ""
        store = lambda new, has_output: self._store(new, has_output=has_output)  # noqa: E731
        self._ask(PresetDialog("Save as a preset", name, self._shelf.named, store, is_new=True,
                               parent=self.window()))  # fmt: skip

    def _rename(self) -> None:
        if (preset := self._preset) is not None:
            rename = lambda new, _output: self._shelf.rename(preset.name, new)  # noqa: E731
            self._ask(PresetDialog("Rename the preset", preset.name, self._shelf.named, rename,
                                   is_new=False, parent=self.window()))  # fmt: skip

    def _delete(self) -> None:
        if (preset := self._preset) is not None:
            self.dialog = ask_delete(
                self.window(), title_of(preset), lambda answer: self._delete_as(preset, answer)
            )

    def _delete_as(self, preset: Preset, answer: Answer) -> None:
        if answer is Answer.DELETE:
            self._shelf.delete(preset.name)

    def _take_in(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self.window(), "Import presets", "", _FILES)
        self._shelf.take_in([Path(name) for name in names])

    def _give_out(self) -> None:
        preset = self._made(self._preset.name if self._preset else self._operation)
        if preset is None:
            return
        start = str(Path.home() / f"{preset.name}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self.window(), "Export the preset", start, _FILES)
        if name:
            file = Path(name)
            self._shelf.write(file if file.suffix else file.with_suffix(SUFFIX), preset)

    def _copy(self) -> None:
        self.copied.emit()

    def _show_troubles(self) -> None:
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("desktopproc")
        box.setText(_TROUBLES)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("\n\n".join(self._shelf.problems))
        self._ask(box)

    def _store(self, name: str, *, has_output: bool) -> None:
        preset = self._made(name, has_output=has_output)
        if preset is not None:
            self._shelf.save(preset)

    def _made(self, name: str, *, has_output: bool = True) -> Preset | None:
        try:
            preset = replace(self._now(), name=name)
        except UsageError as e:
            self._shelf.told.emit(str(e))
            return None
        return preset if has_output else replace(preset, folder=None, output={})

    def _ask(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog
        dialog.open()

    def _colour(self) -> None:
        for verb in _VERBS:
            self._actions[verb.name].setIcon(icons.icon(verb.icon, self.palette()))


def _is_like(now: Preset, preset: Preset) -> bool:
    """Whether `now` is what the preset says; what it does not speak of may be anything."""
    is_placed = preset.folder is None or preset.folder == now.folder
    is_named = all(now.output.get(key) == value for key, value in preset.output.items())
    return is_placed and is_named and to_plain(now.options) == to_plain(preset.options)
