"""The field for options inside options: a list of entries, each with a form of its own."""

from typing import Any, cast

from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Spec
from desktopproc.gui.editors import Editor
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.stack import Stack
from desktopproc.gui.stack_row import StackRow
from desktopproc.gui.step_editor import below_each_other
from desktopproc.gui.summary import summary

_USUAL = "Usual options"


class RecordEditor(Editor):
    """Entries in the order of the list; nothing but a button while there is none."""

    def __init__(self, spec: Spec) -> None:
        self._codec = cast("RecordCodec", spec.codec)
        self.stack = Stack("", lambda row: _row(row.options))
        self.add_button = IconButton("add", f"Add one more: {spec.label}", text="Add one more")
        super().__init__(spec, below_each_other(self.stack, self.add_button))
        self.add_button.clicked.connect(lambda: self.stack.add(_row(self._codec.record())))
        self.stack.changed.connect(self.changed)

    def get(self) -> tuple[Any, ...]:
        """The entries; UsageError when an option of one is not right."""
        return tuple(row.options for row in self.stack.rows)

    def set(self, value: Any) -> None:
        entries = tuple(self._codec.parse(raw) for raw in value or ())
        if self.error() or entries != self.get():
            self.stack.fill([_row(entry) for entry in entries])
            self.changed.emit()

    def error(self) -> str:
        wrong = ((number, row.error()) for number, row in enumerate(self.stack.rows, 1))
        label = self.spec.label
        return next((f"{label}, {number}: {said}" for number, said in wrong if said), "")


def _row(options: object) -> StackRow:
    return StackRow(
        options,
        lambda now: summary(now) or _USUAL,
        has_switch=False,
        has_summary=False,
    )
