"""Workers come when they are needed and go when they are not, and no job suffers from it."""

import multiprocessing.connection
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from desktopproc.core.job import Job, State
from desktopproc.core.settings import Concurrency, Quiet
from tests.engine.harness import LIMIT_S, Bench, make_files
from tests.engine.sleeping import comes_to_rest, tells_system_calls
from tests.engine.worker_memory import workers

MakeBench = Callable[..., Bench]


@dataclass(frozen=True, slots=True)
class Stay:
    """One run of a job: when it began and ended, and how its worker was."""

    file: str
    pid: int
    nice: int
    threads: int
    variable: int
    began: int
    ended: int | None


def stays(log: Path) -> list[Stay]:
    """What every run of `crowd` has told, in the order in which they began."""
    begun: dict[tuple[str, int], list[str]] = {}
    found = []
    for line in log.read_text().splitlines():
        at, what, file, *told = line.split()
        if what == "begin":
            begun[file, int(told[0])] = [at, *told]
        else:
            began, *_ = begun.pop((file, int(told[0])))
            found.append(_stay(file, told, int(began), int(at)))
    found += [_stay(file, told, int(at), None) for (file, _), (at, *told) in begun.items()]
    return sorted(found, key=lambda stay: stay.began)


def _stay(file: str, told: list[str], began: int, ended: int | None) -> Stay:
    pid, nice, threads, variable = map(int, told)
    return Stay(file, pid, nice, threads, variable, began, ended)


def most_at_once(found: list[Stay]) -> int:
    """How many of them ran at the same time."""
    changes = [(stay.began, 1) for stay in found] + [(stay.ended or 1 << 62, -1) for stay in found]
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


@contextmanager
def handles(pids: list[int]) -> Iterator[list[int]]:
    """Descriptors that become readable when these processes end."""
    found = [os.pidfd_open(pid) for pid in pids]
    try:
        yield found
    finally:
        for each in found:
            os.close(each)


def wait_until_gone(pids: list[int], count: int) -> None:
    """Until so many of these processes have ended."""
    with handles(pids) as left:
        while count > 0:
            ended = multiprocessing.connection.wait(left, LIMIT_S)
            assert ended, f"{count} workers more should have ended"
            left = [each for each in left if each not in ended]
            count -= len(ended)


def is_running(jobs: dict[int, Job], count: int) -> bool:
    return sum(job.state is State.RUNNING for job in jobs.values()) >= count


def test_idle_workers_end_and_the_next_batch_finds_those_that_are_kept(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4, min_workers=1, idle_s=0.2)
    log = tmp_path / "log"
    batch = bench.submit("crowd", make_files(tmp_path / "in", 8), log=str(log), steps=20)
    bench.settle(batch)
    pids = sorted({stay.pid for stay in stays(log)})
    assert len(pids) >= 3

    alive = [worker.pid for worker in workers()]
    wait_until_gone(alive, len(alive) - 1)
    (kept,) = workers()
    bench.run("crowd", make_files(tmp_path / "more", 1), log=str(log))

    assert stays(log)[-1].pid == kept.pid


def test_a_worker_that_is_killed_is_replaced_by_one_that_stood_ready(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=1)
    log, over = tmp_path / "log", tmp_path / "over"
    files = make_files(tmp_path / "in", 2)
    batch = bench.submit("crowd", files, log=str(log), until=str(over))
    bench.watch.until(lambda w: is_running(w.jobs, 1))
    first = stays(log)[0].pid
    bench.watch.until(lambda _: len(workers()) == 2)  # one works, one is spare
    (spare,) = [worker.pid for worker in workers() if worker.pid != first]

    os.kill(first, 9)
    bench.watch.until(lambda _: len(stays(log)) > 1)
    over.touch()
    bench.settle(batch)

    assert {row.state for row in bench.rows(batch)} == {State.DONE}
    assert stays(log)[1].pid == spare


def test_a_worker_can_be_made_ready_before_there_is_work(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=2)
    log = tmp_path / "log"

    bench.engine.make_ready()
    bench.engine.make_ready()
    bench.engine.clear([]).result(LIMIT_S)  # it has heard both
    (ready,) = workers()
    bench.run("crowd", make_files(tmp_path / "in", 1), log=str(log))

    assert [stay.pid for stay in stays(log)] == [ready.pid]


def test_one_job_gets_one_worker(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(cpu_workers=4)
    over = tmp_path / "over"
    batch = bench.submit("crowd", make_files(tmp_path / "in", 1), until=str(over))
    bench.watch.until(lambda w: is_running(w.jobs, 1))

    assert len(workers()) <= 2  # with the spare one

    over.touch()
    bench.settle(batch)


def test_resizing_up_and_down_runs_every_job_once(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(cpu_workers=1, idle_s=0.05)
    log = tmp_path / "log"
    files = make_files(tmp_path / "in", 150)
    batch = bench.submit("crowd", files, log=str(log), steps=2)

    for size in (4, 1, 3, 2, 4, 1, 2, 1, 4, 3):
        seen = len(bench.watch.updates)
        bench.engine.configure(replace(bench.settings, cpu_workers=size))
        bench.until_more_than(seen)
    bench.settle(batch)

    found = stays(log)
    assert {row.state for row in bench.rows(batch)} == {State.DONE}
    assert Counter(stay.file for stay in found) == Counter(file.name for file in files)
    assert all(stay.ended for stay in found)
    assert most_at_once(found) <= 4
    assert len(list(bench.out.iterdir())) == 150


def test_a_smaller_pool_takes_effect_before_a_larger_one_is_full_again(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=3)
    log, over = tmp_path / "log", tmp_path / "over"
    batch = bench.submit("crowd", make_files(tmp_path / "in", 12), log=str(log), until=str(over))
    bench.watch.until(lambda w: is_running(w.jobs, 3))

    for size in (1, 3, 1, 3):
        bench.engine.configure(replace(bench.settings, cpu_workers=size))
    bench.engine.clear().result(LIMIT_S)  # it has heard everything before
    over.touch()
    bench.settle(batch)

    assert most_at_once(stays(log)) == 3


def test_quiet_mode_halves_the_workers_and_lets_others_go_first(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4, quiet=Quiet.ALWAYS)
    log, loud = tmp_path / "log", tmp_path / "loud"

    bench.run("crowd", make_files(tmp_path / "in", 8), log=str(log), steps=5)
    quiet = [update.quiet_workers for update in bench.watch.updates]
    bench.engine.configure(replace(bench.settings, quiet=Quiet.NEVER))
    bench.run("crowd", make_files(tmp_path / "in2", 12), log=str(loud), steps=20)

    assert most_at_once(stays(log)) <= 2
    assert {stay.nice for stay in stays(log)} == {10}
    assert set(quiet) == {2}
    assert most_at_once(stays(loud)) >= 3
    assert {stay.nice for stay in stays(loud)} == {0}
    assert bench.watch.last.quiet_workers == 0


def test_workers_that_run_stand_back_too_when_it_becomes_quiet(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=2)
    log, over = tmp_path / "log", tmp_path / "over"
    batch = bench.submit("crowd", make_files(tmp_path / "in", 2), log=str(log), until=str(over))
    bench.watch.until(lambda w: is_running(w.jobs, 2))

    bench.engine.configure(replace(bench.settings, quiet=Quiet.ALWAYS))
    bench.watch.until(lambda w: w.last.quiet_workers == 1)
    levels = [os.getpriority(os.PRIO_PROCESS, stay.pid) for stay in stays(log)]
    over.touch()
    bench.settle(batch)

    assert levels == [10, 10]


def test_one_job_at_a_time_has_all_cores(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(cpu_workers=4, concurrency=Concurrency.ONE)
    log = tmp_path / "log"

    bench.run("crowd", make_files(tmp_path / "in", 6), log=str(log), steps=3)

    found = stays(log)
    assert most_at_once(found) == 1
    assert {(stay.threads, stay.variable) for stay in found} == {(4, 4)}


def test_mixed_gives_the_last_jobs_the_cores_that_are_left(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4, concurrency=Concurrency.HYBRID)
    log, alone = tmp_path / "log", tmp_path / "alone"

    bench.run("crowd", make_files(tmp_path / "in", 30), log=str(log), steps=3)
    bench.run("crowd", make_files(tmp_path / "one", 1), log=str(alone))

    assert stays(log)[0].threads == 1
    assert most_at_once(stays(log)) <= 4
    assert [stay.threads for stay in stays(alone)] == [4]


def test_the_usual_worker_has_one_thread(bench: Bench, tmp_path: Path) -> None:
    log = tmp_path / "log"

    bench.run("crowd", make_files(tmp_path / "in", 2), log=str(log))

    assert {(stay.threads, stay.variable) for stay in stays(log)} == {(1, 1)}


def test_a_worker_that_keeps_memory_is_renewed_between_jobs(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=1, worker_memory_mb=700)
    log = tmp_path / "log"
    files = make_files(tmp_path / "in", 1)

    bench.run("crowd", files, log=str(log), keep_mb=20)
    bench.run("crowd", files, log=str(log), keep_mb=400)
    bench.run("crowd", files, log=str(log))

    first, second, third = [stay.pid for stay in stays(log)]
    assert first == second
    assert third != second


@tells_system_calls
def test_an_idle_engine_sleeps_without_end(make_bench: MakeBench, tmp_path: Path) -> None:
    bench = make_bench(idle_s=0.05, min_workers=1)
    bench.run("crowd", make_files(tmp_path / "in", 8), steps=5)
    alive = [worker.pid for worker in workers()]
    wait_until_gone(alive, len(alive) - 1)

    (thread,) = [thread for thread in threading.enumerate() if thread.name == "engine"]

    assert comes_to_rest(Path(f"/proc/self/task/{thread.native_id}"))
