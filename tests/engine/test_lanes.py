"""Jobs on slow drives wait for their files, and nothing is lost or held up by that."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue

import pytest

from desktopproc.core.job import State, Storage
from desktopproc.core.settings import Settings
from desktopproc.engine.extents import is_cached, look_at
from desktopproc.engine.lanes import Lanes
from tests.engine.harness import Bench, make_files

SLOW = [Storage.HDD, Storage.NETWORK]
SIZE = 200_000  # too small to tell how fast a drive is, so that the gate stays shut


def cold(path: Path, size: int) -> Path:
    """A file that is not in memory any more; skips where the system keeps it there."""
    path.write_bytes(os.urandom(size))
    file = os.open(path, os.O_RDWR)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    is_gone = not is_cached(file, size)
    os.close(file)
    if not is_gone:
        pytest.skip("files cannot be dropped from memory here")
    return path


def in_memory(path: Path) -> bool:
    return path in look_at([path]).cached


class Shelf:
    """Which job is about which file."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = dict(enumerate(paths, 1))
        self.waiting = [(job, 1, 1.0) for job in self.paths]

    def next(self, number: int) -> Sequence[tuple[int, int, float]]:
        return self.waiting[:number]

    def single_files(self, jobs: Sequence[int]) -> Mapping[int, tuple[Path, int]]:
        return {job: (self.paths[job], self.paths[job].stat().st_size) for job in jobs}


def test_to_look_where_files_lie_reads_none_of_them(tmp_path: Path) -> None:
    paths = [cold(tmp_path / f"{number}", SIZE) for number in range(8)]

    for _ in range(3):  # what one look had begun to read would be there at the next
        os.sync()
        assert not look_at(paths).cached


@pytest.mark.parametrize("storage", SLOW)
def test_a_job_passes_when_its_file_has_come_into_memory(storage: Storage, tmp_path: Path) -> None:
    shelf = Shelf([cold(tmp_path / f"{number}", SIZE) for number in range(12)])
    calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
    lanes = Lanes(Settings(storage=storage), shelf, calls.put, lambda: None)

    passed_at_first = lanes.passed(shelf.next, (), 2)
    done: list[int] = []
    while shelf.waiting:
        calls.get(timeout=30)()
        for job, _, _ in lanes.passed(shelf.next, (), 2):
            assert in_memory(shelf.paths[job])
            lanes.take(job)
            done.append(job)
        shelf.waiting = [each for each in shelf.waiting if each[0] not in done]

    lanes.close()
    assert passed_at_first == []
    assert sorted(done) == list(range(1, 13))


def test_nothing_is_kept_back_on_fast_drives(tmp_path: Path) -> None:
    shelf = Shelf([tmp_path / "missing"])
    lanes = Lanes(Settings(storage=Storage.SSD), shelf, lambda _: None, lambda: None)

    assert lanes.passed(shelf.next, (), 2) == shelf.waiting


@pytest.mark.parametrize("storage", SLOW)
def test_a_batch_on_a_slow_drive_is_worked_off_whole(storage: Storage, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 150)
    files[20].unlink()
    bench = Bench(tmp_path, storage=storage)

    jobs = bench.run("copy", files)

    bench.close()
    states = [job.state for job in jobs]
    assert states.count(State.DONE) == 149
    assert jobs[20].state is State.FAILED
    assert len(list((tmp_path / "out").iterdir())) == 149


def test_a_worker_that_dies_gives_its_bytes_back(tmp_path: Path) -> None:
    bad = make_files(tmp_path / "bad", 6, "kill")
    good = make_files(tmp_path / "good", 60)
    bench = Bench(tmp_path, storage=Storage.HDD)

    dead = bench.submit("crash", bad)
    fine = bench.run("copy", good)
    bench.settle(dead)

    ends = {job.state for job in bench.rows(dead)}
    bench.close()
    assert {job.state for job in fine} == {State.DONE}
    assert ends == {State.FAILED}


def test_cancelled_and_paused_jobs_do_not_hold_the_others_up(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 200)
    bench = Bench(tmp_path, storage=Storage.HDD)
    first = bench.submit("copy", files[:100], start=False)
    second = bench.submit("copy", files[100:], start=False)
    bench.engine.start_batches([first, second]).result(30)
    bench.engine.cancel_batch(first)

    bench.settle(first)
    bench.settle(second)

    done = {job.state for job in bench.rows(second)}
    bench.close()
    assert done == {State.DONE}


def test_drives_may_be_set_anew_while_jobs_run(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 300)
    bench = Bench(tmp_path, storage=Storage.HDD)
    batch = bench.submit("copy", files)

    for storage in (Storage.NETWORK, Storage.SSD, Storage.HDD):
        bench.engine.configure(Settings(cpu_workers=2, storage=storage))
    bench.settle(batch)

    done = [job.state for job in bench.rows(batch)]
    bench.close()
    assert done == [State.DONE] * 300


def test_jobs_of_a_network_drive_start_at_the_pace_that_is_set(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}" for number in range(10)]
    for path in paths:
        path.write_bytes(b"in memory")
    now = [100.0]
    shelf, settings = Shelf(paths), Settings(storage=Storage.NETWORK, network_per_s=2.0)
    calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
    lanes = Lanes(settings, shelf, calls.put, lambda: None, clock=lambda: now[0])

    def starts() -> list[int]:
        passed = [job for job, _, _ in lanes.passed(shelf.next, (), 4)]
        for job in passed:
            lanes.take(job)
        shelf.waiting = [each for each in shelf.waiting if each[0] not in passed]
        return passed

    assert starts() == []
    calls.get(timeout=30)()
    at_first, then = starts(), starts()
    due = lanes.turn.at
    is_early, is_time = lanes.turn.wake(100.4), lanes.turn.wake(100.5)
    now[0] = 100.5
    later = starts()

    lanes.close()
    assert (len(at_first), then, len(later)) == (2, [], 1)
    assert due == 100.5
    assert (is_early, is_time) == (False, True)


def test_a_limited_network_drive_is_worked_off_without_another_event(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 8)
    bench = Bench(tmp_path, storage=Storage.NETWORK, network_per_s=40.0, network_at_once=1)

    jobs = bench.run("copy", files)

    bench.close()
    assert {job.state for job in jobs} == {State.DONE}
