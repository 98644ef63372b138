"""The real window, a real screen, a real mouse: from a dragged folder to a resumed queue."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktopproc.core.job import Job, State
from desktopproc.gui.questions import Answer, Question
from desktopproc.gui.row_buttons import Button
from desktopproc.gui.window import MainWindow
from tests.gui import mouse
from tests.gui.conftest import OpenWindow

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]
LIMIT_MS = 30_000


def photo(path: Path, shade: int) -> None:
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    for line in range(480):
        for column in range(0, 640, 16):
            image.setPixel(column, line, (shade * line * column) & 0xFFFFFF)
    assert image.save(str(path), quality=90)


def drag_in(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    """Drag from another program's window, drop in the middle of ours, wait until it was read."""
    middle = window.mapToGlobal(window.rect().center())
    before = len(window.work.staging)
    with mouse.drag_source(*paths) as start:
        mouse.press_at(start)
        for step in range(1, 11):
            mouse.move_to(start + (middle - start) * step / 10)
        qtbot.waitUntil(lambda: window.drop_sheet.isVisible(), timeout=LIMIT_MS)
        mouse.move_to(middle + QPoint(3, 3))
        mouse.release()
        qtbot.waitUntil(lambda: len(window.work.staging) > before, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)
    assert not window.drop_sheet.isVisible()


def press(window: MainWindow, name: str) -> None:
    button = window.tool_button(name)
    assert isinstance(button, QToolButton)
    mouse.click(button)


def states(window: MainWindow) -> list[State | None]:
    rows = [window.rows.row(number) for number in range(window.rows.rowCount())]
    return [row.state if isinstance(row, Job) else None for row in rows]


def wait_for_states(qtbot: QtBot, window: MainWindow, *wanted: State) -> None:
    qtbot.waitUntil(lambda: states(window) == list(wanted), timeout=LIMIT_MS)


def press_row(qtbot: QtBot, window: MainWindow, number: int, button: Button) -> None:
    qtbot.waitUntil(lambda: window.view.button_place(number, button) is not None, timeout=LIMIT_MS)
    mouse.click(window.view.viewport(), window.view.button_place(number, button))


def answer(qtbot: QtBot, question: Question, words: str) -> None:
    button = next(b for b in question.buttons() if b.text() == words)
    qtbot.waitUntil(button.isVisible, timeout=LIMIT_MS)
    assert isinstance(button, QPushButton)
    mouse.click(button)


@pytest.mark.qt_log_ignore("Corrupt JPEG data")  # the preview of the damaged photo
def test_a_dragged_folder_is_worked_off_and_a_failed_row_retried(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        photo(folder / f"p{number}.jpg", number + 1)
    whole = (folder / "p1.jpg").read_bytes()
    (folder / "p1.jpg").write_bytes(whole[: len(whole) // 3])
    window = open_window()
    window.todo.choose("thumbnail")

    drag_in(qtbot, window, folder)
    press(window, "start")
    wait_for_states(qtbot, window, State.DONE, State.FAILED, State.DONE)
    (folder / "p1.jpg").write_bytes(whole)
    press_row(qtbot, window, 1, Button.RETRY)
    wait_for_states(qtbot, window, State.DONE, State.DONE, State.DONE)

    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["p0.jpg", "p1.jpg", "p2.jpg"]
    assert all(not QImage(str(path)).isNull() for path in (tmp_path / "out").iterdir())


def test_one_row_is_cancelled_the_window_closed_and_the_rest_resumed(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(4):
        (folder / f"t{number}.txt").write_text("goes on")
    window = open_window()
    window.todo.choose("endless")
    drag_in(qtbot, window, folder)
    press(window, "start")
    running = [State.RUNNING, State.RUNNING, State.WAITING, State.WAITING]
    wait_for_states(qtbot, window, *running)

    press_row(qtbot, window, 0, Button.CANCEL)
    wait_for_states(qtbot, window, State.CANCELLED, State.RUNNING, State.RUNNING, State.WAITING)
    window.close()
    question = window.leaving.question
    assert question is not None
    with qtbot.waitSignal(window.left, timeout=LIMIT_MS):
        answer(qtbot, question, Answer.LEAVE.value)
    window.work.close()
    for number in range(4):
        (folder / f"t{number}.txt").write_text("good")

    again = open_window()
    qtbot.waitUntil(again.notices.unfinished.isVisible, timeout=LIMIT_MS)
    assert again.notices.unfinished.text.startswith("3 jobs unfinished from last time")
    mouse.click(again.notices.unfinished.button("Resume"))
    wait_for_states(qtbot, again, State.CANCELLED, State.DONE, State.DONE, State.DONE)
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["t1.txt", "t2.txt", "t3.txt"]
