"""One job that several workers share behaves as one job, whatever happens to its parts."""

import os
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.job import Job, State
from desktopproc.core.parts import Part, even_parts
from tests.engine.harness import Bench, make_files
from tests.engine.test_jobs import left_over
from tests.engine.test_kills import kill_after, start
from tests.saboteurs.sharing import Trouble

MakeBench = Callable[..., Bench]
KILLS = 3


def lines(pages: int) -> str:
    return "".join(f"{page}\n" for page in range(1, pages + 1))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_files(tmp_path / "in", 1)[0]


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    folder = tmp_path / "seen"
    folder.mkdir()
    return folder


def makers(seen: Path) -> list[tuple[int, int, int]]:
    """First page, pages and process of all parts that began."""
    words = (file.name.split() for file in seen.iterdir())
    return sorted((int(first), int(pages), int(pid)) for first, pages, pid in words)


@pytest.mark.parametrize(
    ("pages", "workers", "least", "most", "lengths"),
    [
        (None, 2, 10, 500, []),
        (19, 2, 10, 500, []),
        (100, 1, 10, 500, []),
        (21, 2, 10, 500, [10, 11]),
        (35, 8, 10, 500, [11, 12, 12]),
        (2000, 2, 40, 500, [500] * 4),
        (2001, 2, 40, 500, [333, 334, 333, 334, 333, 334]),
    ],
)
def test_parts_are_even_and_leave_nothing_out(
    pages: int | None, workers: int, least: int, most: int, lengths: list[int]
) -> None:
    parts = even_parts(pages, workers, least=least, most=most)

    assert [part.pages for part in parts] == lengths
    found = list(range((pages or 0) + 2))  # a reader finds more pages than phase 1 has counted
    assert [page for part in parts for page in part.of(found)] == (found if parts else [])


def test_a_part_in_the_middle_ends_where_the_next_begins() -> None:
    assert list(Part(2, 4).of(range(9))) == [2, 3]


def test_parts_go_to_several_workers_and_are_joined_in_order(
    bench: Bench, source: Path, seen: Path
) -> None:
    (row,) = bench.run("share", [source], seen=str(seen), slow=True)

    assert row.state is State.DONE
    assert row.outputs[0].read_text() == lines(40)
    assert row.notes == ("Fonts were replaced.", "40 pages.")
    assert [(first, pages) for first, pages, _ in makers(seen)] == [
        (1, 10), (11, 10), (21, 10), (31, 10)
    ]  # fmt: skip
    assert len({pid for _, _, pid in makers(seen)}) == 2
    assert not left_over(bench.out)


def test_jobs_are_whole_while_others_wait_and_the_last_one_is_shared(
    bench: Bench, tmp_path: Path, seen: Path
) -> None:
    sources = make_files(tmp_path / "in", 3)

    rows = bench.run("share", sources, seen=str(seen))

    assert [row.outputs[0].read_text() for row in rows] == [lines(40)] * 3
    parts = sorted((first, pages) for first, pages, _ in makers(seen))
    assert parts == [(1, 10), (1, 40), (1, 40), (11, 10), (21, 10), (31, 10)]


def test_a_folder_holds_the_files_of_all_parts(bench: Bench, source: Path) -> None:
    (row,) = bench.run("share-folder", [source])

    assert [path.name for path in row.outputs] == [f"{page:05}.txt" for page in range(1, 41)]
    assert row.notes == ("Fonts were replaced.",)
    assert not left_over(bench.out)


def test_progress_is_the_sum_of_all_parts_and_only_grows(bench: Bench, source: Path) -> None:
    (row,) = bench.run("share", [source], pages=3000, most=400, slow=True)

    seen = [
        (job.done, job.total)
        for update in bench.watch.updates
        for job in update.jobs
        if job.state is State.RUNNING
    ]
    assert row.state is State.DONE
    assert {total for _, total in seen} <= {0, 3000}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len({done for done, _ in seen}) > 2


def test_one_worker_makes_the_whole(make_bench: MakeBench, source: Path, seen: Path) -> None:
    bench = make_bench(cpu_workers=1)

    (row,) = bench.run("share", [source], seen=str(seen))

    assert row.outputs[0].read_text() == lines(40)
    assert [(first, pages) for first, pages, _ in makers(seen)] == [(1, 40)]


def test_work_is_done_where_no_process_can_start(
    make_bench: MakeBench, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTOPPROC_CHILD", "1")  # what keeps workers from starting others
    bench = make_bench()

    (row,) = bench.run("share", [source])

    assert row.outputs[0].read_text() == lines(40)


def test_a_bug_in_the_cutting_costs_only_the_cutting(
    bench: Bench, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (row,) = bench.run("share", [source], at=-2)

    assert row.outputs[0].read_text() == lines(40)
    assert "could not be cut into parts" in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    ("operation", "trouble", "at", "code"),
    [
        ("share", Trouble.FAIL, 25, "damaged"),
        ("share", Trouble.FAIL, 0, "damaged"),
        ("share", Trouble.CRASH, 25, "poison"),
        ("share", Trouble.CRASH, 0, "poison"),
        ("share", Trouble.CHANGE, 25, "changed"),
        ("share-folder", Trouble.FAIL, 25, "damaged"),
        ("share-folder", Trouble.BUG, 5, "unexpected"),
        ("share-folder", Trouble.CRASH, 5, "poison"),
    ],
)
def test_what_happens_to_a_part_happens_to_its_job(
    bench: Bench, source: Path, operation: str, trouble: Trouble, at: int, code: str
) -> None:
    (row,) = bench.run(operation, [source], trouble=trouble, at=at)

    assert row.state is State.FAILED
    assert row.error is not None
    assert row.error.code == code
    assert not left_over(bench.out)
    assert bench.run("copy", make_files(bench.out.parent / "more", 3))[2].state is State.DONE


@pytest.mark.parametrize("at", [25, 0])
def test_a_worker_that_dies_costs_one_retry_of_the_whole(
    bench: Bench, source: Path, tmp_path: Path, at: int
) -> None:
    (row,) = bench.run(
        "share", [source], trouble=Trouble.CRASH_ONCE, at=at, until=str(tmp_path / "once")
    )

    assert (row.state, row.attempts) == (State.DONE, 2)
    assert row.outputs[0].read_text() == lines(40)
    assert not left_over(bench.out)


def run_until_begun(bench: Bench, source: Path, **options: Any) -> int:
    batch = bench.submit("share", [source], **options)
    bench.watch.until(lambda w: any(job.state is State.RUNNING for job in w.jobs.values()))
    return batch


@pytest.mark.parametrize("trouble", [Trouble.ENDLESS, Trouble.HANG])
@pytest.mark.parametrize("at", [3, 0])
def test_cancel_stops_every_part_and_leaves_nothing(
    make_bench: MakeBench, source: Path, tmp_path: Path, trouble: Trouble, at: int
) -> None:
    bench = make_bench(grace_s=0.2)
    batch = run_until_begun(bench, source, trouble=trouble, at=at, until=str(tmp_path / "end"))
    if at == 0:
        bench.watch.until(lambda w: any(job.done == job.total > 0 for job in w.jobs.values()))

    bench.engine.cancel_batch(batch)
    bench.settle(batch)

    assert [row.state for row in bench.rows(batch)] == [State.CANCELLED]
    assert not left_over(bench.out)
    assert bench.run("copy", [source])[0].state is State.DONE


def test_a_part_that_hangs_is_ended_at_the_time_limit_of_its_job(
    make_bench: MakeBench, source: Path
) -> None:
    bench = make_bench(job_timeout_s=0.5, attempts=1)

    (row,) = bench.run("share", [source], trouble=Trouble.HANG, at=25)

    assert row.error is not None
    assert row.error.code == "timed-out"
    assert not left_over(bench.out)


def test_the_time_limit_counts_from_the_first_part(make_bench: MakeBench, source: Path) -> None:
    bench = make_bench(job_timeout_s=1.0, attempts=1)

    (row,) = bench.run("share", [source], pages=2000, most=10, slow=True)

    assert row.error is not None
    assert row.error.code == "timed-out"


def test_a_full_disk_pauses_and_the_whole_is_made_again(
    bench: Bench, source: Path, tmp_path: Path
) -> None:
    room = tmp_path / "room"
    batch = bench.submit("share", [source], trouble=Trouble.FULL, at=12, until=str(room))
    bench.watch.until(lambda w: w.last.paused.get(batch, "").startswith("The disk is full"))
    assert not left_over(bench.out)

    room.touch()
    bench.engine.resume(batch)
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.outputs[0].read_text() == lines(40)
    assert row.attempts == 1


def test_pause_lets_a_job_that_has_begun_come_to_its_end(
    bench: Bench, source: Path, tmp_path: Path
) -> None:
    end = tmp_path / "end"
    batch = run_until_begun(bench, source, trouble=Trouble.ENDLESS, at=1, until=str(end))

    bench.engine.pause(batch)
    end.touch()
    bench.settle(batch)

    assert bench.rows(batch)[0].outputs[0].read_text() == lines(40)


def test_parts_that_made_nothing_are_said_and_left_out(bench: Bench, source: Path) -> None:
    (some,) = bench.run("share", [source], trouble=Trouble.SKIP)
    (none,) = bench.run("share", [source], trouble=Trouble.SKIP, pages=2, most=1, at=1)
    (alone,) = bench.run("share-folder", [source], trouble=Trouble.SKIP)

    assert "Pages 21 to 30 are empty." in some.notes
    assert some.outputs[0].read_text() == "".join(
        f"{page}\n" for page in [*range(1, 21), *range(31, 41)]
    )
    assert none.outputs[0].read_text() == "2\n"
    assert len(alone.outputs) == 30


def test_nothing_at_all_skips_the_job(bench: Bench, source: Path) -> None:
    (row,) = bench.run("share-folder", [source], trouble=Trouble.SKIP, at=0)

    assert row.state is State.SKIPPED
    assert row.error is not None
    assert row.error.message == "Pages 1 to 10 are empty."
    assert not left_over(bench.out)


def test_quick_jobs_are_not_starved_by_parts(bench: Bench, source: Path, tmp_path: Path) -> None:
    end = tmp_path / "end"
    large = bench.submit(
        "share", [source], pages=3000, most=300, slow=True, trouble=Trouble.ENDLESS, at=2999,
        until=str(end),
    )  # fmt: skip
    bench.watch.until(lambda w: any(job.done for job in w.jobs.values()))

    quick = bench.run("copy", make_files(tmp_path / "quick", 30))

    assert {row.state for row in quick} == {State.DONE}
    assert bench.rows(large)[0].state is State.RUNNING
    end.touch()
    bench.settle(large)


def test_several_shared_jobs_end_in_their_order_with_quick_ones_between(
    bench: Bench, tmp_path: Path
) -> None:
    files = make_files(tmp_path / "in", 6)
    batches = [bench.submit("share", [file], pages=60, slow=True) for file in files]
    quick = bench.submit("copy", files)

    for batch in (*batches, quick):
        bench.settle(batch)

    rows = bench.rows()
    assert {row.state for row in rows} == {State.DONE}
    assert all(row.outputs[0].read_text() == lines(60) for row in rows if row.batch != quick)
    assert not left_over(bench.out)


def test_resizing_and_killing_workers_loses_no_part(bench: Bench, source: Path) -> None:
    batch = bench.submit("share", [source], pages=400, slow=True)
    for size in (1, 4, 3):
        bench.until_more_than(len(bench.watch.updates))
        bench.engine.configure(replace(bench.settings, cpu_workers=size))
    for pid in bench.engine._machine._pool.pids[:1]:
        os.kill(pid, signal.SIGKILL)
    bench.settle(batch)

    (row,) = bench.rows(batch)
    assert row.state is State.DONE
    assert row.outputs[0].read_text() == lines(400)
    assert not left_over(bench.out)


@pytest.mark.parametrize("operation", ["share", "share-folder"])
def test_kill_of_everything_at_any_moment_leaves_nothing_half(
    tmp_path: Path, make_bench: MakeBench, source: Path, operation: str
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(KILLS):
        process = start(tmp_path, operation, "pages=300", "slow=true")
        assert process.stdout is not None
        while process.stdout.readline() not in {"running\n", ""}:
            pass
        if not kill_after(process, chance.uniform(0.0, 0.4)):
            break

    bench = make_bench()
    bench.engine.start_batches().result()
    bench.watch.until(lambda w: w.last.counts.done == 1)

    (row,) = bench.rows()
    found = "".join(f"{path.read_text().strip()}\n" for path in row.outputs)
    assert found == lines(300)
    assert not left_over(bench.out)


def test_kill_in_the_middle_of_the_join_leaves_nothing(
    tmp_path: Path, make_bench: MakeBench, source: Path
) -> None:
    end = tmp_path / "end"
    process = start(tmp_path, "share", "trouble=endless", "at=0", f"until={end}")
    assert process.stdout is not None
    while process.stdout.readline() != "running\n":
        pass
    out = tmp_path / "out"
    while not any(file.is_file() and file.stat().st_size for file in out.glob(".*.txt")):
        assert process.poll() is None
    assert kill_after(process, 0.0)
    assert list(out.glob(".*.parts"))

    end.touch()
    bench = make_bench()
    bench.engine.start_batches().result()
    bench.watch.until(lambda w: w.last.counts.done == 1)

    assert rows_text(bench.rows()) == lines(40)
    assert not left_over(bench.out)


def rows_text(rows: list[Job]) -> str:
    return "".join(row.outputs[0].read_text() for row in rows)
