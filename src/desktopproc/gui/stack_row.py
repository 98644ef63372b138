"""One entry of a stack: a line that can be switched, moved and unfolded to show its options."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktopproc.core.schema import build, specs
from desktopproc.gui import icons, theme
from desktopproc.gui.form import Form
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.one_line import OneLine
from desktopproc.gui.summary import summary
from desktopproc.gui.theme import GRID, Tone

_GRIP = 3 * GRID
_BUTTON = 6 * GRID
_NARROW = 62 * GRID  # below this there is no room for a title of two words beside the buttons


class Verb(Enum):
    """What the buttons and keys of an entry ask for: icon, words, key."""

    UP = ("up", "Move up", Qt.Key.Key_Up)
    DOWN = ("down", "Move down", Qt.Key.Key_Down)
    DUPLICATE = ("duplicate", "Duplicate", Qt.Key.Key_D)
    REMOVE = ("cancel", "Remove", Qt.Key.Key_Delete)

    @property
    def icon(self) -> str:
        return str(self.value[0])

    @property
    def words(self) -> str:
        return str(self.value[1])


def _verb_of(event: QKeyEvent) -> Verb | None:
    """Delete alone; the others with Ctrl."""
    has_ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    is_alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
    for verb in Verb:
        if event.key() == verb.value[2] and (is_alone if verb is Verb.REMOVE else has_ctrl):
            return verb
    return None


class StackRow(QWidget):
    """`title` is made of the options, so that it can follow them; `has_switch` adds a checkbox.

    `picked` when it was clicked, `changed` when its options or its switch were, `asked` carries a
    `Verb`, `stepped` -1 or 1 for the neighbour's line; `dragged` carries the mouse's place on the
    screen, `dropped` ends that.
    """

    picked = Signal()
    changed = Signal()
    asked = Signal(object)
    stepped = Signal(int)
    dragged = Signal(QPoint)
    dropped = Signal()

    def __init__(
        self,
        options: object,
        title: Callable[[object], str],
        *,
        help_text: str = "",
        is_on: bool = True,
        has_switch: bool = True,
        has_summary: bool = True,
    ) -> None:
        super().__init__()
        self._options, self._make_title, self._help = options, title, help_text
        self._has_summary = has_summary
        self.form: Form | None = None
        self.line = _Line(self)
        self._grid = QGridLayout(self.line)
        self._all_buttons, self._below = QWidget(), QWidget()
        self._is_narrow: bool | None = None
        self._switch = QCheckBox()
        self._switch.setChecked(is_on)
        self._has_switch = has_switch
        self._switch.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Space on the line does the same
        self._title, self._words = _title(), OneLine()
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._buttons = {verb: _button(verb) for verb in Verb}
        self._lay_out()
        self._switch.toggled.connect(self._take_switch)
        for verb, button in self._buttons.items():
            button.clicked.connect(lambda _checked, verb=verb: self.asked.emit(verb))
        self._tell()

    @property
    def options(self) -> Any:
        """The options as they are now; UsageError when one is not right."""
        if self.form is None:
            return self._options
        return build(type(self._options), self.form.values())

    @property
    def is_on(self) -> bool:
        return self._switch.isChecked()

    @property
    def is_unfolded(self) -> bool:
        return self.form is not None and self.form.isVisibleTo(self)

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def title_width(self) -> int:
        """The room that the title has in one line."""
        return self._title.width()

    @property
    def words(self) -> str:
        """What stands under the title."""
        return self._words.text()

    def error(self) -> str:
        """What is wrong with the options; empty when all is right."""
        return self.form.error() if self.form is not None else ""

    def switch(self) -> None:
        """Switch it on or off, where it has a switch."""
        if self._has_switch:
            self._switch.toggle()

    def button(self, verb: Verb) -> IconButton:
        return self._buttons[verb]

    @property
    def checkbox(self) -> QCheckBox:
        return self._switch

    def allow(self, verb: Verb, *, is_possible: bool) -> None:
        """Say whether a button has a meaning where the entry stands."""
        self._buttons[verb].setEnabled(is_possible)

    def unfold(self, *, is_open: bool) -> None:
        """Show the options below the line, or fold them away."""
        if is_open and self.form is None and specs(type(self._options)):
            self.form = self._make_form()
        if self.form is not None:
            self.form.setVisible(is_open)
        self.line.mark(is_open=is_open)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.EnabledChange}:
            self._tell()

    def arrange(self, width: int) -> None:
        """Put the buttons beside the title, or below it where that would cut the title."""
        is_narrow = width < _NARROW
        if is_narrow is self._is_narrow:
            return
        self._is_narrow = is_narrow
        top, right = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignRight
        self._grid.addWidget(self._title, 0, 1, 1, 2 if is_narrow else 1)
        self._grid.addWidget(self._all_buttons, 1 if is_narrow else 0, 2, top | right)
        self._grid.addWidget(self._below, 1, 1, 1, 1 if is_narrow else 2)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(_GRIP + 2 * GRID, GRID, 0, GRID)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        if self._has_switch:
            self._switch.setFixedHeight(_BUTTON)
            self._grid.addWidget(self._switch, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._title.setMinimumHeight(_BUTTON)
        buttons, below = QHBoxLayout(self._all_buttons), QHBoxLayout(self._below)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(0)
        for button in self._buttons.values():
            buttons.addWidget(button)
        below.setContentsMargins(0, 0, 2 * GRID, 0)
        below.addWidget(self._words)
        self._below.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.arrange(_NARROW)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.line)

    def _make_form(self) -> Form:
        kind = type(self._options)
        form = Form(specs(kind), has_help=False, hides_idle=True, has_sections=True)
        form.set_values({spec.name: getattr(self._options, spec.name) for spec in specs(kind)})
        form.setContentsMargins(_GRIP, 2 * GRID, 2 * GRID, 2 * GRID)
        form.changed.connect(self._take_change)
        self._column.addWidget(form)
        return form

    def _take_switch(self) -> None:
        self._tell()
        self.changed.emit()

    def _take_change(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Show the title, and below it what is set, unless the fields show that themselves."""
        wrong = self.error()
        if not wrong:
            self._options = self.options
        said = wrong or (summary(self._options) if self._has_summary else "")
        off = "" if self.is_on else "Switched off"
        self._title.setText(self._make_title(self._options))
        self._words.setText(" \N{MIDDLE DOT} ".join(filter(None, (off, said))))
        self._words.setVisible(bool(self._words.text()) and not self.is_unfolded)
        palette = self.palette()
        ground = palette.color(QPalette.ColorRole.Window)
        quiet, plain = theme.quiet(palette, ground), theme.tone(Tone.PLAIN, palette, ground)
        tint(self._title, plain if self.is_on else quiet)
        tint(self._words, theme.tone(Tone.BAD, palette, ground) if wrong else quiet)
        self.line.setToolTip("\n".join(filter(None, (self._help, said))))
        self.line.setAccessibleName(", ".join(filter(None, (self.title, off, said))))
        self._switch.setAccessibleName(f"{self.title} is switched on")
        for verb, button in self._buttons.items():
            button.setAccessibleName(f"{verb.words}: {self.title}")


class _Line(QWidget):
    """The part of an entry that is always seen: takes the mouse, the keys and the focus."""

    def __init__(self, row: StackRow) -> None:
        super().__init__(row)
        self._row = row
        self._is_open = False
        self._pressed_at: QPoint | None = None
        self._is_dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mark(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        palette, role = self.palette(), QPalette.ColorRole
        ground, strong = palette.color(role.Window), palette.color(role.Highlight)
        if self._is_dragging:
            ground = theme.mix(strong, ground, 0.3)
        elif self._is_open:
            ground = theme.mix(strong, ground, 0.12)
        painter.fillRect(self.rect(), ground)
        grip = icons.pixmap(
            "grip", theme.quiet(palette, ground), 4 * GRID, self.devicePixelRatioF()
        )
        painter.drawPixmap(GRID // 2, GRID + (_BUTTON - 4 * GRID) // 2, grip)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.hairline(palette))
        if self.hasFocus():
            painter.setPen(strong)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.arrange(self.width())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        place = event.globalPosition().toPoint()
        far = (place - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._is_dragging:
            self._is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()
        if self._is_dragging:
            self._row.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        was_dragging, self._is_dragging, self._pressed_at = self._is_dragging, False, None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()
        if was_dragging:
            self._row.dropped.emit()
        elif self.rect().contains(event.position().toPoint()):
            self._row.picked.emit()

    def event(self, event: QEvent) -> bool:
        """Keep our keys from being the window's shortcuts while the line has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = _verb_of(event) is not None or event.key() == Qt.Key.Key_Space
            event.setAccepted(is_ours)
            return is_ours
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = _verb_of(event)
        if verb is not None:
            self._row.asked.emit(verb)
        elif event.key() == Qt.Key.Key_Space:
            self._row.switch()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._row.picked.emit()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._row.stepped.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


def _title() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _button(verb: Verb) -> IconButton:
    button = IconButton(verb.icon, verb.words)
    button.setAutoRaise(True)
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each has a key on the line itself
    return button


def tint(label: QLabel, color: QColor, *, is_always: bool = False) -> None:
    """Write a label in this colour; when it is disabled only if it is to be read even then."""
    palette = QPalette(label.palette())
    groups = [QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive]
    for group in [*groups, *([QPalette.ColorGroup.Disabled] if is_always else [])]:
        palette.setColor(group, QPalette.ColorRole.WindowText, color)
    label.setPalette(palette)
