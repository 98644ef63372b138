"""The left panel: what to do, with which options, and where the results go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktopproc.core.job import OutputPlan
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build, option, specs
from desktopproc.core.settings import Settings
from desktopproc.gui.form import Form
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.operation_list import OperationList
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.theme import GRID


def default_folder() -> Path:
    """A folder of our own beside the user's pictures."""
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.PicturesLocation)
    top = Path(places[0]) if places else Path.home()
    return (top if top.is_dir() else Path.home()) / "desktopproc output"


@dataclass(frozen=True, slots=True)
class _Where:
    folder: Path = option(Path(), "Folder", "Where the results go. It is made when needed.")


_SETTINGS = ("name_template", "on_conflict", "keep_tree")
_OUTPUT = (*specs(_Where), *(spec for spec in specs(Settings) if spec.name in _SETTINGS))
"""Where results go; all but the folder are settings that a batch may depart from."""


class TodoPanel(QWidget):
    """`picked` when another operation was chosen, `changed` when anything in the panel was."""

    picked = Signal()
    changed = Signal()

    def __init__(
        self,
        operations: Mapping[str, Operation],
        settings: Settings,
        remembered: Remembered,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self._remembered = remembered
        self._forms: dict[str, Form] = {}
        self._operation = next(iter(operations.values()))
        self._list = OperationList(operations.values())
        self._help = QLabel()
        self._help.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._output = Form(_OUTPUT, has_help=False)
        self._lay_out()
        self._output.changed.connect(self.changed)
        self._list.picked.connect(self._choose)
        self._restore(settings)

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
        return self._output

    def options(self) -> object:
        """The options as they are now; UsageError when one is not right."""
        return build(self._operation.options, self.form.values())

    def output(self) -> OutputPlan:
        """Where results go as the panel says now; UsageError when it is not right."""
        values = self._output.values()
        return OutputPlan(
            values["folder"], values["name_template"], values["on_conflict"], values["keep_tree"]
        )

    def error(self) -> str:
        """Why Start cannot be pressed yet; empty when it can."""
        if not str(self._output.editor("folder").get() or ""):
            return "Choose a folder for the results."
        return self.form.error() or self._output.error()

    def choose(self, name: str) -> None:
        """Choose an operation by its name."""
        self._list.choose(name)

    def apply(self, settings: Settings) -> None:
        """Show new defaults for outputs."""
        self._output.set_values({name: getattr(settings, name) for name in _SETTINGS})

    def remember(self) -> None:
        """Keep the operation, all options that were seen, and the output for the next start."""
        self._remembered.put("operation", self._operation.name)
        for name, form in self._forms.items():
            if not form.error():
                described = specs(self._operations[name].options)
                self._remembered.put_values(f"options/{name}", described, form.values())
        if not self._output.error():
            self._remembered.put_values("output", _OUTPUT, self._output.values())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self._list)
        options = QWidget()
        self._page = QVBoxLayout(options)
        self._page.setContentsMargins(3 * GRID, GRID, 3 * GRID, GRID)
        self._page.setSpacing(2 * GRID)
        tip = "Set all options of this operation to their defaults"
        reset = IconButton("reset", tip, text="Defaults")
        reset.setAutoRaise(True)
        reset.clicked.connect(lambda: self.form.reset())
        self._page.addLayout(_header("Options", reset))
        self._page.addWidget(self._help)
        self._page.addStretch()
        self._scroll.setWidget(options)
        column.addWidget(self._scroll, 1)
        output = QWidget()
        below = QVBoxLayout(output)
        below.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        below.addLayout(_header("Output"))
        below.addWidget(self._output)
        column.addWidget(output)

    def _restore(self, settings: Settings) -> None:
        self._output.set_values({"folder": default_folder()})
        self.apply(settings)
        self._output.set_values(self._remembered.values("output", _OUTPUT))
        self._list.choose(self._remembered.text("operation", "thumbnail"))

    def _choose(self, name: str) -> None:
        self._operation = self._operations[name]
        if name not in self._forms:
            described = specs(self._operation.options)
            form = Form(described)
            form.set_values(self._remembered.values(f"options/{name}", described))
            form.changed.connect(self.changed)
            self._forms[name] = form
            self._page.insertWidget(self._page.count() - 1, form)
        for other, form in self._forms.items():
            form.setVisible(other == name)
        self._help.setText(self._operation.help)
        self.picked.emit()
        self.changed.emit()


def _header(words: str, *more: QWidget) -> QHBoxLayout:
    label = QLabel(words)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    row = QHBoxLayout()
    row.addWidget(label)
    row.addStretch()
    for part in more:
        row.addWidget(part)
    return row
