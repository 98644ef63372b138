"""One widget for one described value; which widget follows from the kind, never from the name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import Kind, Spec, parse
from desktopproc.gui.icon_button import IconButton
from desktopproc.gui.secret_line import SecretLine
from desktopproc.gui.theme import GRID

_NOT_SET = "Not set"
_INT_LIMIT = 2_147_483_647


class Editor(QObject):
    """What every field can do: show a value, give it back, say that the user changed it.

    `get` returns the raw value; `error` is the sentence for a value that is not right yet.
    """

    changed = Signal()

    def __init__(self, spec: Spec, widget: QWidget) -> None:
        super().__init__(widget)
        self.spec = spec
        self.widget = widget
        widget.setAccessibleName(spec.label)
        widget.setAccessibleDescription(spec.help)

    def get(self) -> Any:
        raise NotImplementedError

    def set(self, value: Any) -> None:
        raise NotImplementedError

    def error(self) -> str:
        try:
            parse(self.spec, self.get())
        except UsageError as e:
            return str(e).replace(self.spec.flag, self.spec.label)
        return ""


class _Switch(Editor):
    def __init__(self, spec: Spec) -> None:
        self._box = QCheckBox(spec.label)
        super().__init__(spec, self._box)
        self._box.toggled.connect(self.changed)

    def get(self) -> bool:
        return self._box.isChecked()

    def set(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class _Choice(Editor):
    """A list of words; an optional switch is one too: not set, yes, no."""

    def __init__(self, spec: Spec) -> None:
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(6)
        if spec.optional:
            self._box.addItem(_NOT_SET, None)
        for value, label in spec.choices or (("yes", "Yes"), ("no", "No")):
            self._box.addItem(label, value)
        super().__init__(spec, self._box)
        self._box.currentIndexChanged.connect(self.changed)

    def get(self) -> str | None:
        value = self._box.currentData()
        return None if value is None else str(value)

    def set(self, value: Any) -> None:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self._box.setCurrentIndex(max(0, self._box.findData(None if value is None else str(value))))


class _Decimal(QDoubleSpinBox):
    """Shows as many decimals as the number has, `2 %` and `0.75 %`, not `2.00 %`."""

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class _Number(Editor):
    """A spin box whose range is the option's; below its lowest value it is "Not set"."""

    def __init__(self, spec: Spec) -> None:
        self._box: QSpinBox | QDoubleSpinBox
        if spec.kind is Kind.INTEGER:
            lo = int(spec.lo if spec.lo is not None else -_INT_LIMIT + 1)
            self._box = QSpinBox()
            self._box.setRange(
                lo - spec.optional, int(spec.hi if spec.hi is not None else _INT_LIMIT)
            )
        else:
            low = spec.lo if spec.lo is not None else -1e9
            self._box = _Decimal()
            self._box.setDecimals(2)
            self._box.setRange(low - spec.optional, spec.hi if spec.hi is not None else 1e9)
        self._box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self._box.setGroupSeparatorShown(True)
        if spec.unit:
            self._box.setSuffix(f" {spec.unit}")
        if spec.optional:
            self._box.setSpecialValueText(_NOT_SET)
        super().__init__(spec, self._box)
        self._box.valueChanged.connect(self.changed)

    def get(self) -> float | None:
        if self.spec.optional and self._box.value() == self._box.minimum():
            return None
        return self._box.value()

    def set(self, value: Any) -> None:
        if value is None:
            self._box.setValue(self._box.minimum())  # type: ignore[arg-type]
        elif isinstance(self._box, QSpinBox):
            self._box.setValue(int(value))
        else:
            self._box.setValue(float(value))


class _Line(Editor):
    """Text, secrets, and lists of values that are typed with commas between them."""

    def __init__(self, spec: Spec) -> None:
        is_secret = spec.kind is Kind.SECRET
        self._line = SecretLine() if is_secret else QLineEdit()
        self._line.setAcceptDrops(False)  # the whole window takes dropped files
        self._line.setClearButtonEnabled(not is_secret and (spec.optional or spec.many))
        self._line.setPlaceholderText(spec.example or (_NOT_SET if spec.optional else ""))
        super().__init__(spec, self._line)
        self._line.textChanged.connect(self.changed)

    def get(self) -> str | None:
        text = self._line.text()
        return None if not text and self.spec.optional and not self.spec.many else text

    def set(self, value: Any) -> None:
        if isinstance(value, tuple | list):
            value = ",".join(str(part) for part in value)
        self._line.setText("" if value is None else str(value))


class _Place(Editor):
    """A folder or a file: a line to type it, with what there is to choose from if something is
    suggested, and a button to look for it."""

    def __init__(self, spec: Spec) -> None:
        self._line = QLineEdit()
        shown: QWidget = _choosing(spec.suggest(), self._line) if spec.suggest else self._line
        self._line.setAcceptDrops(False)
        self._line.setPlaceholderText(_NOT_SET if spec.optional else "")
        self._line.setAccessibleName(spec.label)
        button = IconButton("folder", f"Choose: {spec.label}")
        button.clicked.connect(self._browse)
        super().__init__(spec, _side_by_side(shown, button))
        self._line.textChanged.connect(self.changed)

    def get(self) -> Path | None:
        text = self._line.text().strip()
        return Path(text).expanduser() if text else None

    def set(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))

    def _browse(self) -> None:
        window, start = self.widget.window(), self._line.text()
        if self.spec.kind is Kind.FOLDER:
            chosen = QFileDialog.getExistingDirectory(window, self.spec.label, start)
        else:
            chosen = QFileDialog.getOpenFileName(window, self.spec.label, start)[0]
        if chosen:
            self._line.setText(chosen)


class _Color(Editor):
    """A button that shows the colour; an optional one can be cleared."""

    def __init__(self, spec: Spec) -> None:
        self._value: str | None = None
        self._button = QPushButton()
        self._button.clicked.connect(self._pick)
        self._clear = IconButton("cancel", f"No {spec.label.lower()}")
        self._clear.clicked.connect(lambda: self._change(None))
        self._clear.setVisible(spec.optional)
        super().__init__(spec, _side_by_side(self._button, self._clear))
        self._button.setAccessibleName(spec.label)

    def get(self) -> str | None:
        return self._value

    def set(self, value: Any) -> None:
        self._value = None if value is None else str(value)
        self._button.setText(self._value or _NOT_SET)
        self._button.setIcon(QIcon(_swatch(self._value)))
        self._clear.setEnabled(self._value is not None)

    def _pick(self) -> None:
        start = QColor(self._value) if self._value else QColor("#ffffff")
        chosen = QColorDialog.getColor(start, self.widget.window(), self.spec.label)
        if chosen.isValid():
            self._change(chosen.name())

    def _change(self, value: str | None) -> None:
        self.set(value)
        self.changed.emit()


def _choosing(suggestions: Sequence[str], line: QLineEdit) -> QComboBox:
    """A list that fills a line in which anything else can be typed too."""
    box = QComboBox()
    box.setEditable(True)
    box.setLineEdit(line)
    box.addItems(list(suggestions))
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    box.setSizeAdjustPolicy(policy)
    box.setMinimumContentsLength(6)
    _leave_wheel(box)
    return box


def _swatch(color: str | None) -> QPixmap:
    """A square of the colour with an edge, so that it is seen on a button of the same colour."""
    square = QPixmap(16, 16)
    square.fill(Qt.GlobalColor.transparent)
    if color is not None:
        painter = QPainter(square)
        painter.setPen(QColor("#808080"))
        painter.setBrush(QColor(color))
        painter.drawRect(0, 0, 15, 15)
        painter.end()
    return square


def _side_by_side(*parts: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    for index, part in enumerate(parts):
        layout.addWidget(part, 1 if index == 0 else 0)
    row.setFocusProxy(parts[0])
    return row


class _WheelGuard(QObject):
    """Lets the wheel scroll the panel unless the field has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


_MAKERS: dict[Kind, Callable[[Spec], Editor]] = {
    Kind.SWITCH: _Switch,
    Kind.INTEGER: _Number,
    Kind.NUMBER: _Number,
    Kind.TEXT: _Line,
    Kind.CHOICE: _Choice,
    Kind.FOLDER: _Place,
    Kind.FILE: _Place,
    Kind.COLOR: _Color,
    Kind.SECRET: _Line,
}


def make(spec: Spec) -> Editor:
    """The field for one described value, showing its default."""
    if spec.codec is not None:
        editor: Editor = _made_of_forms(spec)
    elif spec.many:
        editor = _Line(spec)
    elif spec.kind is Kind.SWITCH and spec.optional:
        editor = _Choice(spec)
    else:
        editor = _MAKERS[spec.kind](spec)
    editor.set(spec.default)
    if isinstance(editor.widget, QAbstractSpinBox | QComboBox):
        _leave_wheel(editor.widget)
    return editor


def _leave_wheel(field: QWidget) -> None:
    """Let the wheel scroll past a field that nobody has chosen."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_WheelGuard(field))


def _made_of_forms(spec: Spec) -> Editor:
    """The fields that hold forms themselves, which are made of fields."""
    from desktopproc.gui.record_editor import RecordEditor  # deferred: they import this module
    from desktopproc.gui.step_editor import StepEditor

    return StepEditor(spec) if spec.kind is Kind.STEPS else RecordEditor(spec)
