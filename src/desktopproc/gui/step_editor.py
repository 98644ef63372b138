"""The field for a stack of steps: what is done to each picture, in which order."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget, QWidgetAction

from desktopproc.core.schema import Spec
from desktopproc.core.steps import Step, StepCodec, StepKind
from desktopproc.gui import theme
from desktopproc.gui.editors import Editor
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.stack import Stack
from desktopproc.gui.stack_row import StackRow, tint
from desktopproc.gui.theme import GRID

_EMPTY = "No steps: the picture stays as it is."


class StepRow(StackRow):
    """One step of the stack."""

    def __init__(self, kind: StepKind, step: Step) -> None:
        self.kind = kind
        super().__init__(
            step.options, lambda _options: kind.title, help_text=kind.help, is_on=step.is_on
        )

    @property
    def step(self) -> Step:
        """The step as it is now; UsageError when an option is not right."""
        return Step(self.kind.name, self.options, self.is_on)


class StepEditor(Editor):
    """An ordered list of steps and a menu to add one; a step may be in it twice."""

    def __init__(self, spec: Spec) -> None:
        self._codec = cast("StepCodec", spec.codec)
        self.stack = Stack(_EMPTY, lambda row: self._row(cast("StepRow", row).step))
        self.add_button = IconButton("add", "Add a step to the end", text="Add step")
        self.menu = StepMenu(self._codec.load, self.add_button)
        super().__init__(spec, below_each_other(self.stack, self.add_button))
        self.add_button.clicked.connect(self._open_menu)
        self.menu.chosen.connect(self._add)
        self.stack.changed.connect(self.changed)

    @property
    def rows(self) -> list[StepRow]:
        return [cast("StepRow", row) for row in self.stack.rows]

    def get(self) -> tuple[Step, ...]:
        """The steps; UsageError when an option of one is not right."""
        return tuple(row.step for row in self.rows)

    def set(self, value: Any) -> None:
        steps = tuple(self._codec.parse(raw) for raw in value or ())
        if self.error() or steps != self.get():
            self.stack.fill([self._row(step) for step in steps])
            self.changed.emit()

    def error(self) -> str:
        wrong = ((row.title, row.error()) for row in self.rows)
        return next((f"{title}: {sentence}" for title, sentence in wrong if sentence), "")

    def _open_menu(self) -> None:
        self.menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _row(self, step: Step) -> StepRow:
        return StepRow(self._codec.load()[step.kind], step)

    def _add(self, kind: StepKind) -> None:
        self.stack.add(StepRow(kind, Step(kind.name, kind.options())))


class StepMenu(QMenu):
    """All kinds of steps in their groups; `chosen` carries a `StepKind`."""

    chosen = Signal(object)

    def __init__(self, load: Callable[[], Any], parent: QWidget) -> None:
        super().__init__(parent)
        self._load = load
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        """Steps are looked up when the menu is first opened, not when the window starts."""
        if self.actions():
            return
        kinds = list(self._load().values())
        groups = list(dict.fromkeys(kind.group for kind in kinds))
        kinds.sort(key=lambda kind: groups.index(kind.group))
        for group, members in groupby(kinds, key=lambda kind: kind.group):
            self._head(group)
            for kind in members:
                action = self.addAction(kind.title)
                action.setToolTip(kind.help)
                action.triggered.connect(self._choose(kind))

    def _head(self, group: str) -> None:
        """A title that looks the same in every style, unlike `addSection`, and can be read."""
        if self.actions():
            self.addSeparator()
        label = QLabel(group)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setContentsMargins(2 * GRID, GRID, 4 * GRID, GRID)
        ground = self.palette().color(QPalette.ColorRole.Window)
        tint(label, theme.quiet(self.palette(), ground), is_always=True)
        head = QWidgetAction(self)
        head.setText(group)
        head.setDefaultWidget(label)
        head.setEnabled(False)
        self.addAction(head)

    def _choose(self, kind: StepKind) -> Callable[[bool], None]:
        return lambda _checked: self.chosen.emit(kind)


def below_each_other(stack: Stack, button: QToolButton) -> QWidget:
    """A stack with the button that adds to it."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    column.addWidget(stack)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    widget.setFocusProxy(button)
    return widget
