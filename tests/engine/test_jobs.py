"""What happens to jobs, good and bad, through the engine's own door."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from desktopproc.core.errors import Failure
from desktopproc.core.job import Conflict, Facts, OutputPlan, Priority, Request, State
from tests.engine.harness import OPERATIONS, Bench, make_files
from tests.engine.worker_memory import workers

MakeBench = Callable[..., Bench]


def left_over(folder: Path) -> list[Path]:
    """Hidden temp files that should not be there."""
    return list(folder.rglob(".*"))


def test_files_are_copied_and_rows_say_done(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 5)

    rows = bench.run("copy", files)

    assert [row.state for row in rows] == [State.DONE] * 5
    assert [row.outputs[0].read_text() for row in rows] == ["good"] * 5
    assert not left_over(bench.out)


def test_progress_grows_and_reaches_its_total(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 1), steps=100_000)

    seen = [job.done for update in bench.watch.updates for job in update.jobs if job.total]
    assert seen == sorted(seen)
    assert seen


def test_no_row_goes_back_to_waiting_while_its_result_gets_its_name(
    bench: Bench, tmp_path: Path
) -> None:
    bench.run("copy", make_files(tmp_path / "in", 120), steps=1)

    begun: set[int] = set()
    for job in (job for update in bench.watch.updates for job in update.jobs):
        assert not (job.id in begun and job.state is State.WAITING)
        if job.state is not State.WAITING:
            begun.add(job.id)


def test_many_files_become_one(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("join", make_files(tmp_path / "in", 4))

    assert [row.state for row in rows] == [State.DONE]
    assert rows[0].outputs[0].read_text() == "good" * 4


def test_one_file_becomes_a_folder(bench: Bench, tmp_path: Path) -> None:
    rows = bench.run("split", make_files(tmp_path / "in", 1), parts=12)

    assert rows[0].state is State.DONE
    assert len(rows[0].outputs) == 12
    assert all(output.parent == bench.out / "f0000" for output in rows[0].outputs)


@pytest.mark.parametrize(
    ("operation", "options", "code"),
    [
        ("crash", {}, "poison"),
        ("fail", {"how": "damaged"}, "damaged"),
        ("fail", {"how": "bug"}, "unexpected"),
        ("fail", {"how": "passing"}, "read-failed"),
        ("lie", {"lie": "nothing-written"}, "output"),
        ("lie", {"lie": "wrong-size"}, "output"),
        ("lie", {"lie": "source-changed"}, "changed"),
    ],
)
def test_one_bad_file_never_stops_the_others(
    bench: Bench, tmp_path: Path, operation: str, options: dict[str, str], code: str
) -> None:
    good = make_files(tmp_path / "in", 6)
    bad = make_files(tmp_path / "bad", 1, "bad")

    rows = bench.run(operation, [*good[:3], *bad, *good[3:]], **options)

    assert [row.state for row in rows].count(State.DONE) == 6
    (failed,) = [row for row in rows if row.state is State.FAILED]
    assert failed.error is not None
    assert failed.error.code == code
    assert failed.error.message.endswith(".")
    assert not left_over(bench.out)


def test_a_crash_is_told_by_its_signal(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(attempts=1)

    (row,) = bench.run("crash", make_files(tmp_path / "bad", 1, "bad"))

    assert row.error is not None
    assert row.error.code == "worker-died"
    assert row.error.message == "The process that worked on it was ended by SIGSEGV."
    assert "Segmentation fault" in (bench.home.logs / "workers.log").read_text()


def test_a_bug_leaves_its_traceback_in_the_log(bench: Bench, tmp_path: Path) -> None:
    (row,) = bench.run("fail", make_files(tmp_path / "bad", 1, "bad"), how="bug")

    reader = bench.engine.reader()
    log = reader.log(row.id)
    reader.close()
    assert "KeyError" in log
    assert "Traceback" in log


def test_a_hang_is_ended_at_its_time_limit(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(stall_timeout_s=0.5, attempts=1)
    good, bad = make_files(tmp_path / "in", 3), make_files(tmp_path / "bad", 1, "bad")

    rows = bench.run("hang", [*bad, *good])

    assert [row.state for row in rows] == [State.FAILED, *[State.DONE] * 3]
    assert rows[0].error is not None
    assert rows[0].error.code == "timed-out"


def test_cancelling_a_hang_kills_its_child_processes(bench: Bench, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    files = [*make_files(tmp_path / "bad", 1, "bad"), *make_files(tmp_path / "in", 2)]

    batch = bench.submit("hang", files, child_pid_file=str(note))
    bench.watch.until(lambda _: note.exists() and note.read_text().count(" "))
    bad = bench.rows(batch)[0].id
    bench.engine.cancel([bad])
    bench.settle(batch)

    assert [row.state for row in bench.rows(batch)] == [
        State.CANCELLED,
        State.DONE,
        State.DONE,
    ]
    pids = [int(pid) for pid in note.read_text().split()]
    gone, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=5
    )
    assert not alive, gone
    assert not left_over(bench.out)


def test_a_memory_hog_is_refused_and_its_worker_goes_on(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(worker_memory_mb=1024, cpu_workers=1)
    bad, good = make_files(tmp_path / "bad", 1, "bad"), make_files(tmp_path / "in", 2)

    rows = bench.run("hog", [*bad, *good])

    assert [row.state for row in rows] == [State.FAILED, State.DONE, State.DONE]
    assert rows[0].error is not None
    assert rows[0].error.code == "memory"


def test_a_passing_trouble_is_tried_again(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(attempts=1000, retry_cap_s=0.05)
    over = tmp_path / "over"

    batch = bench.submit(
        "fail", make_files(tmp_path / "in", 1, "bad"), how="passing", until=str(over)
    )
    bench.watch.until(lambda w: any(job.attempts >= 2 for job in w.jobs.values()))
    over.touch()
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.DONE
    assert row.attempts >= 3


def test_cancel_stops_a_polite_job_and_frees_its_worker(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "bad", 2, "bad")
    batch = bench.submit("endless", [*files, *make_files(tmp_path / "in", 1)])
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    bench.engine.cancel([job.id for job in bench.rows(batch)[:2]])
    bench.settle(batch)

    assert [row.state for row in bench.rows(batch)] == [
        State.CANCELLED,
        State.CANCELLED,
        State.DONE,
    ]
    assert not left_over(bench.out)


def test_a_waiting_job_can_be_cancelled_and_retried(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("copy", make_files(tmp_path / "in", 3), start=False)
    second = bench.rows(batch)[1].id
    bench.engine.cancel([second])
    bench.engine.start_batches([batch])
    bench.settle(batch)
    assert [r.state for r in bench.rows(batch)] == [State.DONE, State.CANCELLED, State.DONE]

    assert bench.engine.retry([second]).result() == 1
    bench.until_done(batch, 3)

    assert sorted(path.name for path in bench.out.iterdir()) == [
        "f0000.txt",
        "f0001.txt",
        "f0002.txt",
    ]


def test_a_retried_job_whose_name_was_taken_gets_another(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    first = bench.submit("copy", files, start=False)
    job = bench.rows(first)[0].id
    bench.engine.cancel([job])
    bench.settle(first)
    bench.run("copy", files)

    bench.engine.retry([job]).result()
    bench.until_done(first, 1)

    assert sorted(path.name for path in bench.out.iterdir()) == ["f0000 (2).txt", "f0000.txt"]


def test_a_refused_file_that_was_mended_runs_when_retried(bench: Bench, tmp_path: Path) -> None:
    lost = tmp_path / "in" / "lost.txt"
    missing = Failure("missing", "lost.txt is not there.")
    request = Request(
        "copy",
        OPERATIONS["copy"].options(),
        ((Facts(lost, error=missing), None),),
        OutputPlan(bench.out),
    )
    batch = bench.engine.submit(request).result(10)
    (row,) = bench.rows(batch)
    assert (row.state, row.error) == (State.FAILED, missing)
    make_files(tmp_path / "in", 1)[0].rename(lost)

    assert bench.engine.retry([row.id]).result(10) == 1
    bench.until_done(batch, 1)

    assert (bench.out / "lost.txt").read_text() == "good"


def test_a_full_disk_pauses_the_batch_and_fails_nothing(bench: Bench, tmp_path: Path) -> None:
    over = tmp_path / "over"
    files = make_files(tmp_path / "in", 8, "bad")

    batch = bench.submit("fail", files, how="full", until=str(over))
    bench.watch.until(lambda w: w.last.paused.get(batch) and w.last.is_idle)
    assert bench.watch.last.paused[batch] == "The disk is full. Make room, then resume."
    assert {row.state for row in bench.rows(batch)} == {State.WAITING}
    assert not left_over(bench.out)
    over.touch()
    bench.engine.resume(batch)
    bench.settle(batch)

    assert {row.state for row in bench.rows(batch)} == {State.DONE}


def test_pause_starts_nothing_new_and_resume_goes_on(bench: Bench, tmp_path: Path) -> None:
    busy = make_files(tmp_path / "bad", 2, "bad")
    batch = bench.submit("endless", [*busy, *make_files(tmp_path / "in", 9)])
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    bench.engine.pause(batch)
    bench.engine.cancel([job.id for job in bench.rows(batch)[:2]])
    bench.watch.until(lambda w: w.last.is_idle and w.last.batch_counts[batch].cancelled == 2)
    assert bench.watch.last.batch_counts[batch].waiting == 9
    bench.engine.resume(batch)
    bench.settle(batch)

    assert bench.watch.last.batch_counts[batch].done == 9


def test_a_job_behind_a_long_one_is_cancelled_at_once(
    make_bench: Callable[..., Bench], tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=1)
    bench.run("copy", make_files(tmp_path / "quick", 20))  # jobs are quick: they go in groups
    long = bench.submit("endless", make_files(tmp_path / "bad", 1, "bad"))
    behind = bench.submit("copy", make_files(tmp_path / "in", 3))
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 1)

    bench.engine.cancel_batch(behind)
    bench.settle(behind)

    assert {row.state for row in bench.rows(behind)} == {State.CANCELLED}
    assert {row.state for row in bench.rows(long)} == {State.RUNNING}


def test_stop_now_gives_running_jobs_back(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("endless", make_files(tmp_path / "bad", 2, "bad"))
    bench.watch.until(lambda w: sum(job.done > 1 for job in w.jobs.values()) == 2)

    bench.engine.stop(now=True)
    bench.watch.until(lambda w: w.last.is_idle)

    rows = bench.rows(batch)
    assert {row.state for row in rows} == {State.WAITING}
    assert {row.attempts for row in rows} == {0}
    assert not left_over(bench.out)


def test_high_priority_runs_first(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(cpu_workers=1)
    batch = bench.submit("copy", make_files(tmp_path / "in", 12), start=False)
    last = bench.rows(batch)[-1].id
    bench.engine.prioritise([last], Priority.HIGH)
    bench.engine.start_batches([batch])
    bench.settle(batch)

    written = {row.id: row.outputs[0].stat().st_mtime_ns for row in bench.rows(batch)}
    assert min(written, key=written.__getitem__) == last


def test_resizing_and_recycling_lose_no_job(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(recycle_jobs=5)
    batch = bench.submit("copy", make_files(tmp_path / "in", 200))

    for size in (1, 4, 2, 3):
        seen = len(bench.watch.updates)
        bench.until_more_than(seen)
        bench.engine.configure(bench.settings.__class__(cpu_workers=size, recycle_jobs=3))
    bench.settle(batch)

    assert {row.state for row in bench.rows(batch)} == {State.DONE}
    assert len(list(bench.out.iterdir())) == 200


def test_a_killed_worker_costs_only_a_retry(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench()
    bad = make_files(tmp_path / "bad", 1, "bad")
    batch = bench.submit("endless", [*bad, *make_files(tmp_path / "in", 20)])
    bench.watch.until(lambda w: any(job.done > 1 for job in w.jobs.values()))

    for worker in workers():
        worker.kill()
    bench.watch.until(lambda w: w.jobs[bench.rows(batch)[0].id].attempts >= 2)
    bench.engine.cancel([bench.rows(batch)[0].id])
    bench.settle(batch)

    states = [row.state for row in bench.rows(batch)]
    assert states[0] is State.CANCELLED
    assert set(states[1:]) == {State.DONE}


@pytest.mark.parametrize("conflict", list(Conflict))
def test_conflict_policies(bench: Bench, tmp_path: Path, conflict: Conflict) -> None:
    bench.out.mkdir()
    (bench.out / "f0000.txt").write_text("old")

    (row,) = bench.run("copy", make_files(tmp_path / "in", 1), conflict=conflict)

    names = {path.name: path.read_text() for path in bench.out.iterdir()}
    match conflict:
        case Conflict.RENAME:
            assert names == {"f0000.txt": "old", "f0000 (2).txt": "good"}
        case Conflict.SKIP:
            assert names == {"f0000.txt": "old"}
            assert row.state is State.SKIPPED
        case Conflict.OVERWRITE | Conflict.UPDATE:
            assert names == {"f0000.txt": "good"}


def test_update_leaves_alone_what_is_current(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 2)
    bench.run("copy", files, conflict=Conflict.UPDATE)
    before = {path: path.stat().st_mtime_ns for path in bench.out.iterdir()}
    files[1].write_text("better")

    rows = bench.run("copy", files, conflict=Conflict.UPDATE)

    assert [(row.state, row.cached) for row in rows] == [(State.DONE, True), (State.DONE, False)]
    after = {path: path.stat().st_mtime_ns for path in bench.out.iterdir()}
    assert after[bench.out / "f0000.txt"] == before[bench.out / "f0000.txt"]
    assert (bench.out / "f0001.txt").read_text() == "better"
    assert rows[0].outputs == (bench.out / "f0000.txt",)


def test_update_also_knows_folders(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1)
    bench.run("split", files, conflict=Conflict.UPDATE)

    (row,) = bench.run("split", files, conflict=Conflict.UPDATE)

    assert row.cached
    assert len(row.outputs) == 3


def test_two_jobs_never_aim_at_the_same_file(bench: Bench, tmp_path: Path) -> None:
    files = [make_files(tmp_path / name, 1, name)[0] for name in ("a", "b", "c")]

    rows = bench.run("copy", files, conflict=Conflict.OVERWRITE)

    assert {row.outputs[0].read_text() for row in rows} == {"a", "b", "c"}


def test_an_output_is_never_a_source(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 3)

    rows = bench.run("copy", files, conflict=Conflict.OVERWRITE, out=tmp_path / "in")

    assert all(row.state is State.DONE for row in rows)
    assert [file.read_text() for file in files] == ["good"] * 3
    assert {row.outputs[0] for row in rows}.isdisjoint(files)


def test_a_name_taken_after_planning_is_kept(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("copy", make_files(tmp_path / "in", 1), start=False)
    (bench.out / "f0000.txt").write_text("somebody else's")
    bench.engine.start_batches([batch])
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.DONE
    assert row.outputs[0].name == "f0000 (2).txt"
    assert (bench.out / "f0000.txt").read_text() == "somebody else's"


def test_a_vanished_output_folder_pauses_the_batch(bench: Bench, tmp_path: Path) -> None:
    batch = bench.submit("copy", make_files(tmp_path / "in", 3), start=False)
    bench.out.rmdir()
    bench.engine.start_batches([batch])
    bench.watch.until(lambda w: w.last.paused.get(batch) and w.last.is_idle)
    assert "not there any more" in bench.watch.last.paused[batch]

    bench.out.mkdir()
    bench.engine.resume(batch)
    bench.settle(batch)

    assert {row.state for row in bench.rows(batch)} == {State.DONE}


def test_a_vanished_input_fails_with_a_sentence(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 2)
    batch = bench.submit("copy", files, start=False)
    files[0].unlink()
    bench.engine.start_batches([batch])
    bench.settle(batch)

    rows = bench.rows(batch)
    assert [row.state for row in rows] == [State.FAILED, State.DONE]
    assert rows[0].error is not None
    assert rows[0].error.message == "f0000.txt is not there any more."


def test_clear_removes_ended_rows_only(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 3))
    waiting = bench.submit("copy", make_files(tmp_path / "more", 2), start=False)

    assert bench.engine.clear().result() == 3

    assert [row.batch for row in bench.rows()] == [waiting] * 2
    assert len(list(bench.out.iterdir())) == 3
