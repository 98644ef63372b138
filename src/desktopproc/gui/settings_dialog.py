"""The settings dialog, made from the described settings, one tab per section."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktopproc.core.errors import ProcError
from desktopproc.core.schema import Spec, specs
from desktopproc.core.settings import Layered, Origin, Settings
from desktopproc.engine import config
from desktopproc.engine.home import Home
from desktopproc.gui.drives import DrivesEditor
from desktopproc.gui.form import Form, Make
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.kept_results import KeptResultsEditor
from desktopproc.gui.theme import GRID


def _lock(spec: Spec, origin: Origin) -> str:
    if origin is Origin.ENVIRONMENT:
        return f"Held by the environment variable {spec.environment}."
    return f"Held by {spec.flag} on the command line."


class SettingsDialog(QDialog):
    """Saves what was changed into the config file; `saved` says that the file is newer."""

    saved = Signal()

    def __init__(
        self, home: Home, layered: Layered, io: QtIoPool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._home, self._before = home, layered.settings
        self.setWindowTitle("Settings")
        self._tabs = QTabWidget()
        self._forms: dict[str, Form] = {}
        sections: dict[str, list[Spec]] = {}
        for spec in specs(Settings):
            sections.setdefault(spec.section, []).append(spec)
        locked = {
            spec.name: _lock(spec, layered.origins[spec.name])
            for spec in specs(Settings)
            if layered.origins[spec.name].is_locked
        }
        own: dict[str, Make] = {
            "drives": lambda spec: DrivesEditor(spec, io),
            "cache_mb": lambda spec: KeptResultsEditor(spec, home.results, io),
        }
        for section, members in sections.items():
            form = Form(members, own=own, locked=locked)
            form.set_values({spec.name: getattr(self._before, spec.name) for spec in members})
            form.changed.connect(self._check)
            self._forms[section] = form
            self._tabs.addTab(_page(form), section)
        self._lay_out()

    def form(self, section: str) -> Form:
        """The fields of one tab."""
        return self._forms[section]

    def accept(self) -> None:
        """Write what differs from before, then close; what cannot be written is said here."""
        try:
            for name, value in self._changed().items():
                if value == getattr(Settings(), name):
                    config.unset_value(self._home, name)
                else:
                    config.set_value(self._home, name, value)
        except (ProcError, OSError) as e:
            self._trouble.setText(f"The settings could not be saved: {e}")
            self._trouble.show()
            return
        self.saved.emit()
        super().accept()

    def _changed(self) -> dict[str, object]:
        values = {k: v for form in self._forms.values() for k, v in form.values().items()}
        return {k: v for k, v in values.items() if v != getattr(self._before, k)}

    def _lay_out(self) -> None:
        self._trouble = QLabel()
        self._trouble.setWordWrap(True)
        self._trouble.hide()
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Save | kinds.Cancel | kinds.RestoreDefaults)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(kinds.RestoreDefaults).clicked.connect(self._reset)
        column = QVBoxLayout(self)
        column.setSpacing(3 * GRID)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._trouble)
        column.addWidget(self._buttons)
        self.resize(150 * GRID, 150 * GRID)

    def _reset(self) -> None:
        """Show the defaults of the tab that is open."""
        list(self._forms.values())[self._tabs.currentIndex()].reset()

    def _check(self) -> None:
        wrong = next(filter(None, (form.error() for form in self._forms.values())), "")
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not wrong)


def _page(form: Form) -> QScrollArea:
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
    column.addWidget(form)
    column.addStretch()
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(inside)
    return scroll
