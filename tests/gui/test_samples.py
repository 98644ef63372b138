"""The first document of a data file is shown as the options would make it."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktopproc.gui.window import MainWindow
from desktopproc.ops import load
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000
_ROWS = "number,customer,quantity,price\nR-1,Ann,3,80\nR-2,Bert,1,5\n"


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    """A window with a data file selected, ready to make documents of it."""
    (tmp_path / "bills.csv").write_text(_ROWS, encoding="utf-8")
    window = open_window(load())
    window.todo.choose("invoice")
    window.add([tmp_path / "bills.csv"])
    qtbot.waitUntil(lambda: window.rows.rowCount() == 1, timeout=LIMIT_MS)
    window.view.selectRow(0)
    return window


def test_the_first_document_follows_the_options(qtbot: QtBot, window: MainWindow) -> None:
    sample = window.details.sample

    qtbot.waitUntil(lambda: sample.has_page, timeout=LIMIT_MS)
    window.todo.form.set_values({"template": Path("nowhere")})

    qtbot.waitUntil(lambda: "There is no template 'nowhere'" in sample.words, timeout=LIMIT_MS)
    assert not sample.has_page
    window.todo.form.set_values({"template": Path("certificate")})
    qtbot.waitUntil(lambda: sample.has_page, timeout=LIMIT_MS)


def test_an_operation_without_samples_hides_it(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.details.sample.isVisible(), timeout=LIMIT_MS)

    window.todo.choose("convert")

    assert not window.details.sample.isVisible()
