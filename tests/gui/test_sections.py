"""Long forms: what comes first, what is folded away, and that nothing wrong or set is hidden."""

from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from desktopproc.core.schema import option, specs
from desktopproc.gui.form import Form
from desktopproc.gui.step_editor import StepEditor
from desktopproc.gui.window import MainWindow
from desktopproc.ops import load
from tests.gui import mouse
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000
CONVERT = load()["convert"]


@dataclass(frozen=True, slots=True)
class Marked:
    word: str = option("a", "Word", pattern="[a-z]+", example="abc", section="Text")
    size: float = option(2.0, "Size", lo=0, hi=9, unit="%")
    is_tiled: bool = option(default=False, label="Repeat")
    gap: int = option(1, "Gap", lo=0, hi=9, when=("is_tiled", (True,)), section="Between")


@pytest.fixture
def convert(qtbot: QtBot) -> Form:
    form = Form(specs(CONVERT.options), hides_idle=True, has_sections=True)
    qtbot.addWidget(form)
    form.resize(300, 900)
    form.show()
    return form


def is_seen(form: Form, name: str) -> bool:
    return form.editor(name).widget.isVisibleTo(form)


def top(form: Form, name: str) -> int:
    return form.editor(name).widget.y()


def test_converting_asks_for_format_and_quality_first(convert: Form) -> None:
    seen = [s.name for s in specs(CONVERT.options) if is_seen(convert, s.name)]

    assert sorted(seen, key=lambda name: top(convert, name)) == [
        "format",
        "quality",
        "steps",
        "also",
    ]


def test_a_folded_section_tells_what_is_set_in_it(convert: Form) -> None:
    convert.set_values({"long_edge": 1600, "enlarge": True})

    folded = convert.head("Size").said
    convert.unfold(["Size"])

    assert folded == "Longer edge 1,600 px, Enlarge small pictures"
    assert convert.head("Size").said == ""
    assert is_seen(convert, "long_edge")


def test_a_wrong_value_is_seen_though_its_section_is_folded(convert: Form) -> None:
    convert.editor("target_size").set("huge")

    assert is_seen(convert, "target_size")
    assert not is_seen(convert, "effort")


def test_a_short_form_shows_all_of_its_sections(qtbot: QtBot) -> None:
    form = Form(specs(Marked), hides_idle=True, has_sections=True)
    qtbot.addWidget(form)
    form.show()

    assert form.unfolded == ["Text", "Between"]
    assert top(form, "size") < top(form, "word")


def test_a_section_without_any_meaning_is_not_there(qtbot: QtBot) -> None:
    form = Form(specs(Marked), hides_idle=True, has_sections=True)
    qtbot.addWidget(form)
    before = form.head("Between").isVisibleTo(form)

    form.set_values({"is_tiled": True})

    assert (before, form.head("Between").isVisibleTo(form)) == (False, True)


def test_a_number_has_no_more_decimals_than_it_needs(qtbot: QtBot) -> None:
    form = Form(specs(Marked))
    qtbot.addWidget(form)
    box = form.editor("size").widget
    assert isinstance(box, QDoubleSpinBox)

    shown = []
    for value in (2.0, 0.75, 0.5, 0.0):
        box.setValue(value)
        shown.append(box.text())

    assert [text.replace(",", ".") for text in shown] == ["2 %", "0.75 %", "0.5 %", "0 %"]


def test_many_values_at_once_are_told_of_once(convert: Form, qtbot: QtBot) -> None:
    told: list[int] = []
    convert.changed.connect(lambda: told.append(1))

    convert.set_values({"quality": 50, "width": 900, "height": 800, "lossless": True})
    convert.set_values({"quality": 50})

    assert len(told) == 1


@pytest.mark.window
def test_a_section_is_unfolded_by_a_click_and_found_so_by_the_next_window(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow
) -> None:
    window: MainWindow = open_window()
    window.move(0, 0)
    window.todo.choose("convert")
    button = window.todo.form.head("Size").button
    assert button is not None
    qtbot.waitUntil(button.isVisible, timeout=LIMIT_MS)

    mouse.click_when_under(qtbot, button)
    qtbot.waitUntil(lambda: is_seen(window.todo.form, "width"), timeout=LIMIT_MS)
    window.close()
    window.work.close()
    again = open_window()

    assert again.todo.operation.name == "convert"
    assert again.todo.form.unfolded == ["Size", "Steps", "More files"]


@pytest.mark.window
def test_a_step_that_is_added_is_scrolled_to(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow
) -> None:
    window: MainWindow = open_window()
    window.todo.choose("convert")
    editor = window.todo.form.editor("steps")
    assert isinstance(editor, StepEditor)
    editor.set(["border", "sharpen", "grey", "sepia", "corners", "blur"])

    editor.menu.aboutToShow.emit()
    next(each for each in editor.menu.actions() if each.text() == "Text watermark").trigger()

    line = editor.rows[-1].line
    qtbot.waitUntil(lambda: line.visibleRegion().boundingRect() == line.rect(), timeout=LIMIT_MS)
