"""What jobs took, by operation and stage, as the queue file tells it afterwards."""

import sqlite3
import statistics
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from desktopproc.core.stages import Stage
from desktopproc.engine.health import Health
from desktopproc.engine.tables import MIGRATIONS
from desktopproc.engine.timings import Slow, Timings, percentile
from desktopproc.engine.usage import used_by
from tests.engine.harness import Bench, make_files

STAGES = [stage.word for stage in Stage]


def spent(bench: Bench) -> dict[int, dict[str, float]]:
    """Seconds by stage of each done job, with those of the whole attempt."""
    columns = ", ".join(f"{word}_s" for word in STAGES)
    with closing(sqlite3.connect(bench.home.queue_file)) as db:
        rows = db.execute(f"SELECT job, seconds, cpu_s, began, ended, {columns} FROM attempts")
        names = ("seconds", "cpu", "began", "ended", *STAGES)
        return {job: dict(zip(names, values, strict=True)) for job, *values in rows.fetchall()}


def rewrite(bench: Bench, seconds: dict[int, float]) -> None:
    """Let jobs have taken so long."""
    with closing(sqlite3.connect(bench.home.queue_file)) as db, db:
        db.executemany(
            "UPDATE attempts SET seconds = ? WHERE job = ?", [(s, j) for j, s in seconds.items()]
        )


def timings(bench: Bench) -> Timings:
    return Timings(bench.engine.reader())


def photos(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True)
    files = [folder / f"p{number}.jpg" for number in range(count)]
    for file in files:
        Image.effect_noise((900, 600), 60).convert("RGB").save(file)
    return files


@pytest.mark.parametrize("operation", ["convert", "thumbnail"])
def test_the_time_of_a_photo_is_told_by_stage(bench: Bench, tmp_path: Path, operation: str) -> None:
    bench.run(operation, photos(tmp_path / "in", 3))

    for took in spent(bench).values():
        assert all(took[word] > 0 for word in STAGES)
        assert sum(took[word] for word in STAGES) == pytest.approx(took["seconds"], rel=0.2)
        assert took["decode"] + took["encode"] > took["read"] + took["write"]
        assert took["began"] + took["seconds"] <= took["ended"] + 0.05


def test_an_operation_that_marks_nothing_reads_processes_and_writes(
    bench: Bench, tmp_path: Path
) -> None:
    bench.run("copy", make_files(tmp_path / "in", 2))

    for took in spent(bench).values():
        assert took["read"] > 0
        assert took["process"] > 0
        assert took["write"] > 0
        assert took["decode"] == took["encode"] == 0


@pytest.mark.parametrize("count", [1, 2, 19, 20, 200])
def test_percentiles_are_those_of_the_standard_library(
    bench: Bench, tmp_path: Path, count: int
) -> None:
    rows = bench.run("copy", make_files(tmp_path / "in", count))
    took = {row.id: float(((number * 7919) % 1000) + 1) for number, row in enumerate(rows)}
    rewrite(bench, took)

    ((timing,), _) = timings(bench).by_operation(limit_s=0)

    values = list(took.values())
    whole = [*values, *values] if count == 1 else values
    assert timing.p95 == pytest.approx(statistics.quantiles(whole, n=20, method="inclusive")[18])
    assert timing.average == pytest.approx(statistics.mean(values))
    assert (timing.jobs, timing.longest) == (count, max(values))


def test_a_percentile_never_lies_beyond_the_largest_value() -> None:
    assert percentile([1.0, 100.0], 0.95) == pytest.approx(95.05)
    assert percentile([3.0], 0.95) == 3.0


def test_a_job_is_slow_by_comparison_or_by_the_limit(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("copy", make_files(tmp_path / "in", 30))
    slow, slowish, *others = (row.id for row in rows)
    rewrite(bench, dict.fromkeys(others, 1.0) | {slow: 400.0, slowish: 2.5})

    ((timing,), by_comparison) = timings(bench).by_operation(limit_s=0)
    (_, by_limit) = timings(bench).by_operation(limit_s=2.0)

    assert by_comparison == [Slow(slow, "copy", "f0000.txt", 400.0, timing.p95)]
    assert [each.job for each in by_limit] == [slow, slowish]


def test_no_job_is_slow_among_few_or_when_all_are_quick(bench: Bench, tmp_path: Path) -> None:
    few = bench.run("copy", make_files(tmp_path / "few", 19))
    many = bench.run("take", make_files(tmp_path / "many", 30))
    rewrite(bench, dict.fromkeys([row.id for row in few], 1.0) | {few[0].id: 400.0})
    rewrite(bench, dict.fromkeys([row.id for row in many], 0.001) | {many[0].id: 0.9})

    (_, slow) = timings(bench).by_operation(limit_s=0)

    assert slow == []


def test_what_ended_today_is_known_after_the_list_was_cleared(bench: Bench, tmp_path: Path) -> None:
    bench.run("fail", make_files(tmp_path / "in", 5))
    bench.run("fail", make_files(tmp_path / "bad", 3, content="bad"))
    troubles = timings(bench).troubles()
    bench.engine.clear().result(10)

    today = timings(bench).ended(today=True)

    assert (today.done, today.failed, today.error_rate) == (5, 3, 3 / 8)
    assert [(t.operation, t.code, t.jobs) for t in troubles] == [("fail", "damaged", 3)]
    assert bench.rows() == []
    assert timings(bench).troubles() == []


def test_a_run_tells_how_it_went_while_it_goes_on_and_afterwards(
    bench: Bench, tmp_path: Path
) -> None:
    endless = bench.submit("endless", make_files(tmp_path / "in", 1, content="bad"))
    bench.watch.until(lambda w: any(u.health for u in w.updates))
    copies = bench.submit("copy", make_files(tmp_path / "more", 20))
    bench.until_done(copies, 20)
    bench.watch.until(lambda _: _newest(bench).jobs == 20)
    during = _newest(bench)
    bench.engine.cancel_batch(endless)
    bench.watch.until(lambda _: _newest(bench).is_over)

    (run,) = timings(bench).runs()

    assert during.last.busy == 1
    assert during.last.workers == 2
    assert during.last.memory > 10_000_000
    assert during.longest is not None
    assert run.is_over
    assert run.figures["jobs"] == 20
    assert run.figures["peak_memory_bytes"] >= during.last.memory
    assert 0 < run.figures["busy"] <= 1


def _newest(bench: Bench) -> Health:
    return next((u.health for u in reversed(bench.watch.updates) if u.health), Health(0.0))


def test_nothing_is_measured_when_nothing_runs(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 2))
    bench.watch.until(lambda _: _newest(bench).is_over)
    updates = len(bench.watch.updates)

    bench.engine.clear().result(10)
    bench.watch.until(lambda w: len(w.updates) > updates)

    assert all(update.health is None for update in bench.watch.updates[updates:])


def test_what_a_process_uses_is_what_the_system_says() -> None:
    import psutil

    (ours,) = used_by([psutil.Process().pid]).values()

    theirs = psutil.Process()
    assert ours.memory == pytest.approx(theirs.memory_info().rss, rel=0.2)
    assert ours.cpu_s == pytest.approx(sum(theirs.cpu_times()[:2]), abs=1.0)
    assert used_by([2**22 + 5]) == {}


def test_a_queue_file_without_times_is_brought_up_to_date(
    tmp_path: Path, make_bench: Callable[..., Bench]
) -> None:
    state = tmp_path / "home" / "state"
    state.mkdir(parents=True)
    with closing(sqlite3.connect(state / "queue.sqlite3")) as old:
        old.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        old.execute(
            "INSERT INTO batches (operation, options, preset, folder, template, conflict, "
            "keep_tree, reuse, priority, created) VALUES ('copy', '{}', '', ?, '', 'rename', 0, 0, "
            "0, 1)",
            (bytes(tmp_path),),
        )
        old.execute(
            "INSERT INTO jobs (batch, state, priority, name, weight) "
            "VALUES (1, 'done', 1, 'old.txt', 1)"
        )
        old.execute("INSERT INTO attempts VALUES (1, 1, 5.0, 2.0, 'done', '')")
        old.commit()
    bench = make_bench()

    ((timing,), _) = timings(bench).by_operation(limit_s=0)

    assert (timing.operation, timing.jobs, timing.average) == ("copy", 1, 2.0)
    assert (timing.waited, timing.cpu, timing.stages) == (None, None, {})


def test_work_that_was_done_again_for_nothing_is_counted(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 3)
    bench.run("copy", files)
    files[0].write_text("changed")
    bench.run("copy", files)
    with closing(sqlite3.connect(bench.home.queue_file)) as db, db:
        db.execute("UPDATE jobs SET cached = 0")

    assert timings(bench).repeats(in_all=False) == 0
    assert timings(bench).repeats(in_all=True) == 2
