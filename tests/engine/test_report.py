"""Past, present and recommendations together, from a real queue."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from desktopproc.engine.report import Report, report
from desktopproc.engine.report_text import percent, seconds, size, text
from tests.engine.harness import OPERATIONS, Bench, make_files

ATTEMPTS = 10  # the engine writes the same row every few seconds


def made(bench: Bench) -> Report:
    with closing(bench.engine.reader()) as reader:
        return report(reader, bench.home, bench.settings, OPERATIONS)


def after_a_while(bench: Bench) -> Report:
    """As if the job that runs longest had begun a minute and a half ago."""
    for _ in range(ATTEMPTS):
        with closing(sqlite3.connect(bench.home.queue_file)) as db, db:
            db.execute(
                "UPDATE runs SET figures = json_set(figures, '$.longest_since', ?)",
                (time.time() - 95,),
            )
        found = made(bench)
        if found.advice:
            break
    return found


def test_the_last_job_of_a_run_is_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "scan").mkdir()
    last = tmp_path / "scan" / "scan.txt"
    last.write_text("bad")
    copies = bench.submit("copy", make_files(tmp_path / "in", 20), start=False)
    endless = bench.submit("endless", [last], start=False)
    bench.engine.start_batches([copies, endless]).result(10)
    bench.settle(copies)
    bench.watch.until(lambda w: any(u.health and u.health.jobs == 20 for u in w.updates))

    before = made(bench)
    after = after_a_while(bench)

    assert [run.pid for run in before.at_work] == [os.getpid()]
    assert before.advice == []
    (advice,) = after.advice
    assert advice.code == "last-job"
    assert "scan.txt has been running for 95 s" in advice.sentence


def test_a_process_that_died_is_not_at_work(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 2))
    bench.watch.until(lambda w: any(u.health and u.health.is_over for u in w.updates))
    found = made(bench)
    with closing(sqlite3.connect(bench.home.queue_file)) as db, db:
        db.execute("UPDATE runs SET is_over = 0, lease = 999")

    assert found.at_work == []
    assert made(bench).at_work == []
    assert made(bench).last is not None


def test_what_is_left_is_told_from_what_such_jobs_have_taken(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 20))
    bench.watch.until(lambda w: any(u.health and u.health.is_over for u in w.updates))
    assert "Time" not in text(made(bench))
    bench.submit("endless", make_files(tmp_path / "bad", 2, "bad"))
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)
    bench.submit("copy", make_files(tmp_path / "more", 30))

    found = made(bench)

    assert found.left is not None
    low, high = found.plain()["seconds_left"]
    assert 0 <= low <= high < 60
    (line,) = [line for line in text(found).splitlines() if line.startswith("Time\t")]
    assert line.endswith(" left")


def test_everything_can_be_read_as_text(bench: Bench, tmp_path: Path) -> None:
    bench.run("fail", make_files(tmp_path / "bad", 12, content="bad"))

    lines = text(made(bench)).splitlines()

    assert "In the list\t12 failed" in lines
    assert "Ended today\t0 done, 12 failed, 100 % errors" in lines
    assert "fail\t12\tf0000.txt is damaged." in lines
    assert any(line.startswith("-\t12 jobs failed because") for line in lines)


def test_figures_are_written_for_people() -> None:
    assert [seconds(value) for value in (0.0421, 3.14, 95.2)] == ["0.042 s", "3.1 s", "95 s"]
    assert [percent(value) for value in (0.0, 0.0001, 0.004, 0.37, 1.0)] == [
        *("0 %", "0 %", "0.4 %", "37 %", "100 %"),
    ]
    assert [size(value) for value in (0, 999, 1000, 1_150_000, 10**12)] == [
        *("0 bytes", "999 bytes", "1.0 kB", "1.1 MB", "1.0 TB"),
    ]
