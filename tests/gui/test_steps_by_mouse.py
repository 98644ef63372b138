"""Steps and presets in the real window with a real mouse: added, dragged, saved, found again."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktopproc.core.operation import described_in
from desktopproc.core.steps import Step
from desktopproc.gui.preset_dialog import PresetDialog
from desktopproc.gui.stack_row import Verb
from desktopproc.gui.step_editor import StepEditor
from desktopproc.gui.window import MainWindow
from tests.gui import mouse, stacking
from tests.gui.conftest import OPERATIONS, OpenWindow
from tests.gui.stacking import Extra, Marking, Resizing, Stacking

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]
LIMIT_MS = 30_000
WITH_STEPS = OPERATIONS | {each.name: each for each in described_in(vars(stacking))}


@pytest.fixture
def window(real_screen: str, qtbot: QtBot, open_window: OpenWindow) -> MainWindow:
    opened = open_window(WITH_STEPS)
    opened.move(0, 0)
    opened.todo.choose("stacking")
    qtbot.waitUntil(lambda: steps_of(opened).add_button.isVisible(), timeout=LIMIT_MS)
    return opened


def steps_of(window: MainWindow) -> StepEditor:
    editor = window.todo.form.editor("stack")
    assert isinstance(editor, StepEditor)
    return editor


def wait_until_still(qtbot: QtBot, widget: QWidget) -> None:
    """Wait until a change of the layout has come to its end."""
    seen: list[tuple[int, int, int]] = []

    def is_still() -> bool:
        place = widget.mapToGlobal(QPoint(0, 0))
        seen.append((place.x(), place.y(), widget.height()))
        return len(seen) > 5 and len(set(seen[-5:])) == 1

    qtbot.waitUntil(is_still, timeout=LIMIT_MS)


def bring_into_view(qtbot: QtBot, widget: QWidget) -> None:
    """Scroll as a user would before clicking, and wait until the layout has settled."""
    wait_until_still(qtbot, widget)
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    assert above is not None
    area = above

    def is_seen() -> bool:
        area.ensureWidgetVisible(widget)
        return bool(widget.visibleRegion().boundingRect() == widget.rect())

    qtbot.waitUntil(is_seen, timeout=LIMIT_MS)
    wait_until_still(qtbot, widget)


def click_in_menu(qtbot: QtBot, menu: QMenu, text: str) -> None:
    qtbot.waitUntil(menu.isVisible, timeout=LIMIT_MS)
    action = next(each for each in menu.actions() if each.text() == text)
    mouse.click(menu, menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: not menu.isVisible(), timeout=LIMIT_MS)


def add(qtbot: QtBot, window: MainWindow, title: str) -> None:
    editor = steps_of(window)
    before = len(editor.rows)
    bring_into_view(qtbot, editor.add_button)
    mouse.click_until(qtbot, editor.add_button, editor.menu.isVisible)
    click_in_menu(qtbot, editor.menu, title)
    qtbot.waitUntil(lambda: len(editor.rows) == before + 1, timeout=LIMIT_MS)


def kinds(window: MainWindow) -> list[str]:
    return [step.kind for step in steps_of(window).get()]


def drag(qtbot: QtBot, editor: StepEditor, source: int, target: int) -> None:
    """Drag one line onto another by its title, slowly enough to be a drag."""
    wait_until_still(qtbot, editor.stack)
    line, other = editor.rows[source].line, editor.rows[target].line
    start = line.mapToGlobal(QPoint(line.width() // 3, line.height() // 2))
    end = other.mapToGlobal(QPoint(line.width() // 3, other.height() - 2))
    mouse.press_at(start)
    for step in range(1, 9):
        mouse.move_to(start + (end - start) * step / 8)
    mouse.release()


def test_two_steps_are_added_one_dragged_below_the_other_and_one_switched_off(
    qtbot: QtBot, window: MainWindow
) -> None:
    add(qtbot, window, "Text watermark")
    add(qtbot, window, "Resize")
    editor = steps_of(window)
    assert kinds(window) == ["watermark", "resize"]

    editor.stack.unfold(None)
    bring_into_view(qtbot, editor.rows[1].line)
    drag(qtbot, editor, 0, 1)
    qtbot.waitUntil(lambda: kinds(window) == ["resize", "watermark"], timeout=LIMIT_MS)
    bring_into_view(qtbot, editor.rows[1].line)
    mouse.click_until(qtbot, editor.rows[1].checkbox, lambda: not editor.rows[1].is_on)

    off = Step("watermark", Marking(), is_on=False)
    assert window.todo.options() == Stacking(stack=(Step("resize", Resizing()), off))


def test_a_click_unfolds_a_step_and_its_buttons_work(qtbot: QtBot, window: MainWindow) -> None:
    editor = steps_of(window)
    editor.set(["grey", "resize"])

    bring_into_view(qtbot, editor.rows[1].line)
    second = editor.rows[1]
    mouse.click_until(qtbot, second.line, lambda: second.is_unfolded, QPoint(60, 14))
    wait_until_still(qtbot, second.line)
    up, turned = second.button(Verb.UP), ["resize", "grey"]
    mouse.click_until(qtbot, up, lambda: kinds(window) == turned)
    bring_into_view(qtbot, editor.rows[1].line)
    remove = editor.rows[1].button(Verb.REMOVE)
    mouse.click_until(qtbot, remove, lambda: kinds(window) == ["resize"])


def test_a_preset_is_saved_and_found_again_by_the_next_window(
    qtbot: QtBot, window: MainWindow, open_window: OpenWindow
) -> None:
    add(qtbot, window, "Greyscale")
    bar = window.todo.presets

    wait_until_still(qtbot, bar.more)
    mouse.click_until(qtbot, bar.more, bar.menu.isVisible)
    click_in_menu(qtbot, bar.menu, bar.action("save_as").text())
    dialog = bar.dialog
    assert isinstance(dialog, PresetDialog)
    qtbot.waitUntil(dialog.line.hasFocus, timeout=LIMIT_MS)
    wait_until_still(qtbot, dialog)
    mouse.type_text("Old film")
    qtbot.waitUntil(dialog.save.isEnabled, timeout=LIMIT_MS)
    wait_until_still(qtbot, dialog.save)
    mouse.click_until(qtbot, dialog.save, lambda: bar.box.currentText() == "Old film")
    steps_of(window).set(["grey", "resize"])
    changed = bar.box.currentText()
    window.close()
    window.work.close()

    again = open_window(WITH_STEPS)
    box = again.todo.presets.box
    qtbot.waitUntil(lambda: box.currentText() == "Old film (changed)", timeout=LIMIT_MS)
    reset = again.todo.presets.reset

    mouse.click_until(qtbot, reset, lambda: box.currentText() == "Old film")
    assert changed == "Old film (changed)"
    assert kinds(again) == ["grey"]


def test_a_preset_file_is_imported_by_dropping_it_on_the_presets(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "For the wall.toml"
    file.write_text(
        'operation = "stacking"\n[options]\nstack = ["resize:width=4000", "sharpen"]\n'
        '[[options.more]]\nfolder = "small"\n',
        encoding="utf-8",
    )
    bar = window.todo.presets
    window.todo.choose("thumbnail")

    with mouse.drag_source(file) as start:
        end = bar.mapToGlobal(bar.rect().center())
        mouse.press_at(start)
        for step in range(1, 11):
            mouse.move_to(start + (end - start) * step / 10)
        qtbot.waitUntil(lambda: bar.is_invited, timeout=LIMIT_MS)
        sheet = window.drop_sheet.isVisible()
        mouse.move_to(end + QPoint(3, 3))
        mouse.release()
        qtbot.waitUntil(lambda: bar.box.currentText() == "For the wall", timeout=LIMIT_MS)

    assert window.todo.operation.name == "stacking"
    assert kinds(window) == ["resize", "sharpen"]
    assert window.todo.form.values()["more"] == (Extra(folder="small"),)
    assert not sheet
    assert not bar.is_invited
    assert len(window.work.staging) == 0
