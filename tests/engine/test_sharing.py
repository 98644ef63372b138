"""One queue file, several processes: commands cross it, and the dead are inherited."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopproc.core.errors import StartError, WorkerError
from desktopproc.core.job import State
from desktopproc.engine import worker
from tests.engine import harness, stillborn
from tests.engine.harness import Bench, make_files

MakeBench = Callable[..., Bench]
ROOT = Path(__file__).resolve().parents[2]


def test_a_second_process_cancels_what_the_first_one_runs(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    window, terminal = make_bench(), make_bench()
    batch = window.submit("endless", make_files(tmp_path / "in", 2, "bad"))
    window.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    terminal.engine.cancel([job.id for job in terminal.rows(batch)])
    window.settle(batch)

    assert {row.state for row in terminal.rows(batch)} == {State.CANCELLED}


def test_a_second_process_hears_of_the_first_ones_rows(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    window, terminal = make_bench(), make_bench()

    batch = terminal.submit("copy", make_files(tmp_path / "in", 3))

    window.watch.until(lambda w: w.last.counts.done == 3)
    assert {row.state for row in window.rows(batch)} == {State.DONE}


def test_two_processes_share_one_batch_and_run_each_job_once(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    first, second = make_bench(), make_bench()
    batch = first.submit("copy", make_files(tmp_path / "in", 150), start=False, steps=2000)

    first.engine.start_batches([batch])
    second.engine.start_batches([batch])
    first.settle(batch)

    rows = first.rows(batch)
    assert {(row.state, row.attempts) for row in rows} == {(State.DONE, 1)}
    assert len(list(first.out.iterdir())) == 150


def test_a_living_process_inherits_from_a_killed_one(make_bench: MakeBench, tmp_path: Path) -> None:
    make_files(tmp_path / "in", 2, "bad")
    command = [sys.executable, "-m", "tests.engine.victim"]
    command += [str(tmp_path / name) for name in ("home", "in", "out")] + ["endless"]
    victim = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    assert [victim.stdout.readline(), victim.stdout.readline()] == ["started\n", "running\n"]
    heir = make_bench()
    heir.watch.until(lambda w: w.last.counts.running == 2)

    victim.kill()
    victim.communicate()

    heir.watch.until(lambda w: w.last.counts.waiting == 2)
    assert not list(heir.out.rglob(".*"))


def test_a_broken_queue_file_is_set_aside_and_said(tmp_path: Path) -> None:
    home = tmp_path / "home" / "state"
    home.mkdir(parents=True)
    (home / "queue.sqlite3").write_bytes(b"this is not a database" * 100)

    bench = Bench(tmp_path)
    bench.watch.until(lambda w: any("damaged" in update.message for update in w.updates))
    rows = bench.run("copy", make_files(tmp_path / "in", 1))
    bench.close()

    assert rows[0].state is State.DONE
    (aside,) = home.glob("*.broken-*")
    assert aside.read_bytes().startswith(b"this is not")


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_queue_file_damaged_in_the_middle_is_set_aside(tmp_path: Path, damage: str) -> None:
    bench = Bench(tmp_path)
    bench.run("copy", make_files(tmp_path / "in", 200))
    bench.close()
    file = bench.home.queue_file
    left = sqlite3.connect(file)
    left.execute("INSERT INTO leases (pid, birth) VALUES (1, 'long ago')")
    left.commit()
    left.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left.close()
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[8192:] = bytes(byte ^ 0x55 for byte in content[8192:])
    file.write_bytes(content)

    again = Bench(tmp_path)
    rows = again.run("copy", make_files(tmp_path / "in", 1))
    again.close()

    assert rows[0].state is State.DONE
    assert rows[0].outputs[0].name == "f0000 (2).txt"
    assert list(file.parent.glob("*.broken-*"))


def test_nobody_waits_for_ever_when_the_engine_dies(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench()
    running = bench.submit("endless", make_files(tmp_path / "in", 2, "bad"))
    bench.watch.until(lambda w: w.last.counts.running == 2)

    with pytest.raises(WorkerError, match="start desktopproc again to go on"):
        bench.submit("nameless", make_files(tmp_path / "more", 1))

    bench.watch.until(lambda w: "The work has stopped" in w.last.message)
    assert {row.state for row in bench.rows(running)} == {State.WAITING}
    assert not list(bench.out.rglob(".*"))
    with pytest.raises(WorkerError):
        bench.engine.retry([1]).result(10)


@pytest.mark.parametrize("page", range(1, 24, 3))
def test_a_queue_file_with_one_broken_page_is_set_aside(tmp_path: Path, page: int) -> None:
    bench = Bench(tmp_path)
    bench.run("copy", make_files(tmp_path / "in", 60))
    bench.close()
    file = bench.home.queue_file
    content = bytearray(file.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
    file.write_bytes(content)

    again = Bench(tmp_path)
    rows = again.run("copy", make_files(tmp_path / "in", 1))
    again.close()

    assert rows[0].state is State.DONE
    assert any("damaged" in update.message for update in again.watch.updates)
    assert list(file.parent.glob("*.broken-*"))


def test_a_queue_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.close()
    file = bench.home.queue_file
    newer = sqlite3.connect(file)
    newer.execute("PRAGMA user_version = 999")
    newer.close()

    with pytest.raises(StartError, match="newer desktopproc"):
        Bench(tmp_path)


def _said_while_working(folder: Path) -> str:
    """What the engine says while it does five jobs, all of them well."""
    bench = Bench(folder)
    rows = bench.run("copy", make_files(folder / "in", 5))
    bench.close()
    assert {row.state for row in rows} == {State.DONE}
    return " ".join(update.message for update in bench.watch.updates)


def test_work_goes_on_inside_the_program_where_no_process_can_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the guard against worker processes that start worker processes is a real way to be refused
    monkeypatch.setenv("DESKTOPPROC_CHILD", "1")

    assert "Working inside the program" in _said_while_working(tmp_path)


def test_work_goes_on_inside_the_program_where_no_worker_lives_to_say_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "serve_process", stillborn.die)

    said = _said_while_working(tmp_path)

    assert "Worker processes end before they begin. Working inside the program" in said


def test_old_rows_leave_the_list_at_the_next_start(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run("copy", make_files(tmp_path / "in", 10))
    bench.close()
    old = sqlite3.connect(bench.home.queue_file)
    old.execute("UPDATE jobs SET finished = finished - 40 * 86400 WHERE id <= 4")
    old.commit()
    old.close()

    kept = {}
    for days, jobs in ((0, 0), (30, 0), (0, 5)):
        again = Bench(tmp_path, keep_days=days, keep_jobs=jobs)
        kept[days, jobs] = [row.id for row in again.rows()]
        again.close()

    assert kept == {
        (0, 0): list(range(1, 11)),
        (30, 0): list(range(5, 11)),
        (0, 5): list(range(6, 11)),
    }
    assert len(list(bench.out.iterdir())) == 10


def test_settings_of_a_batch_are_a_snapshot(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("copy", make_files(tmp_path / "in", 1), start=False, suffix=".md")

    stored = sqlite3.connect(bench.home.queue_file)
    (options,) = stored.execute("SELECT options FROM batches WHERE id = ?", (batch,)).fetchone()
    stored.close()

    assert json.loads(options) == {"steps": 3, "suffix": ".md"}
    assert harness.OPERATIONS["copy"].name == "copy"


def test_closing_gives_running_jobs_back_for_the_next_start(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    first = make_bench()
    batch = first.submit("endless", make_files(tmp_path / "in", 3, "bad"))
    first.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    first.engine.close()

    assert not list(first.out.rglob(".*"))
    second = make_bench()
    assert {row.state for row in second.rows(batch)} == {State.WAITING}
