"""A form that is made from described values: fields, help, ranges, and what depends on what."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSizePolicy, QWidget

from desktopproc.core.schema import Kind, Spec, parse
from desktopproc.gui import editors, theme
from desktopproc.gui.editors import Editor
from desktopproc.gui.section_head import SectionHead
from desktopproc.gui.summary import value_words
from desktopproc.gui.theme import GRID, Tone

Make = Callable[[Spec], Editor]
_LINES = 4  # of the grid for one value: head of its section, label, long field, hint
_FEW = 12
"""A form of no more fields shows them all; a longer one begins with its sections folded."""
_LONG = frozenset({Kind.FOLDER, Kind.FILE})
"""Values that need the whole width; their label stands above."""


class Form(QWidget):
    """One row per value. `values` are checked ones; `error` is the first thing that is not right.

    `own` replaces the field of single values; `locked` names values that may not be changed, with
    the sentence that says why. Without `has_help` the help is only in the tooltips; `hides_idle`
    hides fields that have no meaning now, where others show them disabled. With `has_sections`
    what belongs to no section comes first, and the sections can be folded.
    """

    changed = Signal()

    def __init__(
        self,
        specs: Sequence[Spec],
        *,
        own: Mapping[str, Make] | None = None,
        locked: Mapping[str, str] | None = None,
        has_help: bool = True,
        hides_idle: bool = False,
        has_sections: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._locked = locked or {}
        self._has_help, self._hides_idle = has_help, hides_idle
        makers = own or {}
        shown = _by_section(specs) if has_sections else specs
        self._editors = {s.name: makers.get(s.name, editors.make)(s) for s in shown}
        self._heads = _heads(shown) if has_sections else {}
        self._is_filling = self._was_changed = False
        self._folded: frozenset[str] = frozenset()
        self._labels: dict[str, QLabel] = {}
        self._hints: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        for place, editor in enumerate(self._editors.values()):
            head = self._heads.get(editor.spec.section)
            if head is not None and self._grid.indexOf(head) < 0:
                self._grid.addWidget(head, _LINES * place, 0, 1, 2)
            self._add(_LINES * place + 1, editor)
        for head in self._heads.values():
            head.open(is_open=head.is_open or len(specs) <= _FEW)
            head.toggled.connect(self._settle)
        self._settle()

    def editor(self, name: str) -> Editor:
        """The field of one value."""
        return self._editors[name]

    def values(self) -> dict[str, Any]:
        """Every value, checked; UsageError names the first that is not right."""
        return {name: parse(e.spec, e.get()) for name, e in self._editors.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values; those not named keep what they show."""
        with self._at_once():
            for name, value in values.items():
                if name in self._editors:
                    self._editors[name].set(value)

    def reset(self) -> None:
        """Show the defaults again, except in locked fields."""
        with self._at_once():
            self._was_changed = True
            for name, editor in self._editors.items():
                if name not in self._locked:
                    editor.set(editor.spec.default)

    def error(self) -> str:
        """What is wrong with the first wrong field that has a meaning; empty when all is right."""
        wrong = (e.error() for n, e in self._editors.items() if self._has_meaning(n))
        return next(filter(None, wrong), "")

    @property
    def unfolded(self) -> list[str]:
        """The titles of the sections that are open."""
        return [title for title, head in self._heads.items() if head.is_open]

    def head(self, section: str) -> SectionHead:
        """The line above a section."""
        return self._heads[section]

    def unfold(self, sections: Collection[str]) -> None:
        """Open the sections of these titles, and fold the others away."""
        for title, head in self._heads.items():
            head.open(is_open=title in sections)

    def fold(self, names: Collection[str]) -> None:
        """Hide these fields while they show their defaults and nothing is wrong with them."""
        self._folded = frozenset(names)
        self._settle()

    def _is_folded(self, name: str) -> bool:
        editor = self._editors[name]
        if name not in self._folded or editor.error():
            return False
        return bool(parse(editor.spec, editor.get()) == editor.spec.default)

    def _add(self, row: int, editor: Editor) -> None:
        spec, name = editor.spec, editor.spec.name
        tip = f"{spec.help}\n{self._locked.get(name, '')}".strip()
        editor.widget.setToolTip(tip)
        self._grid.setRowMinimumHeight(row, 6 * GRID)
        if isinstance(editor.widget, QCheckBox) or _is_alone(spec, self._heads):
            self._grid.addWidget(editor.widget, row, 0, 1, 2)
        else:
            label = QLabel(spec.label)
            label.setToolTip(tip)
            label.setBuddy(editor.widget)
            label.setWordWrap(True)
            self._labels[name] = label
            is_long = spec.kind in _LONG or spec.many
            self._grid.addWidget(label, row, 0, 1, 2 if is_long else 1)
            place = (row + 1, 0, 1, 2) if is_long else (row, 1, 1, 1)
            self._grid.addWidget(editor.widget, *place)
        hint = QLabel()
        hint.setWordWrap(True)
        hint.setContentsMargins(0, 0, 0, 2 * GRID)
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hints[name] = hint
        self._grid.addWidget(hint, row + 2, 0, 1, 2)
        editor.changed.connect(self._take_change)

    def _take_change(self) -> None:
        self._was_changed = True
        if not self._is_filling:
            self._settle()
            self.changed.emit()

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Fill many fields, and settle and tell of it once."""
        self._is_filling, self._was_changed = True, False
        try:
            yield
        finally:
            self._is_filling = False
            self._settle()
        if self._was_changed:
            self.changed.emit()

    def _has_meaning(self, name: str) -> bool:
        when = self._editors[name].spec.when
        if when is None or when[0] not in self._editors:
            return True
        other, meaningful = when
        editor = self._editors[other]
        if not self._has_meaning(other) or editor.error():
            return False
        return parse(editor.spec, editor.get()) in meaningful

    def _settle(self) -> None:
        """Enable what has a meaning now, and say under a field what is wrong with it."""
        for place, (name, editor) in enumerate(self._editors.items()):
            is_on = self._has_meaning(name)
            wrong = editor.error() if is_on else ""
            is_shown = (is_on or not self._hides_idle) and not self._is_folded(name)
            is_shown = is_shown and (self._is_open(editor.spec) or bool(wrong))
            self._show(_LINES * place + 1, name, is_shown=is_shown)
            editor.widget.setEnabled(is_on and name not in self._locked)
            if name in self._labels:
                self._labels[name].setEnabled(is_on)
            text = (
                wrong or self._locked.get(name, "") or (editor.spec.help if self._has_help else "")
            )
            hint = self._hints[name]
            hint.setText(text)
            hint.setVisible(bool(text) and is_shown)
            hint.setEnabled(is_on)
            self._colour(hint, is_wrong=bool(wrong))
        for title, head in self._heads.items():
            self._tell(title, head)

    def _is_open(self, spec: Spec) -> bool:
        head = self._heads.get(spec.section)
        return head is None or head.is_open

    def _tell(self, title: str, head: SectionHead) -> None:
        """Say on the head of a section what is set in it; one without any meaning is not shown."""
        members = {n: e for n, e in self._editors.items() if e.spec.section == title}
        useful = [e for n, e in members.items() if self._has_meaning(n)]
        head.setVisible(bool(useful) or not self._hides_idle)
        values = [(e.spec, parse(e.spec, e.get())) for e in useful if not e.error()]
        said = [value_words(spec, value) for spec, value in values if value != spec.default]
        head.say(", ".join(said))

    def _show(self, row: int, name: str, *, is_shown: bool) -> None:
        self._grid.setRowMinimumHeight(row, 6 * GRID if is_shown else 0)
        self._editors[name].widget.setVisible(is_shown)
        if name in self._labels:
            self._labels[name].setVisible(is_shown)

    def _colour(self, hint: QLabel, *, is_wrong: bool) -> None:
        ground = self.palette().color(QPalette.ColorRole.Window)
        palette = QPalette(self.palette())
        color = theme.tone(Tone.BAD, palette, ground) if is_wrong else theme.quiet(palette, ground)
        palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText, color)
        palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.WindowText, color)
        hint.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_hints"):
            self._settle()


def _by_section(specs: Sequence[Spec]) -> Sequence[Spec]:
    """What belongs to no section first, then section by section as they first appear."""
    sections = ["", *dict.fromkeys(spec.section for spec in specs)]
    return sorted(specs, key=lambda spec: sections.index(spec.section))


def _heads(specs: Sequence[Spec]) -> dict[str, SectionHead]:
    """A head for every section; lists that are made in place are never folded away."""
    found: dict[str, SectionHead] = {}
    for section in dict.fromkeys(spec.section for spec in specs if spec.section):
        members = [spec for spec in specs if spec.section == section]
        found[section] = SectionHead(section, can_fold=any(spec.codec is None for spec in members))
    return found


def _is_alone(spec: Spec, heads: Mapping[str, SectionHead]) -> bool:
    """Whether the head of its section says all that a label would."""
    head = heads.get(spec.section)
    return spec.codec is not None and head is not None and head.button is None
