"""The list over a real queue file: few rows in memory, right positions, nothing slow."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktopproc.core.errors import BadInputError, Failure
from desktopproc.core.job import Counts, Facts, Family, Job, OutputPlan, Request, State
from desktopproc.core.settings import Settings
from desktopproc.engine.engine import Engine
from desktopproc.engine.home import Home
from desktopproc.engine.update import Update
from desktopproc.gui.filters import TABS, Wanted
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.pages import Pages
from desktopproc.gui.row_view import RowView
from desktopproc.gui.rows import PAGE, Rows
from desktopproc.gui.staging import Staged, Staging, reason_left_out
from desktopproc.gui.thumbs import Thumbs
from tests.gui.conftest import OPERATIONS
from tests.saboteurs.copying import Copying

MANY = 3000
COPY = OPERATIONS["copy"]


def facts(name: str, kind: Family = Family.PHOTO, error: Failure | None = None) -> Facts:
    return Facts(Path("/in") / name, kind, "jpeg", 1000, error=error)


class Queue:
    """A queue file with many waiting jobs, and what reads it for a list."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.find({"DESKTOPPROC_HOME": str(folder)})
        self.io = QtIoPool(2)
        self.updates: list[Update] = []
        self.engine = Engine(
            self.home, Settings(), OPERATIONS, io=self.io, listener=self.updates.append
        )
        self.engine.start()
        self.pages = Pages(self.engine.reader)
        self.staging = Staging()
        self.rows = Rows(self.pages, self.staging)

    def submit(self, *names: str) -> None:
        files = tuple((facts(name), None) for name in names)
        plan = OutputPlan(self.home.state / "out")
        request = Request("copy", Copying(), files, plan, start=False)
        self.engine.submit(request).result(30)

    def close(self) -> None:
        self.pages.close()
        self.engine.close()
        self.io.close()


@pytest.fixture
def queue(qtbot: QtBot, tmp_path: Path) -> Iterator[Queue]:
    made = Queue(tmp_path)
    yield made
    made.close()


@pytest.fixture
def full(queue: Queue, qtbot: QtBot) -> Queue:
    queue.submit(*(f"p{number:05d}.jpg" for number in range(MANY)))
    queue.rows.look()
    qtbot.waitUntil(lambda: queue.rows.rowCount() == MANY)
    return queue


def name_at(rows: Rows, number: int) -> str | None:
    row = rows.row(number)
    return None if row is None else (row.name if isinstance(row, Job) else row.facts.path.name)


def test_a_row_far_down_arrives_after_it_was_asked_for(full: Queue, qtbot: QtBot) -> None:
    first = full.rows.row(MANY - 1)

    qtbot.waitUntil(lambda: full.rows.row(MANY - 1) is not None)

    assert first is None
    assert name_at(full.rows, MANY - 1) == f"p{MANY - 1:05d}.jpg"


def test_only_a_few_pages_stay_in_memory(full: Queue, qtbot: QtBot) -> None:
    for number in range(0, MANY, PAGE):
        qtbot.waitUntil(partial(_is_there, full.rows, number))

    in_memory = [row for row in range(0, MANY, PAGE) if full.rows.holds(row)]
    assert len(in_memory) <= 6


def test_staged_files_follow_the_jobs(full: Queue) -> None:
    full.staging.add([(facts("new.jpg"), None)])

    full.rows.restage()

    assert full.rows.rowCount() == MANY + 1
    assert name_at(full.rows, MANY) == "new.jpg"


def test_the_find_field_looks_in_jobs_and_staged_files(full: Queue, qtbot: QtBot) -> None:
    full.staging.add([(facts("my p00077.jpg"), None), (facts("other.jpg"), None)])

    full.rows.show(Wanted(TABS[0], "p00077"))

    qtbot.waitUntil(lambda: full.rows.rowCount() == 2)
    assert [name_at(full.rows, n) for n in range(2)] == ["p00077.jpg", "my p00077.jpg"]


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.word)
def test_every_tab_shows_as_many_rows_as_it_counts(full: Queue, qtbot: QtBot, tab: object) -> None:
    (wanted,) = (each for each in TABS if each is tab)
    full.staging.add([(facts("new.jpg"), None)])
    counts = Counts(waiting=MANY)
    expected = wanted.jobs(counts) + (1 if wanted.has_staged else 0)

    full.rows.show(Wanted(wanted))

    qtbot.waitUntil(lambda: full.rows.rowCount() == expected and full.rows.wanted.tab is wanted)


def test_progress_changes_the_row_and_nothing_else(full: Queue, qtbot: QtBot) -> None:
    job = full.rows.row(5)
    assert isinstance(job, Job)
    running = replace(job, state=State.RUNNING, done=1, total=2)
    touched: list[tuple[int, int]] = []
    full.rows.dataChanged.connect(lambda a, b: touched.append((a.row(), b.row())))

    with qtbot.assertNotEmitted(full.rows.modelReset):
        full.rows.take([running], is_structure=False)

    assert touched == [(5, 5)]
    assert full.rows.row(5) == running


def test_a_cancelled_row_is_shown_so_when_it_is_read_again(full: Queue, qtbot: QtBot) -> None:
    job = full.rows.row(5)
    assert isinstance(job, Job)
    full.engine.cancel([job.id])
    qtbot.waitUntil(lambda: full.updates[-1].counts.cancelled == 1)

    full.rows.look()

    qtbot.waitUntil(lambda: full.rows.row(5).state is State.CANCELLED)  # type: ignore[union-attr]


def test_a_selected_row_stays_selected_when_rows_before_it_leave(full: Queue, qtbot: QtBot) -> None:
    full.rows.show(Wanted(TABS[2]))
    qtbot.waitUntil(lambda: full.rows.row(10) is not None)
    thumbs = Thumbs()
    view = RowView(full.rows, thumbs)
    qtbot.addWidget(view)
    view.selectRow(10)
    chosen = view.current()
    assert isinstance(chosen, Job)
    first = full.rows.row(0)
    assert isinstance(first, Job)

    full.engine.cancel([first.id])
    qtbot.waitUntil(lambda: full.updates[-1].counts.cancelled == 1)
    full.rows.look()
    qtbot.waitUntil(lambda: full.rows.rowCount() == MANY - 1)

    def is_followed() -> bool:
        current = view.current()
        return isinstance(current, Job) and current.id == chosen.id

    qtbot.waitUntil(is_followed)
    assert view.chosen() == [range(9, 10)]
    thumbs.close()


def test_a_row_is_read_aloud_as_state_and_name(full: Queue) -> None:
    index = full.rows.index(0, 0)

    spoken = full.rows.data(index, Qt.ItemDataRole.AccessibleTextRole)

    assert spoken.startswith("Waiting, p00000.jpg")


def test_a_hundred_thousand_staged_rows_are_shown_without_a_pause(
    queue: Queue, qtbot: QtBot
) -> None:
    names = [(facts(f"n{number}.jpg"), None) for number in range(100_000)]
    thumbs = Thumbs()
    view = RowView(queue.rows, thumbs)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    queue.staging.add(names)

    took = {
        "show": _timed(queue.rows.restage),
        "select": _timed(view.selectAll),
        "end": _timed(view.scrollToBottom),
        "paint": _timed(view.viewport().repaint),
    }

    print({what: f"{1000 * seconds:.0f} ms" for what, seconds in took.items()})
    assert max(took.values()) < 0.25
    thumbs.close()


def test_a_file_is_staged_once_however_often_it_is_added() -> None:
    staging = Staging()

    staging.add([(facts("a.jpg"), None), (facts("b.jpg"), None)])
    added = staging.add([(facts("a.jpg"), None)])

    assert (added, len(staging)) == (0, 2)


def test_what_the_operation_does_not_take_stays_with_its_reason() -> None:
    staging = Staging()
    thumbnail = OPERATIONS["thumbnail"]
    damaged = Failure.of(BadInputError("c.jpg is damaged."))
    staging.add(
        [
            (facts("a.jpg"), None),
            (facts("b.pdf", Family.PDF), None),
            (facts("c.jpg", error=damaged), None),
        ]
    )

    taken = [row.facts.path.name for row in staging.takeable(thumbnail)]
    reasons = [reason_left_out(row, thumbnail) for row in staging.rows()]

    assert taken == ["a.jpg"]
    assert reasons == ["", "Thumbnail takes photos.", "c.jpg is damaged."]


def test_files_on_their_way_into_the_queue_are_not_taken_twice() -> None:
    staging = Staging()
    staging.add([(facts("a.jpg"), None)])
    (row,) = staging.rows()

    staging.mark([row.key], is_leaving=True)

    assert staging.takeable(COPY) == []
    assert isinstance(row, Staged)


def _is_there(rows: Rows, number: int) -> bool:
    return rows.row(number) is not None


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


@pytest.mark.parametrize("points", [9, 14, 22])
def test_rows_are_tall_enough_for_two_lines_of_any_font(
    queue: Queue, qtbot: QtBot, points: int
) -> None:
    thumbs = Thumbs()
    view = RowView(queue.rows, thumbs)
    qtbot.addWidget(view)
    font = view.font()
    font.setPointSize(points)

    view.setFont(font)

    assert view.verticalHeader().defaultSectionSize() >= 2 * view.fontMetrics().lineSpacing()
    thumbs.close()
