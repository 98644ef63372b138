"""What a row, a run and the comparison say of before and after."""

import shlex
from dataclasses import replace
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from pytestqt.qtbot import QtBot

from desktopproc.core.job import Job, State
from desktopproc.gui import details_text, row_text, words
from desktopproc.gui.compare_dialog import CompareDialog
from desktopproc.gui.foreign import Foreign
from desktopproc.gui.pictures import load
from desktopproc.gui.questions import Answer
from desktopproc.gui.thumbs import Thumbs
from desktopproc.gui.window import MainWindow
from tests.gui import mouse
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000
DONE = Job(
    id=1,
    batch=1,
    operation="convert",
    inputs=(Path("/in/a.jpg"),),
    outputs=(Path("/out/a.webp"),),
    state=State.DONE,
    size_in=12_000_000,
    size_out=1_100_000,
)
TEXT, PDF = Path("/out/a.txt"), Path("/in/a.pdf")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (12_000_000, 1_100_000, "91 % saved"),
        (1000, 1030, "3 % larger"),
        (1000, 2400, "2.4 times as large"),
        (1000, 1001, "same size"),
        (100_000, 1, "over 99 % saved"),
    ],
)
def test_a_change_of_size_is_said_as_it_is(before: int, after: int, text: str) -> None:
    assert words.change(before, after).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (DONE, "91 % saved"),
        (replace(DONE, state=State.RUNNING), ""),
        (replace(DONE, size_out=None), ""),
        (replace(DONE, inputs=(PDF,), outputs=(TEXT,)), ""),
        (replace(DONE, inputs=(PDF, PDF), outputs=(PDF,)), ""),
        (replace(DONE, outputs=(Path("/out/a.webp"), Path("/out/s/a.webp"))), "2 files"),
    ],
)
def test_only_what_can_be_compared_is_called_saved(row: Job, text: str) -> None:
    assert row_text.saving(row).replace("\N{NO-BREAK SPACE}", " ") == text


def test_how_much_could_not_be_kept_stands_under_the_state() -> None:
    noted = replace(DONE, notes=("AVIF cannot hold IPTC: dropped.", "Another."))

    assert row_text.notes(noted) == "2 notes"
    assert row_text.notes(DONE) == ""
    assert "AVIF cannot hold IPTC: dropped." in row_text.spoken(noted, None)
    assert "AVIF cannot hold IPTC: dropped." in details_text.facts(noted, {})


def test_a_result_with_the_name_of_its_source_is_told_with_its_folder() -> None:
    moved = replace(DONE, outputs=(Path("/out/2003/2003-12/a.jpg"),))

    assert row_text.targets(moved) == "2003-12/a.jpg"
    assert row_text.targets(DONE) == "a.webp"


def test_a_very_narrow_row_says_below_the_name_what_was_saved() -> None:
    said = row_text.short_detail(DONE, None).replace("\N{NO-BREAK SPACE}", " ")

    assert said == "91 % saved \N{MIDDLE DOT} 1.1 MB"
    assert row_text.short_detail(replace(DONE, state=State.RUNNING), None).endswith("a.webp")


def photos(folder: Path, number: int) -> Path:
    folder.mkdir()
    for each in range(number):
        image = QImage(1200, 800, QImage.Format.Format_RGB32)
        for line in range(800):
            for column in range(0, 1200, 8):
                image.setPixel(column, line, (line * column * (each + 3)) & 0xFFFFFF)
        assert image.save(str(folder / f"p{each}.jpg"), quality=95)
    return folder


def run(qtbot: QtBot, window: MainWindow, folder: Path, **options: object) -> None:
    """Convert a folder of photos, as far as the window's last word on it."""
    window.todo.choose("convert")
    window.todo.form.set_values(options)
    window.add([folder])
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)
    window.trigger("start")
    qtbot.waitUntil(lambda: window.work.update.counts.done == 2, timeout=LIMIT_MS)
    qtbot.waitUntil(window.notices.said.isVisible, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: bool(window.status.saved), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: isinstance(window.rows.row(1), Job), timeout=LIMIT_MS)
    window.view.selectRow(0)


def test_a_run_ends_with_the_sum_of_what_it_has_saved(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window()

    run(qtbot, window, folder, format="jpeg", quality=30)

    before = sum(path.stat().st_size for path in folder.iterdir())
    after = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert window.status.saved == words.total_saving(before, after)
    qtbot.waitUntil(lambda: window.status.saved in window.notices.said.text, timeout=LIMIT_MS)
    assert window.notices.said.text.startswith("2 done.")


def test_a_repeated_run_says_that_it_had_nothing_to_make(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window()
    run(qtbot, window, folder)

    window.add([folder])
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)
    window.trigger("start")

    qtbot.waitUntil(lambda: window.work.update.counts.done == 4, timeout=LIMIT_MS)
    wanted = "2 done (2 made before)."
    qtbot.waitUntil(lambda: window.notices.said.text.startswith(wanted), timeout=LIMIT_MS)
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_the_command_of_a_job_names_its_file_its_options_and_its_folder(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window()
    run(qtbot, window, folder, format="png", quality=31)
    qtbot.waitUntil(lambda: window.may("copy_command"), timeout=LIMIT_MS)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()

    window.trigger("copy_command")
    qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=LIMIT_MS)

    said = shlex.split(clipboard.text())
    assert said[:2] == ["desktopproc", "convert"]
    assert {str(folder / "p0.jpg"), str(tmp_path / "out"), "png", "31"} <= set(said)
    assert str(folder / "p1.jpg") not in said


def test_the_command_of_a_job_says_only_what_differs_from_the_settings(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window(name_template="{stem} small")
    run(qtbot, window, folder, quality=31)
    qtbot.waitUntil(lambda: window.may("copy_command"), timeout=LIMIT_MS)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()

    window.trigger("copy_command")
    qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=LIMIT_MS)
    of_the_job = clipboard.text()
    window.todo.presets.action("copy").trigger()

    assert (tmp_path / "out" / "p0 small.jpg").exists()
    assert "31" in of_the_job
    assert "31" in clipboard.text()
    assert "small" not in of_the_job + clipboard.text()


def test_the_command_of_the_panel_names_what_start_would_take(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 1)
    window = open_window()
    window.todo.choose("convert")
    window.todo.form.set_values({"quality": 32})
    window.add([folder])
    qtbot.waitUntil(lambda: not window.work.adding.is_looking, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: window.may("start"), timeout=LIMIT_MS)

    window.todo.presets.action("copy").trigger()

    said = shlex.split(QGuiApplication.clipboard().text())
    assert {str(folder), "32", str(tmp_path / "out")} <= set(said)
    assert window.notices.said.text == "The command was copied."


def test_a_newer_sum_does_not_replace_what_was_said_since(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    run(qtbot, window, photos(tmp_path / "in", 2))

    window.notices.say("Something else.")
    with qtbot.waitSignal(window.run_end.totals.changed, timeout=LIMIT_MS):
        window.run_end.totals.take((), frozenset(), is_idle=True)

    assert window.notices.said.text == "Something else."


def test_a_run_is_not_undone_without_being_asked(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window()
    run(qtbot, window, folder)

    window.notices.said.button("Undo this run").click()
    qtbot.waitUntil(lambda: window.undoing.question is not None, timeout=LIMIT_MS)
    question = window.undoing.question
    assert question is not None
    careful = question.defaultButton().text()
    question.reject()

    assert question.text() == "Undo this run of 2 jobs?"
    assert careful == Answer.LEAVE_AS_IS.value
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert window.undoing.question is None


def test_an_undone_run_leaves_the_sources_and_says_how_many_files_went(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 2)
    window = open_window()
    run(qtbot, window, folder)
    changed = tmp_path / "out" / "p1.jpg"
    changed.write_bytes(changed.read_bytes() + b"\0")

    window.notices.said.button("Undo this run").click()
    qtbot.waitUntil(lambda: window.undoing.question is not None, timeout=LIMIT_MS)
    question = window.undoing.question
    assert question is not None
    next(each for each in question.buttons() if each.text() == Answer.UNDO.value).click()

    qtbot.waitUntil(lambda: window.notices.said.text == "Undone: 1 file.", timeout=LIMIT_MS)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["p1.jpg"]
    assert sorted(path.name for path in folder.iterdir()) == ["p0.jpg", "p1.jpg"]
    assert "p1.jpg" in window.notices.trouble.text


def open_comparison(qtbot: QtBot, window: MainWindow) -> CompareDialog:
    qtbot.waitUntil(lambda: window.may("compare"), timeout=LIMIT_MS)
    window.trigger("compare")
    dialog = window.comparing.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.pane.is_loaded, timeout=LIMIT_MS)
    return dialog


@pytest.mark.window
def test_before_and_after_are_zoomed_and_moved_together(
    real_screen: str, qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    run(qtbot, window, photos(tmp_path / "in", 2), width=900)
    dialog = open_comparison(qtbot, window)
    pane = dialog.pane
    fitted = pane.scale

    mouse.click(dialog.full)
    qtbot.waitUntil(lambda: pane.scale == 1.0, timeout=LIMIT_MS)
    at = QPoint(pane.width() // 4, pane.height() // 2)
    under = pane.share_at(QPointF(at))
    mouse.turn_wheel(pane, at, notches=2)
    qtbot.waitUntil(lambda: pane.scale > 1.5, timeout=LIMIT_MS)
    still_under = pane.share_at(QPointF(at))
    centre = pane.centre
    start = pane.mapToGlobal(at)
    mouse.press_at(start)
    for step in range(1, 6):
        mouse.move_to(start + QPoint(-20 * step, -10 * step))
    mouse.release()
    qtbot.waitUntil(lambda: pane.centre.x() > centre.x() + 0.05, timeout=LIMIT_MS)

    assert abs(under.x() - still_under.x()) + abs(under.y() - still_under.y()) < 0.01
    mouse.click(dialog.fit)
    qtbot.waitUntil(lambda: pane.scale == fitted, timeout=LIMIT_MS)


def test_the_comparison_leafs_through_the_list(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window()
    run(qtbot, window, photos(tmp_path / "in", 2))
    dialog = open_comparison(qtbot, window)
    first = dialog.name

    dialog.next.click()
    second = dialog.name
    dialog.next.click()
    last = dialog.name
    dialog.previous.click()

    assert (first[:6], second[:6], last[:6]) == ("p0.jpg", "p1.jpg", "p1.jpg")
    assert dialog.name == first
    dialog.close()
    qtbot.waitUntil(lambda: window.comparing.dialog is None)


def test_a_picture_that_cannot_be_shown_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"no picture")

    foreign = Foreign()
    assert load(tmp_path / "a.bin", foreign).reason == "This kind of file cannot be shown here."
    assert load(tmp_path / "gone.jpg", foreign).reason == "The file is not there any more."
    foreign.close()


def test_rows_of_avif_and_pdf_files_have_pictures(qtbot: QtBot, tmp_path: Path) -> None:
    photo, document = tmp_path / "a.avif", tmp_path / "b.pdf"
    Image.new("RGB", (300, 200), (0, 160, 0)).save(photo)
    Image.new("RGB", (300, 200), (200, 0, 0)).save(document)
    thumbs = Thumbs()

    seen: dict[Path, QPixmap | None] = {}

    def are_there() -> bool:
        seen.update({path: thumbs.get(path, 36) for path in (photo, document)})
        return None not in seen.values()

    qtbot.waitUntil(are_there, timeout=LIMIT_MS)
    pictures = [found.toImage() for found in seen.values() if found is not None]
    thumbs.close()
    assert [(p.width(), p.height()) for p in pictures] == [(36, 24), (36, 25)]
    assert [p.pixelColor(18, 12).green() > 100 for p in pictures] == [True, False]
    assert [p.pixelColor(18, 12).red() > 100 for p in pictures] == [False, True]


def test_a_heic_photo_can_be_compared_in_full_size(tmp_path: Path) -> None:
    file = tmp_path / "photo.heic"
    pillow_heif.from_pillow(Image.new("RGB", (640, 480), (0, 0, 200))).save(file)
    foreign = Foreign()

    picture = load(file, foreign)

    foreign.close()
    assert (picture.size.width(), picture.size.height()) == (640, 480)
    assert picture.levels[0].pixelColor(320, 240).blue() > 150
