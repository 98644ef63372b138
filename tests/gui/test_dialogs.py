"""Settings, help, actions, and what the window remembers."""

import html
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from desktopproc import ops
from desktopproc.core.operation import described_in
from desktopproc.core.schema import specs
from desktopproc.core.settings import Settings
from desktopproc.engine import config, presets
from desktopproc.engine.home import Home
from desktopproc.engine.presets import Preset
from desktopproc.gui import help_pages
from desktopproc.gui.actions import ACTIONS
from desktopproc.gui.drives import DrivesEditor, mounted
from desktopproc.gui.help import AboutDialog, HelpDialog
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.licences_dialog import LicencesDialog
from desktopproc.gui.remembered import Remembered
from desktopproc.gui.settings_dialog import SettingsDialog
from tests.gui import stacking
from tests.gui.conftest import OPERATIONS, OpenWindow
from tests.saboteurs.copying import Copying

SECTIONS = dict.fromkeys(spec.section for spec in specs(Settings))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    made.make()
    return made


def open_settings(qtbot: QtBot, home: Home, environment: dict[str, str]) -> SettingsDialog:
    io = QtIoPool(1)
    dialog = SettingsDialog(home, config.load(home, environment=environment), io)
    qtbot.addWidget(dialog)
    dialog.destroyed.connect(lambda: io.close())
    return dialog


def test_a_changed_setting_is_saved_and_the_others_are_not_written(
    qtbot: QtBot, home: Home
) -> None:
    dialog = open_settings(qtbot, home, {})
    box = dialog.form("Performance").editor("cpu_workers").widget
    assert isinstance(box, QSpinBox)
    box.setValue(3)

    with qtbot.waitSignal(dialog.saved):
        dialog.accept()

    assert config.load(home, environment={}).settings.cpu_workers == 3
    assert home.config_file.read_text(encoding="utf-8").split() == ["cpu_workers", "=", "3"]


def test_a_setting_that_is_put_back_leaves_the_file(qtbot: QtBot, home: Home) -> None:
    config.set_value(home, "cpu_workers", 3)
    dialog = open_settings(qtbot, home, {})

    dialog.form("Performance").reset()
    dialog.accept()

    assert home.config_file.read_text(encoding="utf-8").strip() == ""


def test_a_setting_held_by_the_environment_is_locked_and_says_by_what(
    qtbot: QtBot, home: Home
) -> None:
    dialog = open_settings(qtbot, home, {"DESKTOPPROC_CPU_WORKERS": "2"})
    widget = dialog.form("Performance").editor("cpu_workers").widget

    assert not widget.isEnabled()
    assert "DESKTOPPROC_CPU_WORKERS" in widget.toolTip()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_settings_has_a_tab(qtbot: QtBot, home: Home, section: str) -> None:
    assert open_settings(qtbot, home, {}).form(section) is not None


def test_every_mounted_drive_can_be_set(qtbot: QtBot) -> None:
    (spec,) = (spec for spec in specs(Settings) if spec.name == "drives")
    io = QtIoPool(1)
    editor = DrivesEditor(spec, io)
    qtbot.addWidget(editor.widget)
    editor.set(("/gone=network",))
    expected = {mount for mount, _ in mounted()} | {"/gone"}
    qtbot.waitUntil(lambda: len(editor.widget.findChildren(QComboBox)) == len(expected))

    for box in editor.widget.findChildren(QComboBox):
        box.setCurrentIndex(box.findData("hdd"))

    assert set(editor.get()) == {f"{mount}=hdd" for mount in expected}
    io.close()


def test_new_settings_reach_the_running_window(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    window.trigger("settings")
    dialog = window.dialogs.opened
    assert isinstance(dialog, SettingsDialog)

    dialog.form("General").set_values({"name_template": "{stem}-{width}"})
    dialog.accept()

    assert window.todo.output().template == "{stem}-{width}"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_has_words_a_key_and_a_tip(action: object) -> None:
    (described,) = (each for each in ACTIONS if each is action)

    assert described.text
    assert described.tip
    assert not QKeySequence(described.shortcut).isEmpty()


def test_no_two_actions_share_a_key() -> None:
    keys = [QKeySequence(each.shortcut).toString() for each in ACTIONS]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_a_help_page_with_all_its_options(name: str) -> None:
    page = help_pages.page_of(OPERATIONS[name])

    assert OPERATIONS[name].title in page
    assert all(spec.flag in page for spec in specs(OPERATIONS[name].options))


def test_the_help_writes_units_as_they_are() -> None:
    assert "such as 500 kB." in help_pages.page_of(OPERATIONS["convert"])


def test_the_help_opens_with_the_first_steps(qtbot: QtBot) -> None:
    dialog = HelpDialog(OPERATIONS.values())
    qtbot.addWidget(dialog)

    assert "First steps" in dialog.browser.toPlainText()


def test_the_help_shows_the_guide_with_its_links_and_pictures(qtbot: QtBot) -> None:
    dialog = HelpDialog(OPERATIONS.values())
    qtbot.addWidget(dialog)
    shown = []

    for row in range(len(help_pages.GUIDE)):
        dialog.names.setCurrentRow(row)
        shown.append(dialog.browser.toPlainText())
    picture = dialog.browser.loadResource(
        QTextDocument.ResourceType.ImageResource.value, QUrl("how-it-works.svg")
    )
    dialog.names.setCurrentRow(0)
    dialog.browser.anchorClicked.emit(QUrl("common-jobs.md"))

    assert all(len(text) > 500 for text in shown)
    assert len(set(shown)) == len(shown)
    assert picture
    assert dialog.names.currentItem().text() == "Ten common jobs"


def test_the_guide_calls_things_as_the_window_does(qtbot: QtBot, tmp_path: Path) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path)})
    operations = ops.load()
    described = [spec for each in operations.values() for spec in specs(each.options)]
    known = {each.title for each in operations.values()} | {"Output"}
    known |= {spec.label for spec in described} | {spec.section for spec in described}
    known |= {label for spec in described for _, label in spec.choices}
    known |= {preset.title for preset in presets.listed(home, operations)}
    known |= {each.text.replace("&", "") for each in ACTIONS}

    named = {
        words
        for file in ("first-steps.md", "common-jobs.md")
        for words in re.findall(r"\*\*(.+?)\*\*", help_pages.guide_page(file)[1])
    }

    assert len(named) > 15
    assert named <= known


def test_the_help_tells_every_setting_and_where_it_can_be_set() -> None:
    page = help_pages.settings_page()

    for spec in specs(Settings):
        assert f"<b>{html.escape(spec.label)}</b>" in page
        assert f"<code>{spec.environment}</code>" in page


def test_the_help_explains_each_step_under_its_group_with_its_options() -> None:
    (operation,) = described_in(vars(stacking))

    page = help_pages.page_of(operation)

    for kind in stacking.kinds().values():
        inside = page[page.index(f"<h4>{kind.group}</h4>") :]
        assert kind.title in inside
        assert kind.help in inside
        assert all(f"{spec.word}=" in inside for spec in specs(kind.options))
    assert all(spec.label in page for spec in specs(stacking.Extra))


def test_the_help_lists_the_presets_with_what_they_set() -> None:
    own = Preset("Web & wall", "stacking", stacking.Stacking(quality=70))
    built_in = Preset("small", "copy", Copying(), title="Small", help="For mail.", is_builtin=True)

    page = help_pages.presets_page([own, built_in], {"stacking": "Stacking", "copy": "Copy"})

    assert page.index("<h3>Copy</h3>") < page.index("Small") < page.index("<h3>Stacking</h3>")
    assert "Web &amp; wall" in page
    assert "Quality 70" in page
    assert "Built in. For mail." in page


def test_the_about_box_tells_version_and_licence(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)

    assert dialog.windowTitle() == "About desktopproc"


def test_the_about_box_shows_the_licence_of_every_part(qtbot: QtBot) -> None:
    about = AboutDialog()
    qtbot.addWidget(about)

    about.licences.click()
    dialog = about.findChild(LicencesDialog)
    assert dialog is not None
    found = {
        item.text(0): item
        for number in range(dialog.parts.topLevelItemCount())
        if (item := dialog.parts.topLevelItem(number)) is not None
    }
    own = dialog.text.toPlainText()
    dialog.parts.setCurrentItem(found["pillow"])

    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in own
    assert "MIT-CMU" in found["pillow"].text(2)
    assert "Python Imaging Library" in dialog.text.toPlainText()


def test_the_next_window_begins_as_the_last_one_ended(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    first = open_window()
    first.todo.choose("copy")
    first.todo.form.set_values({"steps": 42})
    first.todo.output_form.set_values({"name_template": "{stem}-x"})
    first.trigger("details")
    first.close()
    first.work.close()

    second = open_window()

    assert second.todo.operation.name == "copy"
    assert second.todo.form.values()["steps"] == 42
    assert second.todo.output().template == "{stem}-x"
    assert not second.details.isVisible()


def test_damaged_memories_are_forgotten(qtbot: QtBot, home: Home) -> None:
    remembered = Remembered(home)
    remembered.put("output", "{not json")
    remembered.put("options/copy", '{"steps": 0, "suffix": ".md", "gone": 1}')
    remembered.put("geometry", "text")

    assert remembered.values("output", specs(Settings)) == {}
    assert remembered.values("options/copy", specs(OPERATIONS["copy"].options)) == {"suffix": ".md"}
    assert remembered.bytes("geometry") == QByteArray()


def test_the_whole_window_can_be_used_from_the_keyboard(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    window = open_window()
    window.todo.choose("copy")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.add([tmp_path / "a.txt"])
    qtbot.waitUntil(lambda: window.may("start"))

    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.work.update.counts.done == 1, timeout=30_000)
    QTest.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.may("remove"))
    QTest.keyClick(window, Qt.Key.Key_Delete)

    qtbot.waitUntil(lambda: window.rows.rowCount() == 0, timeout=30_000)
    assert (tmp_path / "out" / "a.txt").read_text() == "a\n"
