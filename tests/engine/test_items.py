"""One data file becomes many jobs, each with its own row, name, state and retry."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.job import Conflict, Job, OutputPlan, Request, State
from desktopproc.engine.arrivals import new_work
from desktopproc.engine.enqueue import preview
from desktopproc.engine.orders import ordered
from desktopproc.engine.tables import MIGRATIONS
from tests.engine.harness import OPERATIONS, Bench, facts
from tests.engine.test_jobs import left_over
from tests.engine.test_kills import kill_after, start

MakeBench = Callable[..., Bench]


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines))
    return path


def results(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


def states(rows: Sequence[Job]) -> list[str]:
    return [row.state.value for row in rows]


def test_each_line_becomes_a_job_named_after_it(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "in" / "orders.csv", "Anna:1", "Bert:2", "Anna:3", ":4", "a/b\\c:5")

    rows = bench.run("list", [source])

    assert [(row.item, row.name) for row in rows] == [
        (number, f"orders.csv, item {number}") for number in range(1, 6)
    ]
    assert {row.inputs for row in rows} == {(source,)}
    assert results(bench.out) == {
        "Anna.txt": "Anna:1",
        "Bert.txt": "Bert:2",
        "Anna (2).txt": "Anna:3",
        "orders-4.txt": ":4",
        "a_b_c.txt": "a/b\\c:5",
    }
    assert sum(row.size_in for row in rows) <= source.stat().st_size


def test_a_wrong_item_fails_alone_and_is_retried_alone(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "wrong", "Bert", "crash")
    mended = tmp_path / "mended"
    batch = bench.submit("list", [source], until=str(mended))
    bench.settle(batch)

    failed = [row for row in bench.rows(batch) if row.state is State.FAILED]
    mended.touch()
    bench.engine.retry([row.id for row in failed]).result()
    bench.until_done(batch, 4)

    assert [(row.item, row.error.code if row.error else None) for row in failed] == [
        (2, "damaged"),
        (4, "poison"),
    ]
    assert failed[0].error is not None
    assert failed[0].error.message == "Line 2 is wrong. Mend it."
    assert results(bench.out).keys() == {"Anna.txt", "wrong.txt", "Bert.txt", "crash.txt"}


@pytest.mark.parametrize(
    ("lines", "code"),
    [(["Anna", "broken"], "damaged"), (["Anna", "bug"], "unexpected"), ([""], "damaged")],
)
def test_a_file_that_cannot_be_read_is_one_failed_row(
    bench: Bench, tmp_path: Path, lines: list[str], code: str
) -> None:
    good = write(tmp_path / "good.csv", "Anna")

    rows = bench.run("list", [write(tmp_path / "bad.csv", *lines), good])

    assert [(row.item, row.state, row.error and row.error.code) for row in rows] == [
        (1, State.DONE, None),
        (None, State.FAILED, code),
    ]
    assert results(bench.out) == {"Anna.txt": "Anna"}


def test_a_mended_file_becomes_all_its_items_when_retried(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "broken", "Bert")
    (refused,) = bench.run("list", [source])
    write(source, "Anna", "Carl", "Bert")

    assert bench.engine.retry([refused.id]).result() == 3
    bench.until_done(refused.batch, 3)

    assert [row.item for row in bench.rows(refused.batch)] == [1, 2, 3]
    assert results(bench.out) == {"Anna.txt": "Anna", "Bert.txt": "Bert", "Carl.txt": "Carl"}


def test_the_whole_file_is_one_job_where_the_options_say_so(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("list", [write(tmp_path / "orders.csv", "Anna", "Bert")], whole=True)

    assert [(row.item, row.name) for row in rows] == [(None, "orders.csv")]
    assert results(bench.out) == {"orders.txt": "Anna\nBert"}


def request_for(bench: Bench, source: Path, **more: object) -> Request:
    operation = OPERATIONS["list"]
    plan = OutputPlan(bench.out, conflict=Conflict.UPDATE)
    files = ((facts(source), source.parent),)
    return Request("list", operation.options(), files, plan, **more)  # type: ignore[arg-type]


def test_only_some_items_can_be_asked_for(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "Bert", "Carl")

    done = bench.engine.submit(request_for(bench, source, items=(2,))).result()
    bench.settle(done)
    missing = bench.engine.submit(request_for(bench, source, items=(3, 9))).result()
    bench.settle(missing)

    assert [row.item for row in bench.rows(done)] == [2]
    assert results(bench.out) == {"Bert.txt": "Bert"}
    (row,) = bench.rows(missing)
    assert row.error is not None
    assert row.error.message == "orders.csv has no item 9. Choose others."


def test_names_come_from_a_template(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "Bert")
    plan = OutputPlan(bench.out, template="{counter:03} {item|none} of {stem}")
    request = Request("list", OPERATIONS["list"].options(), ((facts(source), None),), plan)

    bench.settle(bench.engine.submit(request).result())

    assert results(bench.out).keys() == {"001 Anna of Anna.txt", "002 Bert of Bert.txt"}


def test_update_remakes_only_what_another_item_left(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "Bert")
    bench.run("list", [source], conflict=Conflict.UPDATE)
    (bench.out / "Bert.txt").unlink()

    planned = preview(request_for(bench, source), OPERATIONS["list"], bench.home.queue_file)
    rows = bench.run("list", [source], conflict=Conflict.UPDATE)

    assert [(job.item, job.cached) for job in planned] == [(1, True), (2, False)]
    assert [(row.item, row.cached) for row in rows] == [(1, True), (2, False)]
    assert results(bench.out) == {"Anna.txt": "Anna", "Bert.txt": "Bert"}


def test_undo_takes_back_every_item(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "Bert")
    rows = bench.run("list", [source])

    bench.engine.undo(rows[0].batch).result()

    assert results(bench.out) == {}
    assert states(bench.rows()) == ["cancelled"] * 2


def test_a_row_can_be_ordered_again_alone(bench: Bench, tmp_path: Path) -> None:
    source = write(tmp_path / "orders.csv", "Anna", "Bert")
    rows = bench.run("list", [source])

    again = ordered(bench.home.queue_file, rows[1].id, OPERATIONS)

    assert (again.paths, again.items) == ((source,), (2,))


def test_a_watched_data_file_is_worked_on_once_and_replaces_its_own(
    bench: Bench, tmp_path: Path
) -> None:
    source = write(tmp_path / "in" / "orders.csv", "Anna", "Bert")
    queue, operation = bench.home.queue_file, OPERATIONS["list"]
    bench.run("list", [source], root=source.parent)

    assert new_work(request_for(bench, source), operation, queue) == []

    write(source, "Anna", "Carl was added", "Bert")
    (again,) = new_work(request_for(bench, source), operation, queue)
    assert again.output.conflict is Conflict.UPDATE
    bench.settle(bench.engine.submit(again).result())
    assert results(bench.out).keys() == {"Anna.txt", "Bert.txt", "Carl was added.txt"}

    write(bench.out / "Dora.txt", "of somebody else")
    write(source, "Anna", "Bert", "Dora")
    (new,) = new_work(request_for(bench, source), operation, queue)
    assert new.output.conflict is Conflict.RENAME


def test_closing_while_a_data_file_is_read_breaks_no_promise(bench: Bench, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    answer = bench.engine.submit(request_for(bench, tmp_path / "never"))

    bench.engine.close()

    assert answer.exception(1) is not None
    with (tmp_path / "never").open("w") as file:  # lets the I/O thread end
        file.write("Anna")


def test_items_survive_a_kill(tmp_path: Path, make_bench: MakeBench) -> None:
    lines = [f"name{number}" for number in range(300)]
    write(tmp_path / "in" / "orders.csv", *lines, "endless")
    process = start(tmp_path, "list")
    assert process.stdout is not None
    while process.stdout.readline() != "running\n":
        pass
    assert kill_after(process, 0.3)

    bench = make_bench()
    bench.engine.start_batches().result()
    bench.watch.until(lambda w: w.last.counts.done == 300)
    (endless,) = [row.id for row in bench.rows() if row.state is not State.DONE]
    bench.engine.cancel([endless])
    bench.watch.until(lambda w: w.last.counts.cancelled == 1)

    assert [row.item for row in bench.rows()] == list(range(1, 302))
    assert results(bench.out) == {f"{name}.txt": name for name in lines}
    assert not left_over(bench.out)


def test_a_queue_file_without_items_is_brought_up_to_date(tmp_path: Path) -> None:
    state = tmp_path / "home" / "state"
    state.mkdir(parents=True)
    with closing(sqlite3.connect(state / "queue.sqlite3")) as old:
        old.executescript("".join(MIGRATIONS[:2]) + "PRAGMA user_version = 2;")
    bench = Bench(tmp_path)
    try:
        rows = bench.run("list", [write(tmp_path / "orders.csv", "Anna")])
    finally:
        bench.close()

    assert [row.item for row in rows] == [1]
