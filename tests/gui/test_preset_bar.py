"""The presets above the options: chosen, changed, saved, renamed, deleted, imported."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktopproc.core.job import Conflict, Job
from desktopproc.engine.presets import Preset
from desktopproc.gui.preset_bar import PresetBar
from desktopproc.gui.preset_dialog import PresetDialog
from desktopproc.gui.questions import Answer, Question
from desktopproc.gui.window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.saboteurs.copying import Copying

LIMIT_MS = 30_000


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow) -> MainWindow:
    opened = open_window()
    opened.todo.choose("copy")
    return opened


def save(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Save the options as the user would, by the menu and the dialog."""
    window.todo.presets.action("save_as").trigger()
    dialog = window.todo.presets.dialog
    assert isinstance(dialog, PresetDialog)
    dialog.line.setText(name)
    assert dialog.save.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: window.todo.presets.box.currentText() == name, timeout=LIMIT_MS)


def titles(bar: PresetBar) -> list[str]:
    texts = [bar.box.itemText(place) for place in range(bar.box.count())]
    return [text for text in texts if text]


def pick(bar: PresetBar, title: str) -> None:
    place = bar.box.findText(title)
    bar.box.setCurrentIndex(place)
    bar.box.activated.emit(place)


def answer(question: QDialog | None, words: str) -> None:
    assert isinstance(question, Question)
    button = next(each for each in question.buttons() if each.text() == words)
    assert isinstance(button, QPushButton)
    button.click()


def test_choosing_a_preset_shows_its_options_again(qtbot: QtBot, window: MainWindow) -> None:
    bar, form = window.todo.presets, window.todo.form
    form.set_values({"steps": 7, "suffix": ".md"})
    save(qtbot, window, "Seven")
    form.set_values({"steps": 8})
    save(qtbot, window, "Eight")

    pick(bar, "Seven")

    assert form.values() == {"steps": 7, "suffix": ".md"}
    assert bar.box.currentText() == "Seven"
    assert not bar.is_changed


def test_changed_options_are_marked_and_saved_in_the_same_preset(
    qtbot: QtBot, window: MainWindow
) -> None:
    bar, form = window.todo.presets, window.todo.form
    save(qtbot, window, "Mine")
    could_save = bar.action("save").isEnabled()

    form.set_values({"steps": 9})
    marked = bar.box.currentText()
    bar.action("save").trigger()
    qtbot.waitUntil(lambda: not bar.is_changed, timeout=LIMIT_MS)

    assert (could_save, marked, bar.box.currentText()) == (False, "Mine (changed)", "Mine")
    saved = window.work.shelf.named("Mine")
    assert saved is not None
    assert saved.options == Copying(steps=9)


def test_without_a_preset_the_button_beside_it_brings_the_defaults_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.todo.form.set_values({"steps": 9})

    window.todo.presets.reset.click()

    assert window.todo.options() == Copying()
    assert not window.todo.presets.reset.isEnabled()


def test_a_renamed_preset_stays_chosen_with_what_was_changed_in_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    bar = window.todo.presets
    save(qtbot, window, "Old")
    window.todo.form.set_values({"steps": 9})

    bar.action("rename").trigger()
    dialog = bar.dialog
    assert isinstance(dialog, PresetDialog)
    dialog.line.setText("New")
    dialog.save.click()

    qtbot.waitUntil(lambda: bar.box.currentText() == "New (changed)", timeout=LIMIT_MS)
    assert titles(bar)[-1] == "New (changed)"
    assert "Old" not in titles(bar)
    assert window.todo.options() == Copying(steps=9)


def test_a_preset_goes_only_after_a_question(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.todo.presets
    save(qtbot, window, "Gone")

    bar.action("delete").trigger()
    answer(bar.dialog, Answer.KEEP.value)
    kept = "Gone" in titles(bar)
    bar.action("delete").trigger()
    answer(bar.dialog, Answer.DELETE.value)

    qtbot.waitUntil(lambda: "Gone" not in titles(bar), timeout=LIMIT_MS)
    assert kept
    assert bar.box.currentText() == "No preset"
    assert not bar.action("delete").isEnabled()


def test_a_name_that_is_taken_is_said_before_it_is_replaced(
    qtbot: QtBot, window: MainWindow
) -> None:
    save(qtbot, window, "Mine")
    bar = window.todo.presets

    bar.action("save_as").trigger()
    dialog = bar.dialog
    assert isinstance(dialog, PresetDialog)
    dialog.line.setText("MINE")
    taken = (dialog.note, dialog.save.text())
    dialog.line.setText("  ")
    empty = dialog.save.isEnabled()
    dialog.reject()

    assert taken == ("There is a preset 'Mine' already. It will be replaced.", "Replace")
    assert not empty


def test_a_built_in_preset_cannot_be_taken_over(qtbot: QtBot, window: MainWindow) -> None:
    built_in = Preset("web", "copy", Copying(), title="Web", is_builtin=True)
    dialog = PresetDialog(
        "Save", "web", lambda _name: built_in, lambda *_: None, is_new=True, parent=window
    )

    assert not dialog.save.isEnabled()
    assert dialog.note == "There is a preset 'web' already. Choose another name."


def test_the_output_is_kept_only_when_that_was_asked_for(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bar, output = window.todo.presets, window.todo.output_form
    save(qtbot, window, "Options only")
    output.set_values({"folder": tmp_path / "there", "on_conflict": Conflict.OVERWRITE})
    without = bar.is_changed
    bar.action("save_as").trigger()
    dialog = bar.dialog
    assert isinstance(dialog, PresetDialog)
    dialog.line.setText("All of it")
    dialog.has_output.setChecked(True)
    dialog.save.click()
    qtbot.waitUntil(lambda: bar.box.currentText() == "All of it", timeout=LIMIT_MS)
    output.set_values({"folder": tmp_path / "elsewhere", "on_conflict": Conflict.SKIP})
    with_output = bar.is_changed

    pick(bar, bar.box.itemText(bar.box.findData("All of it")))

    assert (without, with_output) == (False, True)
    plan = window.todo.output()
    assert (plan.folder, plan.conflict) == (tmp_path / "there", Conflict.OVERWRITE)


def test_importing_never_replaces_a_preset(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    save(qtbot, window, "Mine")
    file = tmp_path / "mine.toml"
    file.write_text('operation = "copy"\n[options]\nsteps = 5\n', encoding="utf-8")
    bar = window.todo.presets

    window.work.shelf.take_in([file])

    qtbot.waitUntil(lambda: bar.box.currentText() == "mine (2)", timeout=LIMIT_MS)
    assert "Mine" in titles(bar)
    assert window.todo.options() == Copying(steps=5)
    assert window.notices.said.text == "The preset mine (2) was imported."


@pytest.mark.parametrize(
    "content",
    ["not a preset", 'operation = "gone"\n', 'operation = "copy"\n[options]\nsteps = 0\n'],
)
def test_a_file_that_is_no_preset_is_told_in_a_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(content, encoding="utf-8")

    window.work.shelf.take_in([file])

    qtbot.waitUntil(window.notices.trouble.isVisible, timeout=LIMIT_MS)
    assert "bad.toml" in window.notices.trouble.text
    assert window.todo.presets.box.currentText() == "No preset"


def test_a_preset_written_to_a_file_can_be_taken_in_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.todo.form.set_values({"steps": 6})
    save(qtbot, window, "Out")
    preset = window.work.shelf.named("Out")
    assert preset is not None
    file = tmp_path / "In.toml"

    window.work.shelf.write(file, replace(preset, name="In"))
    qtbot.waitUntil(lambda: "In.toml" in window.notices.said.text, timeout=LIMIT_MS)
    window.work.shelf.take_in([file])

    qtbot.waitUntil(lambda: window.todo.presets.box.currentText() == "In", timeout=LIMIT_MS)
    assert window.todo.options() == Copying(steps=6)


def test_a_run_carries_the_name_of_its_preset(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    save(qtbot, window, "Named")
    window.add([tmp_path / "a.txt"])
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)

    window.trigger("start")
    qtbot.waitUntil(lambda: window.work.update.counts.done == 1, timeout=LIMIT_MS)

    reader = window.work.engine.reader()
    try:
        (batch,) = reader.batches()
    finally:
        reader.close()
    assert batch.title == "Named"
    assert isinstance(window.rows.row(0), Job)


def test_each_operation_remembers_its_own_preset(qtbot: QtBot, window: MainWindow) -> None:
    save(qtbot, window, "Mine")

    window.todo.choose("thumbnail")
    other = window.todo.presets.box.currentText()
    window.todo.choose("copy")

    assert (other, window.todo.presets.box.currentText()) == ("No preset", "Mine")


def test_what_a_preset_says_of_names_goes_when_another_is_chosen(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window()
    window.todo.choose("convert")
    bar, names = window.todo.presets, window.todo.output_form.editor("name_template")
    qtbot.waitUntil(lambda: "Passport sheet" in titles(bar), timeout=LIMIT_MS)
    names.set("{stem} of mine")

    pick(bar, "Passport sheet")
    lent = names.get()
    pick(bar, "Web")

    assert lent == "{stem} passport"
    assert names.get() == "{stem} of mine"
    assert not bar.is_changed


def test_what_a_preset_says_of_names_stays_with_its_operation(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window()
    window.todo.choose("convert")
    bar, names = window.todo.presets, window.todo.output_form.editor("name_template")
    qtbot.waitUntil(lambda: "Passport sheet" in titles(bar), timeout=LIMIT_MS)
    usual = names.get()
    pick(bar, "Passport sheet")

    window.todo.choose("organize")
    elsewhere = names.get()
    window.todo.choose("convert")

    assert elsewhere == usual
    assert (names.get(), bar.box.currentText()) == ("{stem} passport", "Passport sheet")


def test_the_next_window_knows_which_names_a_preset_has_lent(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window()
    window.todo.choose("convert")
    qtbot.waitUntil(lambda: "Web" in titles(window.todo.presets), timeout=LIMIT_MS)
    usual = window.todo.output_form.editor("name_template").get()
    pick(window.todo.presets, "Passport sheet")
    window.close()
    window.work.close()

    again = open_window()
    bar, names = again.todo.presets, again.todo.output_form.editor("name_template")
    qtbot.waitUntil(lambda: bar.box.currentText() == "Passport sheet", timeout=LIMIT_MS)
    lent = names.get()
    pick(bar, "Web")

    assert (lent, names.get()) == ("{stem} passport", usual)


def test_what_a_user_changes_in_lent_names_is_not_taken_back(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window()
    window.todo.choose("convert")
    bar, names = window.todo.presets, window.todo.output_form.editor("name_template")
    qtbot.waitUntil(lambda: "Passport sheet" in titles(bar), timeout=LIMIT_MS)
    pick(bar, "Passport sheet")

    names.set("{stem} for the office")
    pick(bar, "Web")

    assert names.get() == "{stem} for the office"


def test_a_broken_preset_is_told_of_quietly(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.todo.presets
    save(qtbot, window, "Right")
    before = bar.troubles.isVisibleTo(bar)

    (window.work.home.presets / "Wrong.toml").write_text('operation = "nowhere"\n')
    window.work.shelf.load()
    qtbot.waitUntil(lambda: bar.troubles.isVisibleTo(bar), timeout=LIMIT_MS)
    bar.troubles.click()

    assert not before
    assert "nowhere" in bar.troubles.toolTip()
    assert isinstance(bar.dialog, QMessageBox)
    assert "nowhere" in bar.dialog.informativeText()
    bar.dialog.close()
    (window.work.home.presets / "Wrong.toml").unlink()
    window.work.shelf.load()
    qtbot.waitUntil(lambda: not bar.troubles.isVisibleTo(bar), timeout=LIMIT_MS)
