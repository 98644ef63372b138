"""The window that shows how the queue fares, with a real engine behind it."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopproc.core.job import State
from desktopproc.gui.health_dialog import HealthDialog
from desktopproc.gui.window import MainWindow
from tests.engine.harness import make_files
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000


def start(qtbot: QtBot, window: MainWindow, operation: str, files: list[Path]) -> None:
    """Stage these files and start them."""
    window.todo.choose(operation)
    window.add(files)
    qtbot.waitUntil(lambda: len(window.work.staging) == len(files), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)
    window.trigger("start")


def run(qtbot: QtBot, window: MainWindow, operation: str, files: list[Path]) -> None:
    """Stage these files, start them, and wait for the end."""
    before = window.work.update.counts.total
    start(qtbot, window, operation, files)
    qtbot.waitUntil(
        lambda: window.work.update.counts.total > before and not window.work.is_busy,
        timeout=LIMIT_MS,
    )


def opened(qtbot: QtBot, window: MainWindow) -> HealthDialog:
    window.trigger("health")
    dialog = window.health.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.today.text()), timeout=LIMIT_MS)
    return dialog


def test_health_shows_what_was_done_and_why_it_failed(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    run(qtbot, window, "fail", make_files(tmp_path / "in", 5))
    run(qtbot, window, "fail", make_files(tmp_path / "bad", 3, content="bad"))

    dialog = opened(qtbot, window)

    assert dialog.today.text() == "5 done, 3 failed, 38 % errors"
    assert dialog.operations.cell(0, 0) == "Fail"
    assert dialog.operations.cell(0, 1) == "5"
    assert dialog.failures.cell(0, 2) == "3"
    assert dialog.advice.text() == "Nothing stands out."


def test_curves_move_while_something_runs_and_rest_afterwards(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    dialog = opened(qtbot, window)
    start(qtbot, window, "endless", make_files(tmp_path / "in", 1, content="bad"))
    qtbot.waitUntil(lambda: len(dialog.curves["Workers busy"].values) >= 2, timeout=LIMIT_MS)
    busy = dialog.curves["Workers busy"].text
    window.work.engine.cancel_batch(None)
    qtbot.waitUntil(lambda: not window.work.is_busy, timeout=LIMIT_MS)
    places = len(dialog.curves["Workers busy"].values)

    qtbot.waitUntil(lambda: window.may("clear_finished"), timeout=LIMIT_MS)
    window.trigger("clear_finished")
    qtbot.waitUntil(lambda: window.work.update.counts.total == 0, timeout=LIMIT_MS)

    assert busy == "1 of 2"
    assert len(dialog.curves["Workers busy"].values) == places


def test_a_double_click_on_a_slow_job_selects_its_row_under_any_filter(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(slow_job_s=0.0001)
    run(qtbot, window, "copy", make_files(tmp_path / "in", 8))
    run(qtbot, window, "fail", make_files(tmp_path / "bad", 1, content="bad"))
    window.filters.choose(5)
    qtbot.waitUntil(lambda: window.rows.rowCount() == 1, timeout=LIMIT_MS)
    dialog = opened(qtbot, window)
    dialog.tabs.setCurrentWidget(dialog.slow)
    name = dialog.slow.cell(3, 0)

    place = dialog.slow.visualRect(dialog.slow.model().index(3, 0)).center()
    QTest.mouseClick(dialog.slow.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    QTest.mouseDClick(dialog.slow.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))

    qtbot.waitUntil(lambda: window.view.current() is not None, timeout=LIMIT_MS)
    row = window.view.current()
    assert getattr(row, "name", "") == name
    assert getattr(row, "state", None) is State.DONE


def test_health_can_be_copied_as_text(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    run(qtbot, window, "copy", make_files(tmp_path / "in", 2))
    dialog = opened(qtbot, window)

    dialog.copy.click()

    lines = QGuiApplication.clipboard().text().splitlines()
    assert "Ended today\t2 done, 0 failed, 0 % errors" in lines
    assert any(line.startswith("copy\t2\t") for line in lines)
