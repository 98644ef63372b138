"""The left panel: what to do, with which options, and where the results go."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktopproc.core.job import OutputPlan
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Kind, build, specs
from desktopproc.core.settings import Settings
from desktopproc.engine.presets import Preset
from desktopproc.gui.form import Form
from desktopproc.gui.headings import heading
from desktopproc.gui.operation_list import OperationList
from desktopproc.gui.output_panel import OutputPanel
from desktopproc.gui.preset_bar import PresetBar
from desktopproc.gui.preset_shelf import PresetShelf
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.theme import GRID

_LEAST_HEIGHT = 88 * GRID  # options come before a long list of operations


class TodoPanel(QWidget):
    """`picked` when another operation was chosen, `changed` when anything in the panel was."""

    picked = Signal()
    changed = Signal()

    def __init__(
        self,
        operations: Mapping[str, Operation],
        settings: Settings,
        remembered: Remembered,
        shelf: PresetShelf,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations, self._shelf = operations, shelf
        self._remembered = remembered
        self._forms: dict[str, Form] = {}
        self._presets: dict[str, str] = {}
        self._lent: set[str] = set()  # operations whose preset says where results go
        self._is_loaded = False
        self._operation = next(iter(operations.values()))
        self._list = OperationList(operations.values())
        self._help = QLabel()
        self._help.setWordWrap(True)
        self.presets = PresetBar(shelf, self._as_preset)
        self._output = OutputPanel(settings, remembered)
        self._lay_out()
        self._output.changed.connect(self._take_change)
        self._list.picked.connect(self._choose)
        self.presets.chosen.connect(self._show_preset)
        shelf.changed.connect(self._take_shelf)
        shelf.taken.connect(self.take_preset)
        self._list.choose(remembered.text("operation", "thumbnail"))

    @property
    def operation(self) -> Operation:
        """The chosen operation."""
        return self._operation

    @property
    def form(self) -> Form:
        """The options of the chosen operation."""
        return self._forms[self._operation.name]

    @property
    def output_form(self) -> Form:
        return self._output.form

    def options(self) -> object:
        """The options as they are now; UsageError when one is not right."""
        return build(self._operation.options, self.form.values())

    def output(self) -> OutputPlan:
        """Where results go as the panel says now; UsageError when it is not right."""
        return self._output.plan()

    def preset_name(self) -> str:
        """The preset that the options are exactly of; empty when they are of none."""
        preset = self.presets.preset
        return preset.name if preset is not None and not self.presets.is_changed else ""

    def error(self) -> str:
        """Why Start cannot be pressed yet; empty when it can."""
        return self._output.error() if self._output.error() else self.form.error()

    def choose(self, name: str) -> None:
        """Choose an operation by its name."""
        self._list.choose(name)

    def take_preset(self, preset: Preset) -> None:
        """Choose a preset together with its operation."""
        self.choose(preset.operation)
        self.presets.choose(preset)

    def apply(self, settings: Settings) -> None:
        """Show new defaults for outputs."""
        self._output.apply(settings)

    def remember(self) -> None:
        """Keep the operation, all options that were seen, and the output for the next start."""
        self._keep_preset()
        self._remembered.put("operation", self._operation.name)
        self._remembered.put("left", self._split.saveState())
        for name, form in self._forms.items():
            self._remembered.put(f"preset/{name}", self._presets.get(name, ""))
            self._remembered.put(f"lent/{name}", "yes" if name in self._lent else "no")
            self._remembered.put(f"unfolded/{name}", "\n".join(["", *form.unfolded]) + "\n")
            if not form.error():
                described = specs(self._operations[name].options)
                self._remembered.put_values(f"options/{name}", described, form.values())
        self._output.remember()

    def _lay_out(self) -> None:
        options = QWidget()
        self._page = QVBoxLayout(options)
        self._page.setContentsMargins(3 * GRID, GRID, 3 * GRID, GRID)
        self._page.setSpacing(2 * GRID)
        self._page.addLayout(heading("Options"))
        self._page.addWidget(self._help)
        self._page.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(options)
        below = QWidget()
        below.setMinimumHeight(_LEAST_HEIGHT)
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, GRID, 0, 2 * GRID)
        lower.setSpacing(GRID)
        lower.addWidget(self.presets)
        lower.addWidget(scroll, 1)
        lower.addWidget(self._output)
        self._split = split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list)
        split.addWidget(below)
        split.setStretchFactor(1, 1)
        split.restoreState(self._remembered.bytes("left"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    def _choose(self, name: str) -> None:
        self._keep_preset()
        self._operation = self._operations[name]
        if name not in self._forms:
            described = specs(self._operation.options)
            form = Form(described, hides_idle=True, has_sections=True)
            if unfolded := self._remembered.text(f"unfolded/{name}"):
                form.unfold(unfolded.split("\n"))
            form.set_values(self._remembered.values(f"options/{name}", described))
            form.changed.connect(self._take_change)
            self._forms[name] = form
            self._presets[name] = self._remembered.text(f"preset/{name}")
            if self._remembered.text(f"lent/{name}") == "yes":
                self._lent.add(name)
            self._page.insertWidget(self._page.count() - 1, form)
        for other, form in self._forms.items():
            form.setVisible(other == name)
        self._help.setText(self._operation.help)
        self.presets.show_operation(name, self._presets[name])
        self._lend_again()
        self.picked.emit()
        self.changed.emit()

    def _keep_preset(self) -> None:
        """Note which preset the options of the operation come from, once the presets are read."""
        name = self._operation.name
        if self._is_loaded and name in self._forms:
            preset = self.presets.preset
            self._presets[name] = preset.name if preset else ""
            (self._lent.add if self._output.has_lent else self._lent.discard)(name)

    def _take_shelf(self) -> None:
        """The presets are there for the first time: find the one that was chosen last."""
        if not self._is_loaded:
            self._is_loaded = True
            name = self._operation.name
            self.presets.show_operation(name, self._presets.get(name, ""))
            self._lend_again()

    def _lend_again(self) -> None:
        """Show where results go as the operation's preset says, if it did when last seen."""
        self._output.give_back()
        preset = self.presets.preset
        if preset is not None and self._operation.name in self._lent:
            self._output.lend(_place(preset))
            self.presets.settle()

    def _take_change(self) -> None:
        self.presets.settle()
        self.changed.emit()

    def _as_preset(self) -> Preset:
        plan, settings = self._output.plan(), self._output.settings()
        return Preset("", self._operation.name, self.options(), plan.folder, settings)

    def _show_preset(self, preset: Preset | None) -> None:
        """Show what a preset says, or the defaults."""
        if preset is None:
            self._output.give_back()
            self.form.reset()
            return
        described = specs(self._operation.options)
        kept = [each.name for each in described if each.kind is not Kind.SECRET]
        self.form.set_values({name: getattr(preset.options, name) for name in kept})
        self._output.lend(_place(preset))
        self._take_change()


def _place(preset: Preset) -> dict[str, Any]:
    """What a preset says of the results."""
    folder = {} if preset.folder is None else {"folder": preset.folder}
    return {**preset.output, **folder}
