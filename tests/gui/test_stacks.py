"""The fields for steps and for further outputs: what they show, take, refuse and give back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from desktopproc.core.errors import UsageError
from desktopproc.core.schema import build, specs, to_plain
from desktopproc.core.steps import Step
from desktopproc.engine.home import Home
from desktopproc.gui.form import Form
from desktopproc.gui.record_editor import RecordEditor
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.stack_row import Verb
from desktopproc.gui.step_editor import StepEditor
from desktopproc.gui.summary import summary
from tests.gui import stacking
from tests.gui.stacking import CODEC, Extra, Fit, Marking, Resizing, Sharpening, Stacking, Store

NARROW = 250


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form(specs(Stacking))
    qtbot.addWidget(made)
    made.resize(NARROW, 600)
    made.show()
    return made


def steps_of(form: Form) -> StepEditor:
    editor = form.editor("stack")
    assert isinstance(editor, StepEditor)
    return editor


def more_of(form: Form) -> RecordEditor:
    editor = form.editor("more")
    assert isinstance(editor, RecordEditor)
    return editor


def names(editor: StepEditor) -> list[str]:
    return [step.kind for step in editor.get()]


def choose(menu: QMenu, title: str) -> None:
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == title).trigger()


def test_steps_and_outputs_come_back_as_they_were_given(form: Form) -> None:
    given = {
        "quality": 70,
        "stack": ["resize:width=1600", "watermark:text='(c) Ann, Bob',tile,off", "resize:height=9"],
        "more": [{"format": "webp", "folder": "web", "steps": ["grey"]}],
    }

    form.set_values(to_plain(build(Stacking, given)))

    assert build(Stacking, form.values()) == build(Stacking, given)


def test_a_step_is_added_from_the_menu_unfolded_with_its_defaults(form: Form, qtbot: QtBot) -> None:
    editor = steps_of(form)

    with qtbot.waitSignal(form.changed):
        choose(editor.menu, "Resize")

    assert editor.get() == (Step("resize", Resizing()),)
    assert editor.rows[0].is_unfolded
    assert editor.rows[0].line.hasFocus() or not form.isActiveWindow()


def test_the_menu_has_every_kind_under_its_group_with_its_help(form: Form) -> None:
    menu = steps_of(form).menu
    menu.aboutToShow.emit()
    shown = [action for action in menu.actions() if not action.isSeparator()]

    titles = [action.text() for action in shown]

    assert titles == [
        *("Size", "Resize", "Marks", "Text watermark", "Colour", "Greyscale", "Sharpen"),
    ]
    assert [action.text() for action in shown if not action.isEnabled()] == [
        *("Size", "Marks", "Colour"),
    ]
    helps = {kind.title: kind.help for kind in stacking.kinds().values()}
    assert {a.text(): a.toolTip() for a in shown if a.isEnabled()} == helps


def test_the_same_step_may_be_there_twice_with_other_options(form: Form) -> None:
    editor = steps_of(form)
    editor.set(["resize:width=100"])

    editor.rows[0].button(Verb.DUPLICATE).click()
    assert editor.rows[1].form is not None
    editor.rows[1].form.set_values({"width": 50})

    assert editor.get() == (
        Step("resize", Resizing(width=100)),
        Step("resize", Resizing(width=50)),
    )


def test_buttons_move_and_remove_and_have_a_meaning_only_where_they_can(form: Form) -> None:
    editor = steps_of(form)
    editor.set(["grey", "resize", "sharpen"])

    editor.rows[2].button(Verb.UP).click()
    editor.rows[0].button(Verb.DOWN).click()
    moved = names(editor)
    editor.rows[1].button(Verb.REMOVE).click()

    assert moved == ["sharpen", "grey", "resize"]
    assert names(editor) == ["sharpen", "resize"]
    assert not editor.rows[0].button(Verb.UP).isEnabled()
    assert not editor.rows[1].button(Verb.DOWN).isEnabled()


@pytest.mark.parametrize(
    ("key", "modifier", "kinds"),
    [
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, ["grey", "sharpen"]),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier, ["resize", "grey", "sharpen"]),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier, ["grey", "sharpen", "resize"]),
        (
            Qt.Key.Key_D,
            Qt.KeyboardModifier.ControlModifier,
            ["grey", "resize", "resize", "sharpen"],
        ),
    ],
)
def test_keys_on_a_step_belong_to_the_step_and_not_to_the_window(
    qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, kinds: list[str]
) -> None:
    window, form = QMainWindow(), Form(specs(Stacking))
    qtbot.addWidget(window)
    window.setCentralWidget(form)
    heard: list[str] = []
    for sequence in ("Del", "Ctrl+Up", "Ctrl+Down", "Ctrl+D"):
        QShortcut(sequence, window).activated.connect(lambda: heard.append("window"))
    editor = steps_of(form)
    editor.set(["grey", "resize", "sharpen"])
    window.show()
    window.activateWindow()
    editor.rows[1].line.setFocus()

    QTest.keyClick(editor.rows[1].line, key, modifier)

    assert names(editor) == kinds
    assert heard == []


def test_space_switches_a_step_off_and_it_says_so(form: Form, qtbot: QtBot) -> None:
    editor = steps_of(form)
    editor.set(["watermark:text=Ann"])
    row = editor.rows[0]

    QTest.keyClick(row.line, Qt.Key.Key_Space)

    assert editor.get() == (Step("watermark", Marking(text="Ann"), is_on=False),)
    assert row.words == "Switched off · Text Ann"
    assert row.line.accessibleName() == "Text watermark, Switched off, Text Ann"


def test_one_step_is_unfolded_at_a_time(form: Form, qtbot: QtBot) -> None:
    editor = steps_of(form)
    editor.set(["resize", "sharpen"])

    QTest.keyClick(editor.rows[0].line, Qt.Key.Key_Return)
    QTest.keyClick(editor.rows[1].line, Qt.Key.Key_Return)
    second = [row.is_unfolded for row in editor.rows]
    QTest.keyClick(editor.rows[1].line, Qt.Key.Key_Return)

    assert second == [False, True]
    assert [row.is_unfolded for row in editor.rows] == [False, False]


def test_what_is_wrong_in_a_step_is_told_there_and_by_the_whole_form(form: Form) -> None:
    editor = steps_of(form)
    editor.set(["grey", "sharpen"])
    editor.stack.unfold(editor.rows[1])
    inner = editor.rows[1].form
    assert inner is not None
    line = inner.editor("word").widget
    assert isinstance(line, QLineEdit)

    line.setText("NOT")
    wrong, told = form.error(), editor.rows[1].words
    with pytest.raises(UsageError):
        form.values()
    line.setText("right")

    assert wrong.startswith("Sharpen: Word cannot be 'NOT'")
    assert told.startswith("Word cannot be 'NOT'")
    assert form.error() == ""
    assert form.values()["stack"][1] == Step("sharpen", Sharpening(word="right"))


def test_an_output_holds_its_own_steps_and_what_is_wrong_there_is_told(form: Form) -> None:
    editor = more_of(form)
    editor.add_button.click()
    row = editor.stack.rows[0]
    assert row.form is not None
    inner = row.form.editor("steps")
    assert isinstance(inner, StepEditor)

    inner.set(["sharpen"])
    inner.stack.unfold(inner.rows[0])
    deepest = inner.rows[0].form
    assert deepest is not None
    deepest.set_values({"word": "9"})
    wrong = form.error()
    deepest.set_values({"word": "ok"})

    assert wrong.startswith("Further outputs, 1: Sharpen: Word cannot be '9'")
    assert form.values()["more"] == (Extra(steps=(Step("sharpen", Sharpening(word="ok")),)),)


def test_outputs_are_a_single_button_until_there_is_one(form: Form) -> None:
    editor = more_of(form)

    assert not editor.stack.isVisible()
    assert editor.add_button.isVisible()


def test_an_output_is_called_by_what_is_special_about_it(form: Form) -> None:
    editor = more_of(form)

    editor.set([Extra(), Extra(format=Store.WEBP, quality=70, folder="web", steps=(_grey(),))])

    assert [row.title for row in editor.stack.rows] == [
        "Usual options",
        "WebP, Quality 70, Folder below web, 1 step",
    ]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (Resizing(), ""),
        (Resizing(width=1600, fit=Fit.FILL), "Width 1,600 px, Fill"),
        (Marking(text="a", tile=True, color="#102030"), "Text a, Colour #102030, Repeat over the"),
        (Sharpening(amount=2.5), "Amount 2.5"),
    ],
)
def test_a_step_says_in_one_line_what_is_not_as_usual(options: object, text: str) -> None:
    assert summary(options).startswith(text)
    assert bool(summary(options)) == bool(text)


def test_an_empty_stack_says_what_that_means(form: Form) -> None:
    editor = steps_of(form)

    assert editor.get() == ()
    assert "No steps: the picture stays as it is." in _texts(form)


@pytest.mark.parametrize("width", [200, NARROW, 320])
def test_titles_and_buttons_fit_a_narrow_panel(form: Form, qtbot: QtBot, width: int) -> None:
    form.resize(width, 800)
    editor = steps_of(form)
    editor.set(["watermark:text=" + 60 * "w", "resize"])
    qtbot.waitUntil(lambda: editor.widget.width() == width)

    for row in editor.rows:
        last = row.button(Verb.REMOVE)
        assert last.mapTo(form, last.rect().topRight()).x() < width
        longest = max(row.title.split(), key=row.line.fontMetrics().horizontalAdvance)
        assert row.title_width >= row.line.fontMetrics().horizontalAdvance(longest)
    assert form.minimumSizeHint().width() <= width


def test_a_field_that_has_no_meaning_in_a_step_is_not_shown(form: Form) -> None:
    editor = steps_of(form)
    editor.set(["watermark"])
    editor.stack.unfold(editor.rows[0])
    inner = editor.rows[0].form
    assert inner is not None
    before = inner.editor("gap").widget.isVisibleTo(inner)

    inner.set_values({"tile": True})

    assert (before, inner.editor("gap").widget.isVisibleTo(inner)) == (False, True)


def test_setting_the_same_steps_again_leaves_the_open_one_open(form: Form) -> None:
    editor = steps_of(form)
    editor.set(["resize", "grey"])
    editor.stack.unfold(editor.rows[0])

    editor.set(editor.get())

    assert editor.rows[0].is_unfolded


def test_steps_are_remembered_for_the_next_start(form: Form, tmp_path: object) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path)})
    home.make()
    form.set_values({"stack": ["watermark:text='a, b',off"], "more": [Extra(steps=(_grey(),))]})
    first = Remembered(home)
    first.put_values("options", specs(Stacking), form.values())
    first.save()

    found = Remembered(home).values("options", specs(Stacking))

    assert found == form.values()


def _grey() -> Step:
    return CODEC.parse("grey")


def _texts(form: Form) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel) if label.isVisible()]
