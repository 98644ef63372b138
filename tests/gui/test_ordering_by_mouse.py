"""Added files are brought into order before many become one: by the mouse and by the keyboard."""

from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from desktopproc.gui.staging import Staged
from desktopproc.gui.window import MainWindow
from tests.gui import mouse
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000


@pytest.fixture
def pdfs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{letter}.pdf" for letter in "abcd"]
    for path in paths:
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(path)
    return paths


def _names(window: MainWindow) -> str:
    rows = [window.rows.row(number) for number in range(window.rows.rowCount())]
    return "".join(row.facts.path.stem for row in rows if isinstance(row, Staged))


def _chosen(window: MainWindow) -> str:
    numbers = [number for part in window.view.chosen() for number in part]
    rows = [window.rows.row(number) for number in numbers]
    return "".join(row.facts.path.stem for row in rows if isinstance(row, Staged))


def _add(qtbot: QtBot, window: MainWindow, paths: list[Path]) -> None:
    window.add(paths)
    qtbot.waitUntil(lambda: _names(window) == "abcd", timeout=LIMIT_MS)


def _middle(window: MainWindow, number: int, part: float = 0.5) -> QPoint:
    view = window.view
    height = view.rowHeight(number)
    place = QPoint(120, view.rowViewportPosition(number) + int(height * part))
    return view.viewport().mapToGlobal(place)


def _drag(qtbot: QtBot, window: MainWindow, start: QPoint, end: QPoint) -> None:
    mouse.press_at(start)
    for step in range(1, 9):
        mouse.move_to(start + (end - start) * step / 8)
    qtbot.waitUntil(lambda: window.ordering.is_dragging, timeout=LIMIT_MS)
    mouse.release()


def test_keys_move_the_selected_files(
    qtbot: QtBot, open_window: OpenWindow, pdfs: list[Path]
) -> None:
    window = open_window()
    _add(qtbot, window, pdfs)

    window.view.select([2, 3])
    for name, order in (("up", "acdb"), ("up", "cdab"), ("up", "cdab"), ("down", "acdb")):
        qtbot.waitUntil(lambda: window.may("up"), timeout=LIMIT_MS)
        window.trigger(name)
        assert _names(window) == order
        assert _chosen(window) == "cd"


def test_the_order_on_the_list_is_the_order_of_the_job(
    qtbot: QtBot, open_window: OpenWindow, pdfs: list[Path]
) -> None:
    window = open_window()
    _add(qtbot, window, pdfs)
    window.view.select([3])
    qtbot.waitUntil(lambda: window.may("up"), timeout=LIMIT_MS)

    window.trigger("up")

    taken = window.work.staging.takeable(window.work.operations["merge-pdf"])
    assert [row.facts.path.stem for row in taken] == ["a", "b", "d", "c"]


@pytest.mark.window
@pytest.mark.timeout(120)
def test_rows_are_dragged_into_order(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow, pdfs: list[Path]
) -> None:
    window = open_window()
    _add(qtbot, window, pdfs)
    mouse.click_until(
        qtbot,
        window.view.viewport(),
        lambda: _chosen(window) == "d",
        window.view.viewport().mapFromGlobal(_middle(window, 3)),
    )

    _drag(qtbot, window, _middle(window, 3), _middle(window, 0, 0.2))
    qtbot.waitUntil(lambda: _names(window) == "dabc", timeout=LIMIT_MS)
    assert _chosen(window) == "d"

    window.view.select([0, 1])
    _drag(qtbot, window, _middle(window, 0), _middle(window, 3, 0.8))
    qtbot.waitUntil(lambda: _names(window) == "bcda", timeout=LIMIT_MS)
    assert _chosen(window) == "da"
