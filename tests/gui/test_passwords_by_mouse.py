"""Protected files in the window: noticed, asked for once, opened, and told to nobody."""

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pytestqt.qtbot import QtBot

from desktopproc.core.job import Facts, Family, Job, State
from desktopproc.gui import row_text
from desktopproc.gui.password_dialog import PasswordDialog
from desktopproc.gui.passwords import GIVE
from desktopproc.gui.staging import Staging
from desktopproc.gui.window import MainWindow
from tests.gui import mouse
from tests.gui.conftest import OPERATIONS, OpenWindow

LIMIT_MS = 60_000
ONE, OTHER = "giraffe17", "okapi23"


def _pdf(path: Path, password: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        wanted = pikepdf.Encryption(user=password, owner=password) if password else False
        pdf.save(path, encryption=wanted)
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    passwords = {"a.pdf": ONE, "b.pdf": ONE, "c.pdf": OTHER, "free.pdf": ""}
    return [_pdf(tmp_path / "in" / name, password) for name, password in passwords.items()]


def _add(window: MainWindow, qtbot: QtBot, files: list[Path], operation: str) -> None:
    window.todo.choose(operation)
    window.add(files)
    qtbot.waitUntil(lambda: len(window.work.staging) == len(files), timeout=LIMIT_MS)


def _open_dialog(window: MainWindow, qtbot: QtBot) -> PasswordDialog:
    banner = window.notices.locked
    qtbot.waitUntil(banner.isVisible, timeout=LIMIT_MS)
    button = banner.button(GIVE)
    mouse.click_until(qtbot, button, lambda: window.passwords.dialog is not None)
    dialog = window.passwords.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.line.isEnabled, timeout=LIMIT_MS)
    return dialog


def _try(window: MainWindow, dialog: PasswordDialog, qtbot: QtBot, password: str) -> None:
    """Type it and press Try; wait for the verdict, which may be that the dialog is done."""
    qtbot.waitUntil(dialog.line.hasFocus, timeout=LIMIT_MS)
    mouse.type_text(password)
    qtbot.waitUntil(lambda: dialog.line.text() == password, timeout=LIMIT_MS)
    before = dialog.told

    def has_begun() -> bool:
        return window.passwords.dialog is None or dialog.told != before

    def is_over() -> bool:
        return window.passwords.dialog is None or not dialog.told.startswith("Trying")

    mouse.click_until(qtbot, dialog.try_it, has_begun)
    qtbot.waitUntil(is_over, timeout=LIMIT_MS)


def _states(window: MainWindow) -> dict[str, State]:
    rows = (window.rows.row(number) for number in range(window.rows.rowCount()))
    return {row.name: row.state for row in rows if isinstance(row, Job)}


def _details(window: MainWindow) -> list[str]:
    rows = (window.rows.row(number) for number in range(window.rows.rowCount()))
    return [row_text.detail(row, window.todo.operation) for row in rows if row is not None]


def test_a_file_that_lost_its_password_is_not_asked_for_again() -> None:
    staging, rotate = Staging(), OPERATIONS["rotate-pdf"]
    facts = Facts(Path("/in/a.pdf"), kind=Family.PDF, needs_password=True)
    staging.add([(facts, None)])
    before = len(staging.locked(rotate))

    staging.add([(replace(facts, needs_password=False), None)])

    assert (before, len(staging.locked(rotate))) == (1, 0)


@pytest.mark.window
def test_added_files_are_opened_before_they_start(
    real_screen: str, open_window: OpenWindow, qtbot: QtBot, files: list[Path], tmp_path: Path
) -> None:
    window = open_window()
    _add(window, qtbot, files, "rotate-pdf")

    dialog = _open_dialog(window, qtbot)
    asked = dialog.told
    _try(window, dialog, qtbot, "wrong")
    wrong = dialog.told
    _try(window, dialog, qtbot, ONE)
    some = dialog.told
    mouse.click_until(qtbot, dialog.line.eye, lambda: dialog.line.is_shown)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    _try(window, dialog, qtbot, OTHER)
    qtbot.waitUntil(lambda: window.passwords.dialog is None, timeout=LIMIT_MS)

    assert asked == "3 files need a password."
    assert wrong == "This password does not open any of the files. Check it and try again."
    assert some.replace("\N{NO-BREAK SPACE}", " ") == (
        "Opens 2 files. Give another password for the one that is left."
    )
    assert names == ["c.pdf", "a.pdf", "b.pdf"]
    qtbot.waitUntil(window.notices.locked.isHidden, timeout=LIMIT_MS)
    assert sum("password given" in detail for detail in _details(window)) == 3
    mouse.click_until(qtbot, window.tool_button("start"), lambda: not len(window.work.staging))
    qtbot.waitUntil(lambda: list(_states(window).values()) == [State.DONE] * 4, timeout=LIMIT_MS)
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert ONE.encode() not in path.read_bytes(), path
            assert OTHER.encode() not in path.read_bytes(), path


@pytest.mark.window
def test_failed_files_are_tried_again_with_a_password(
    real_screen: str, open_window: OpenWindow, qtbot: QtBot, files: list[Path]
) -> None:
    window = open_window()
    _add(window, qtbot, files, "rotate-pdf")
    mouse.click_until(qtbot, window.tool_button("start"), lambda: not len(window.work.staging))
    banner = window.notices.locked
    qtbot.waitUntil(
        lambda: banner.isVisible() and banner.text.startswith("3 jobs failed"), timeout=LIMIT_MS
    )

    dialog = _open_dialog(window, qtbot)
    _try(window, dialog, qtbot, ONE)
    without = dialog.buttons.buttons()[0]
    assert without.text().replace("&", "") == "Go on without"
    mouse.click_until(qtbot, without, lambda: window.passwords.dialog is None)

    wanted = {
        "a.pdf": State.DONE,
        "b.pdf": State.DONE,
        "c.pdf": State.FAILED,
        "free.pdf": State.DONE,
    }
    qtbot.waitUntil(lambda: _states(window) == wanted, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: banner.text == "1 job failed: it needs a password.", timeout=LIMIT_MS)


def test_of_a_job_with_many_files_only_the_locked_ones_are_asked_for(
    open_window: OpenWindow, qtbot: QtBot, files: list[Path]
) -> None:
    window = open_window()
    _add(window, qtbot, [files[0], files[3]], "merge-pdf")
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)
    window.trigger("start")
    qtbot.waitUntil(lambda: list(_states(window).values()) == [State.FAILED], timeout=LIMIT_MS)
    window.view.selectAll()
    qtbot.waitUntil(lambda: window.may("unlock"), timeout=LIMIT_MS)

    window.trigger("unlock")
    dialog = window.passwords.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.line.isEnabled, timeout=LIMIT_MS)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    dialog.line.setText(ONE)
    dialog.try_it.click()

    assert names == ["a.pdf"]
    qtbot.waitUntil(lambda: list(_states(window).values()) == [State.DONE], timeout=LIMIT_MS)


def test_closing_while_files_are_tried_leaves_everything_locked(
    open_window: OpenWindow, qtbot: QtBot, files: list[Path]
) -> None:
    window = open_window()
    _add(window, qtbot, files, "rotate-pdf")
    window.trigger("select_all")
    qtbot.waitUntil(lambda: window.may("unlock"), timeout=LIMIT_MS)
    window.trigger("unlock")
    dialog = window.passwords.dialog
    assert dialog is not None

    dialog.line.setText(ONE)
    dialog.try_it.click()
    dialog.reject()

    qtbot.waitUntil(lambda: window.passwords.dialog is None, timeout=LIMIT_MS)
    assert len(window.work.staging.locked(window.todo.operation)) == 3


def test_photos_are_not_asked_for_the_passwords_of_documents(
    open_window: OpenWindow, qtbot: QtBot, files: list[Path]
) -> None:
    window = open_window()
    _add(window, qtbot, files, "convert")
    window.todo.choose("rotate-pdf")
    qtbot.waitUntil(window.notices.locked.isVisible, timeout=LIMIT_MS)

    window.todo.choose("convert")

    qtbot.waitUntil(window.notices.locked.isHidden, timeout=LIMIT_MS)
