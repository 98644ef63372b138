"""Every described value of every operation and of the settings has a field that keeps it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Kind, build, option, specs
from desktopproc.core.settings import Settings
from desktopproc.gui.form import Form
from desktopproc.ops import load

OPERATIONS = load()


class Fit(StrEnum):
    WIDTH = "width"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class Everything:
    """One value of every kind, set and not set."""

    flag: bool = option(default=True, label="Flag")
    maybe: bool | None = option(None, "Maybe")
    number: int = option(5, "Number", lo=1, hi=10)
    limit: int | None = option(None, "Limit", lo=0, hi=100, unit="px")
    share: float | None = option(None, "Share", lo=0, hi=1)
    fit: Fit = option(Fit.WIDTH, "Fit")
    other_fit: Fit | None = option(None, "Other fit")
    text: str = option("a", "Text", pattern="[a-z]+", example="abc")
    words: tuple[str, ...] = option(("x", "y"), "Words")
    folder: Path | None = option(None, "Folder")
    file: Path | None = option(None, "File", kind=Kind.FILE)
    pick: Path = option(Path("one"), "Pick", kind=Kind.FILE, suggest=lambda: ("one", "two"))
    color: str | None = option("#102030", "Color", kind=Kind.COLOR)
    secret: str = option("", "Secret", kind=Kind.SECRET)
    edge: int = option(9, "Edge", when=("fit", (Fit.EDGE,)))


OTHER = {
    "flag": False,
    "maybe": True,
    "number": 10,
    "limit": 0,
    "share": 0.25,
    "fit": Fit.EDGE,
    "other_fit": Fit.EDGE,
    "text": "zz",
    "words": ("p",),
    "folder": Path("/tmp"),
    "file": Path("/tmp/f"),
    "pick": Path("/tmp/of my own"),
    "color": None,
    "secret": "hush",
    "edge": 3,
}


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form(specs(Everything))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_fresh_form_holds_the_defaults_of_its_operation(
    qtbot: QtBot, operation: Operation
) -> None:
    form = Form(specs(operation.options))
    qtbot.addWidget(form)

    assert build(operation.options, form.values()) == operation.options()
    assert form.error() == ""


def test_a_fresh_form_holds_the_default_settings(qtbot: QtBot) -> None:
    form = Form(specs(Settings))
    qtbot.addWidget(form)

    assert Settings(**form.values()) == Settings()


@pytest.mark.parametrize("name", OTHER)
def test_a_field_gives_back_what_it_was_set_to(form: Form, name: str) -> None:
    form.set_values({name: OTHER[name]})

    assert form.values()[name] == OTHER[name]


@pytest.mark.parametrize("name", OTHER)
def test_reset_shows_the_default_again_and_says_so_once(
    qtbot: QtBot, form: Form, name: str
) -> None:
    form.set_values(OTHER)

    with qtbot.waitSignal(form.changed):
        form.reset()

    assert form.values()[name] == getattr(Everything(), name)


def test_every_field_tells_a_screen_reader_its_name(form: Form) -> None:
    names = [form.editor(spec.name).widget.accessibleName() for spec in specs(Everything)]

    assert names == [spec.label for spec in specs(Everything)]


def test_a_value_that_is_not_right_is_named_and_cannot_be_taken(form: Form) -> None:
    line = form.editor("text").widget
    assert isinstance(line, QLineEdit)

    line.setText("NOT")

    assert form.error().startswith("Text cannot be 'NOT'")
    with pytest.raises(UsageError):
        form.values()


def test_a_number_cannot_leave_its_range(form: Form) -> None:
    box = form.editor("number").widget
    assert isinstance(box, QSpinBox)

    box.setValue(11)

    assert form.values()["number"] == 10


def test_a_field_without_meaning_is_disabled_until_it_has_one(form: Form) -> None:
    edge, fit = form.editor("edge").widget, form.editor("fit").widget
    assert isinstance(fit, QComboBox)
    assert not edge.isEnabled()

    fit.setCurrentIndex(fit.findData("edge"))

    assert edge.isEnabled()


def test_a_locked_field_keeps_its_value_through_a_reset(qtbot: QtBot) -> None:
    form = Form(specs(Everything), locked={"number": "Held by the environment."})
    qtbot.addWidget(form)
    form.set_values({"number": 7})

    form.reset()

    assert form.values()["number"] == 7
    assert not form.editor("number").widget.isEnabled()


def test_a_secret_is_not_shown(form: Form) -> None:
    line = form.editor("secret").widget
    assert isinstance(line, QLineEdit)

    form.set_values({"secret": "hush"})

    assert line.displayText() == "\N{BLACK CIRCLE}" * 4 or "hush" not in line.displayText()


def test_a_switch_says_what_it_is_itself(form: Form) -> None:
    box = form.editor("flag").widget

    assert isinstance(box, QCheckBox)
    assert box.text() == "Flag"
    assert QApplication.instance() is not None


def test_a_field_with_suggestions_can_be_picked_from_and_typed_in(qtbot: QtBot) -> None:
    form = Form(specs(Everything))
    qtbot.addWidget(form)
    (box,) = [found for found in form.findChildren(QComboBox) if found.isEditable()]

    box.setCurrentIndex(1)

    assert [box.itemText(at) for at in range(box.count())] == ["one", "two"]
    assert form.editor("pick").get() == Path("two")
