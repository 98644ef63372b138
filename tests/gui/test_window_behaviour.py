"""What the window does with files, batches and questions, without a mouse."""

import warnings
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktopproc.core.job import Job, State
from desktopproc.gui.questions import Answer, Question
from desktopproc.gui.theme import Tone
from desktopproc.gui.window import MainWindow
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000


def write(folder: Path, number: int, text: str = "goes on") -> list[Path]:
    folder.mkdir(exist_ok=True)
    files = [folder / f"t{place}.txt" for place in range(number)]
    for file in files:
        file.write_text(text)
    return files


def stage(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    window.add(list(paths))
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)


def do(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Do what an action does, as soon as it may be done."""
    qtbot.waitUntil(lambda: window.may(name), timeout=LIMIT_MS)
    window.trigger(name)


def states(window: MainWindow) -> list[State]:
    rows = [window.rows.row(number) for number in range(window.rows.rowCount())]
    return [row.state for row in rows if isinstance(row, Job)]


def wait_for_states(qtbot: QtBot, window: MainWindow, *wanted: State) -> None:
    qtbot.waitUntil(lambda: states(window) == list(wanted), timeout=LIMIT_MS)


def answer(question: Question | None, answer: Answer) -> None:
    assert question is not None
    button = next(b for b in question.buttons() if b.text() == answer.value)
    assert isinstance(button, QPushButton)
    button.click()


def test_a_drop_returns_before_anything_was_looked_at(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 3)
    window = open_window()
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(tmp_path / "in")), QUrl("https://example.org/a.jpg")])
    held, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action, place = Qt.DropAction.CopyAction, QPoint(10, 10)
    with warnings.catch_warnings():
        # Qt 6.12 wants another kind of point, which 6.11 does not take
        warnings.simplefilter("ignore", DeprecationWarning)
        entering = QDragEnterEvent(place, action, content, held, none)
    QApplication.sendEvent(window, entering)

    QApplication.sendEvent(window, QDropEvent(place, action, content, held, none))
    staged_at_once = len(window.work.staging)

    assert staged_at_once == 0
    assert "Only files on this computer" in window.notices.trouble.text
    qtbot.waitUntil(lambda: len(window.work.staging) == 3, timeout=LIMIT_MS)


def test_copied_files_can_be_pasted(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    (file,) = write(tmp_path / "in", 1)
    window = open_window()
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(file))])
    QGuiApplication.clipboard().setMimeData(content)

    do(qtbot, window, "paste")

    qtbot.waitUntil(lambda: len(window.work.staging) == 1, timeout=LIMIT_MS)


def test_what_the_operation_does_not_take_stays_on_the_list(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 2)
    window = open_window()
    window.todo.choose("thumbnail")

    window.add([tmp_path / "in"])
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)

    assert not window.may("start")
    assert len(window.work.staging) == 2


def test_files_start_by_themselves_where_the_user_set_it_so(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 2)
    window = open_window(start_when_dropped=True)
    window.todo.choose("copy")

    window.add([tmp_path / "in"])

    wait_for_states(qtbot, window, State.DONE, State.DONE)


def test_results_are_not_picked_up_as_new_files(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 2)
    write(tmp_path / "in" / "out", 5)
    window = open_window()
    window.todo.output_form.set_values({"folder": tmp_path / "in" / "out"})

    window.add([tmp_path / "in"])
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)

    assert len(window.work.staging) == 2


def test_pause_starts_nothing_new_until_it_is_released(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    files = write(tmp_path / "in", 4)
    window = open_window(cpu_workers=1)
    window.todo.choose("endless")
    stage(qtbot, window, tmp_path / "in")
    do(qtbot, window, "start")
    wait_for_states(qtbot, window, State.RUNNING, *[State.WAITING] * 3)

    do(qtbot, window, "pause")
    qtbot.waitUntil(lambda: window.work.is_paused, timeout=LIMIT_MS)
    for file in files:
        file.write_text("good")
    qtbot.waitUntil(lambda: window.work.update.is_idle, timeout=LIMIT_MS)
    paused = states(window)
    do(qtbot, window, "pause")

    assert paused[2:] == [State.WAITING] * 2  # one more was with the worker already
    qtbot.waitUntil(lambda: set(states(window)) == {State.DONE}, timeout=LIMIT_MS)


def test_stop_now_keeps_everything_for_a_later_start(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    files = write(tmp_path / "in", 2)
    window = open_window()
    window.todo.choose("endless")
    stage(qtbot, window, tmp_path / "in")
    do(qtbot, window, "start")
    wait_for_states(qtbot, window, State.RUNNING, State.RUNNING)

    do(qtbot, window, "stop")
    answer(window.stop_question, Answer.STOP_NOW)
    wait_for_states(qtbot, window, State.WAITING, State.WAITING)
    for file in files:
        file.write_text("good")
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)
    do(qtbot, window, "start")

    wait_for_states(qtbot, window, State.DONE, State.DONE)


def test_closing_while_jobs_run_asks_and_staying_changes_nothing(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 1)
    window = open_window()
    window.todo.choose("endless")
    stage(qtbot, window, tmp_path / "in")
    do(qtbot, window, "start")
    wait_for_states(qtbot, window, State.RUNNING)

    window.close()
    answer(window.leaving.question, Answer.STAY)

    assert window.isVisible()
    assert window.leaving.question is None
    assert states(window) == [State.RUNNING]


def test_unfinished_work_can_be_discarded_at_the_next_start(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 2)
    first = open_window()
    first.todo.choose("endless")
    stage(qtbot, first, tmp_path / "in")
    do(qtbot, first, "start")
    wait_for_states(qtbot, first, State.RUNNING, State.RUNNING)
    first.leaving.go()
    first.work.close()

    second = open_window()
    qtbot.waitUntil(second.notices.unfinished.isVisible, timeout=LIMIT_MS)
    second.notices.unfinished.button("Discard").click()

    wait_for_states(qtbot, second, State.CANCELLED, State.CANCELLED)
    assert not second.notices.unfinished.isVisible()


def test_files_added_while_others_run_join_with_their_own_options(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    (held,) = write(tmp_path / "in", 1)
    write(tmp_path / "more", 1, "more")
    window = open_window()
    window.todo.choose("endless")
    stage(qtbot, window, tmp_path / "in")
    do(qtbot, window, "start")
    wait_for_states(qtbot, window, State.RUNNING)

    window.todo.choose("copy")
    window.todo.form.set_values({"suffix": ".md"})
    stage(qtbot, window, tmp_path / "more")
    do(qtbot, window, "start")

    wait_for_states(qtbot, window, State.RUNNING, State.DONE)
    assert [path.name for path in (tmp_path / "out").glob("*.md")] == ["t0.md"]
    held.write_text("good")
    wait_for_states(qtbot, window, State.DONE, State.DONE)


def test_a_batch_that_cannot_be_taken_in_is_said_and_stays_staged(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 1)
    (tmp_path / "file").write_text("in the way")
    window = open_window()
    window.todo.choose("copy")
    window.todo.output_form.set_values({"folder": tmp_path / "file"})
    stage(qtbot, window, tmp_path / "in")

    do(qtbot, window, "start")

    qtbot.waitUntil(
        lambda: window.notices.trouble.isVisible() or State.FAILED in states(window),
        timeout=LIMIT_MS,
    )
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_starts_without_a_folder_for_results(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, text: str
) -> None:
    write(tmp_path / "in", 1)
    window = open_window()
    window.todo.choose("copy")
    stage(qtbot, window, tmp_path / "in")

    window.todo.output_form.set_values({"folder": text})
    qtbot.waitUntil(lambda: not window.may("start"))

    assert window.todo.error() == "Choose a folder for the results."


def test_the_log_of_a_failed_job_is_there_on_demand(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 1, "bad")
    window = open_window()
    window.todo.choose("fail")
    stage(qtbot, window, tmp_path / "in")
    do(qtbot, window, "start")
    wait_for_states(qtbot, window, State.FAILED)
    window.view.selectRow(0)

    do(qtbot, window, "log")

    qtbot.waitUntil(lambda: "t0.txt is damaged." in window.details.log_text, timeout=LIMIT_MS)


def test_a_run_that_failed_is_not_told_in_green(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write(tmp_path / "in", 1, "bad")
    window = open_window()
    window.todo.choose("fail")
    stage(qtbot, window, tmp_path / "in")

    do(qtbot, window, "start")

    qtbot.waitUntil(window.notices.said.isVisible, timeout=LIMIT_MS)
    assert window.notices.said.text == "0 done, 1 failed."
    assert window.notices.said.tone is Tone.BAD
