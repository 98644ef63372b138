"""Jobs that hold several names: all reserved at once, and all given or none."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.cli.records import job_record
from desktopproc.core.errors import UsageError
from desktopproc.core.job import Conflict, OutputPlan, Request, State
from desktopproc.core.schema import build
from desktopproc.engine.enqueue import preview
from desktopproc.engine.plan import facts_json
from desktopproc.engine.tables import MIGRATIONS
from tests.engine.harness import OPERATIONS, Bench, facts, make_files
from tests.engine.test_jobs import left_over

MakeBench = Callable[..., Bench]


def made_in(folder: Path) -> dict[str, str]:
    """Every visible file below a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_job_makes_several_files_each_in_its_place(bench: Bench, tmp_path: Path) -> None:
    (first, second) = bench.run("several", make_files(tmp_path / "in", 2))

    assert [first.state, second.state] == [State.DONE] * 2
    assert [str(path.relative_to(bench.out)) for path in first.outputs] == [
        "f0000.txt",
        "small/f0000-1.txt",
        "f0000.md",
    ]
    assert len(made_in(bench.out)) == 6
    assert first.size_out == 12
    assert job_record(first)["outputs"] == [str(path) for path in first.outputs]
    assert not left_over(bench.out)


def test_all_names_are_reserved_across_jobs(bench: Bench, tmp_path: Path) -> None:
    one = make_files(tmp_path / "one", 1, "one")
    two = make_files(tmp_path / "two", 1, "two")

    first = bench.submit("several", one, start=False)
    second = bench.submit("several", two, start=False)
    names = [path.name for batch in (first, second) for path in bench.rows(batch)[0].outputs]
    bench.engine.start_batches([second, first])
    bench.settle(first)
    bench.settle(second)

    assert names == [
        *("f0000.txt", "f0000-1.txt", "f0000.md"),
        *("f0000 (2).txt", "f0000-1 (2).txt", "f0000 (2).md"),
    ]
    (row,) = bench.rows(second)
    assert [path.name for path in row.outputs] == names[3:]
    assert {path.read_text() for path in row.outputs} == {"two"}


def test_two_outputs_of_one_job_never_share_a_name(bench: Bench, tmp_path: Path) -> None:
    source = make_files(tmp_path / "in", 1)[0].rename(tmp_path / "in" / "a.txt")
    other = tmp_path / "in" / "a-1.txt"
    other.write_text("other")

    rows = bench.run("several", [source, other], folder="", conflict=Conflict.OVERWRITE)

    names = [path.name for row in rows for path in row.outputs]
    assert names == ["a.txt", "a-1.txt", "a.md", "a-1 (2).txt", "a-1-2.txt", "a-1.md"]


@pytest.mark.parametrize("folder", ["../", "a/../../", "/tmp/", "a//", "./"])
def test_an_output_never_leaves_the_folder(bench: Bench, tmp_path: Path, folder: str) -> None:
    with pytest.raises(UsageError, match="must lie inside the output folder"):
        bench.submit("several", make_files(tmp_path / "in", 1), folder=folder)

    assert bench.rows() == []


def test_trees_are_kept_below_the_folder_of_an_output(bench: Bench, tmp_path: Path) -> None:
    root = tmp_path / "in"
    files = make_files(root / "deep", 1)
    request = Request(
        "several",
        OPERATIONS["several"].options(),
        tuple((facts(file), root) for file in files),
        OutputPlan(bench.out, keep_tree=True),
    )

    bench.settle(bench.engine.submit(request).result(10))

    assert set(made_in(bench.out)) == {
        *("deep/f0000.txt", "small/deep/f0000-1.txt", "deep/f0000.md"),
    }


def test_names_that_were_not_needed_are_free_again(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)

    (row,) = bench.run("several", files, way="only-second")
    (copied,) = bench.run("copy", files)

    assert row.state is State.DONE
    assert [path.name for path in row.outputs] == ["f0000-1.txt"]
    assert [path.name for path in copied.outputs] == ["f0000.txt"]
    assert not left_over(bench.out)


def test_a_job_that_has_nothing_to_make_is_skipped(bench: Bench, tmp_path: Path) -> None:
    over = tmp_path / "over"
    files = make_files(tmp_path / "in", 1)

    (row,) = bench.run("several", files, way="skip", until=str(over))
    (copied,) = bench.run("copy", files)

    assert row.state is State.SKIPPED
    assert row.error is not None
    assert (row.error.code, row.error.message) == ("skipped", "There is nothing to make of it.")
    assert row.outputs == ()
    assert made_in(bench.out) == {"f0000.txt": "good"}
    assert not left_over(bench.out)
    over.touch()
    assert bench.engine.retry([row.id]).result(10) == 1
    bench.until_done(row.batch, 1)
    (again,) = bench.rows(row.batch)
    assert [path.name for path in again.outputs] == ["f0000 (2).txt", "f0000-1.txt", "f0000.md"]
    assert copied.outputs[0].read_text() == "good"


def test_a_job_that_makes_nothing_without_a_reason_has_failed(bench: Bench, tmp_path: Path) -> None:
    (row,) = bench.run("several", make_files(tmp_path / "in", 1), way="silent")

    assert row.state is State.FAILED
    assert row.error is not None
    assert row.error.code == "output"


def test_a_disk_that_fills_between_two_outputs_leaves_neither(bench: Bench, tmp_path: Path) -> None:
    over = tmp_path / "over"
    batch = bench.submit("several", make_files(tmp_path / "in", 4), way="full", until=str(over))
    bench.watch.until(lambda w: w.last.paused.get(batch) and w.last.is_idle)

    assert made_in(bench.out) == {}
    assert {row.state for row in bench.rows(batch)} == {State.WAITING}
    over.touch()
    bench.engine.resume(batch)
    bench.settle(batch)

    assert {row.state for row in bench.rows(batch)} == {State.DONE}
    assert len(made_in(bench.out)) == 12


def test_cancel_leaves_no_file_of_any_output(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("several", make_files(tmp_path / "in", 1), way="endless")
    bench.watch.until(lambda w: any(job.done == 2 for job in w.jobs.values()))

    bench.engine.cancel_batch(batch)
    bench.settle(batch)

    assert [row.state for row in bench.rows(batch)] == [State.CANCELLED]
    assert made_in(bench.out) == {}


def test_a_name_taken_after_planning_costs_only_that_output_its_name(
    bench: Bench, tmp_path: Path
) -> None:
    batch = bench.submit("several", make_files(tmp_path / "in", 1), start=False)
    (bench.out / "f0000.md").write_text("mine")
    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert [path.name for path in row.outputs] == ["f0000.txt", "f0000-1.txt", "f0000 (2).md"]
    assert (bench.out / "f0000.md").read_text() == "mine"
    assert not left_over(bench.out)


@pytest.mark.parametrize("when", ["before", "after planning"])
def test_skip_makes_only_what_is_missing(bench: Bench, tmp_path: Path, when: str) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.out.mkdir()
    if when == "before":
        (bench.out / "f0000.md").write_text("old")
    batch = bench.submit("several", files, conflict=Conflict.SKIP, start=False)
    (bench.out / "f0000.md").write_text("old")
    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.DONE
    assert [path.name for path in row.outputs] == ["f0000.txt", "f0000-1.txt"]
    assert row.notes == ("f0000.md exists already and was left alone.",)
    assert (bench.out / "f0000.md").read_text() == "old"
    (again,) = bench.run("several", files, conflict=Conflict.SKIP)
    assert again.state is State.SKIPPED
    assert again.error is not None
    assert again.error.message == "f0000.txt and 2 more exist and were left alone."
    assert not left_over(bench.out)


def test_a_job_whose_names_were_all_taken_meanwhile_is_skipped_by_that_policy(
    bench: Bench, tmp_path: Path
) -> None:
    batch = bench.submit(
        "copy", make_files(tmp_path / "in", 1), conflict=Conflict.SKIP, start=False
    )
    (bench.out / "f0000.txt").write_text("old")
    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.SKIPPED
    assert made_in(bench.out) == {"f0000.txt": "old"}


def test_update_looks_at_every_file_that_was_made(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("several", files, conflict=Conflict.UPDATE)
    (current,) = bench.run("several", files, conflict=Conflict.UPDATE)
    (bench.out / "f0000.md").unlink()
    (again,) = bench.run("several", files, conflict=Conflict.UPDATE)
    (bench.out / "f0000.md").write_text("edited")
    (anew,) = bench.run("several", files, conflict=Conflict.UPDATE)

    assert (current.cached, len(current.outputs)) == (True, 3)
    assert not again.cached
    assert not anew.cached
    assert set(made_in(bench.out).values()) == {"good"}
    assert len(made_in(bench.out)) == 3


def test_update_knows_jobs_that_made_fewer_files(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("several", files, conflict=Conflict.UPDATE, way="only-second")
    (current,) = bench.run("several", files, conflict=Conflict.UPDATE, way="only-second")
    (other,) = bench.run("several", files, conflict=Conflict.UPDATE)

    assert current.cached
    assert [path.name for path in current.outputs] == ["f0000-1.txt"]
    assert not other.cached
    assert len(other.outputs) == 3


def test_a_preview_lists_every_output(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    request = Request(
        "several", build(OPERATIONS["several"].options, {}), ((facts(files[0]), None),),
        OutputPlan(bench.out),
    )  # fmt: skip

    (job,) = preview(request, OPERATIONS["several"], bench.home.queue_file)

    assert [path.name for path in job.outputs] == ["f0000.txt", "f0000-1.txt", "f0000.md"]
    assert not bench.out.exists()


def test_dates_are_kept_where_an_operation_asks_for_it(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    os.utime(files[0], ns=(10**18, 1_234_567_890_123_456_789))

    (row,) = bench.run("several", files, dates=True, conflict=Conflict.UPDATE)
    (again,) = bench.run("several", files, dates=True, conflict=Conflict.UPDATE)

    assert {path.stat().st_mtime_ns for path in row.outputs} == {1_234_567_890_123_456_789}
    assert again.cached


def test_one_job_over_many_files_hears_how_many_threads_it_may_use(
    bench: Bench, tmp_path: Path
) -> None:
    (row,) = bench.run("gather", make_files(tmp_path / "in", 2))

    assert row.outputs[0].read_text().splitlines()[0] == "2 threads"


def test_an_older_queue_file_goes_on_with_its_jobs(make_bench: MakeBench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 3)
    queue = tmp_path / "home" / "state" / "queue.sqlite3"
    queue.parent.mkdir(parents=True)
    out = tmp_path / "out"
    out.mkdir()
    (out / "f0000.txt").write_text("good")
    with closing(sqlite3.connect(queue)) as old:
        old.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        old.execute(
            "INSERT INTO batches VALUES (1, 'copy', '{}', '', ?, '{stem}', 'rename', 0, 1, 1, 0, "
            "NULL, 0, '')",
            (os.fsencode(out),),
        )
        for number, file in enumerate(files, 1):
            target = os.fsencode(out / file.name)
            old.execute(
                "INSERT INTO jobs (id, batch, state, priority, name, weight) VALUES (?, 1, ?, 1, "
                "?, 1)",
                (number, "done" if number == 1 else "waiting", file.name),
            )
            stored = facts_json(facts(file), None)
            old.execute(
                "INSERT INTO files VALUES (?, 0, ?, ?)", (number, os.fsencode(file), stored)
            )
            old.execute("INSERT INTO targets VALUES (?, ?, ?, 1)", (number, target, target))
        old.execute(
            "INSERT INTO outputs VALUES (1, 0, ?, 4, 5, 6, 1)", (os.fsencode(out / "f0000.txt"),)
        )
        old.execute("INSERT INTO tally VALUES (1, 'done', 1, 1), (1, 'waiting', 2, 2)")
        old.commit()

    bench = make_bench()
    bench.engine.start_batches([1]).result(10)
    bench.until_done(1, 3)

    assert [[path.name for path in row.outputs] for row in bench.rows(1)] == [
        ["f0000.txt"],
        ["f0001.txt"],
        ["f0002.txt"],
    ]
    assert json.dumps(made_in(out)) == json.dumps({file.name: "good" for file in files})
