"""Where the results go: the folder, and on demand their names and what happens to older files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopproc.core.job import OutputPlan
from desktopproc.core.schema import option, specs
from desktopproc.core.settings import Settings
from desktopproc.gui.form import Form
from desktopproc.gui.headings import heading
from desktopproc.gui.icon_button import IconButton
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


class OutputPanel(QWidget):
    """`changed` when anything in it was. What is as usual is folded away until it is asked for."""

    changed = Signal()

    def __init__(self, settings: Settings, remembered: Remembered) -> None:
        super().__init__()
        self._remembered = remembered
        self._own: dict[str, Any] = {}
        self._lent: dict[str, Any] = {}
        self.form = Form(_OUTPUT, has_help=False)
        self.more = IconButton("unfold", "Show file names, older files and folders", text="More")
        self.more.setAutoRaise(True)
        self.more.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 0, 3 * GRID, 0)
        column.setSpacing(GRID)
        column.addLayout(heading("Output", self.more))
        column.addWidget(self.form)
        self.form.set_values({"folder": default_folder()})
        self.apply(settings)
        self.form.set_values(remembered.values("output", _OUTPUT))
        self.more.setChecked(remembered.text("output-more", "no") == "yes")
        self._fold()
        self.more.toggled.connect(self._fold)
        self.form.changed.connect(self.changed)

    def plan(self) -> OutputPlan:
        """Where results go as the panel says now; UsageError when it is not right."""
        values = self.form.values()
        return OutputPlan(
            values["folder"], values["name_template"], values["on_conflict"], values["keep_tree"]
        )

    def settings(self) -> dict[str, Any]:
        """The values that a preset may hold besides the folder."""
        values = self.form.values()
        return {name: values[name] for name in _SETTINGS}

    def error(self) -> str:
        """What is not right yet; empty when everything is."""
        if not str(self.form.editor("folder").get() or ""):
            return "Choose a folder for the results."
        return self.form.error()

    def apply(self, settings: Settings) -> None:
        """Show new defaults."""
        self.form.set_values({name: getattr(settings, name) for name in _SETTINGS})

    def lend(self, values: Mapping[str, Any]) -> None:
        """Show what a preset says of the results, until `give_back`."""
        self.give_back()
        self._own = {name: self.form.editor(name).get() for name in values}
        self.form.set_values(values)
        self._lent = {name: self.form.editor(name).get() for name in values}

    def give_back(self) -> None:
        """Show again what stood there before a preset, except where the user has changed it."""
        back = {name: own for name, own in self._own.items() if self._is_lent(name)}
        self._own, self._lent = {}, {}
        self.form.set_values(back)

    @property
    def has_lent(self) -> bool:
        """Whether anything shown is a preset's."""
        return any(self._is_lent(name) for name in self._lent)

    def _is_lent(self, name: str) -> bool:
        return bool(self.form.editor(name).get() == self._lent[name])

    def remember(self) -> None:
        """Keep for the next start what is shown, without what a preset has lent."""
        self._remembered.put("output-more", "yes" if self.more.isChecked() else "no")
        if not self.form.error():
            own = {name: value for name, value in self._own.items() if self._is_lent(name)}
            self._remembered.put_values("output", _OUTPUT, self.form.values() | own)

    def _fold(self) -> None:
        is_open = self.more.isChecked()
        self.form.fold(() if is_open else _SETTINGS)
        self.more.setText("Less" if is_open else "More")
        self.more.show_icon("fold" if is_open else "unfold")
