"""One reader goes before the workers on a drive that rotates: in order, bounded, never blocking."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from desktopproc.engine.readahead import Lane, Reading, Wanted, warm, window
from tests.engine.simulated_disk import SimulatedDisk

MB = 1 << 20


@dataclass
class Steps:
    """A pool that runs one piece of work when it is told to, and what was delivered after it."""

    work: deque[Callable[[], object]] = field(default_factory=deque)
    calls: deque[Callable[[], None]] = field(default_factory=deque)
    rung: int = 0

    def submit(self, work: Callable[[], object], /) -> object:
        self.work.append(work)
        return None

    def deliver(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def ring(self) -> None:
        self.rung += 1

    def step(self) -> bool:
        if not self.work:
            return False
        self.work.popleft()()
        while self.calls:
            self.calls.popleft()()
        return True

    def run(self) -> None:
        while self.step():
            pass


@dataclass
class Bench:
    """A lane on a simulated disk, and a queue that workers take from as soon as they may."""

    disk: SimulatedDisk
    steps: Steps
    lane: Lane
    queue: list[Wanted]
    limit: int = 64 * MB
    most_ahead: int = 0

    def offer(self) -> None:
        self.lane.offer(self.queue[:64], limit=self.limit)

    def next_ready(self) -> Wanted | None:
        return next((each for each in self.queue[:64] if self.lane.is_ready(each.job)), None)

    def work_off(self) -> list[int]:
        """Let workers take jobs one after the other, each as soon as its file was read."""
        done = []
        while self.queue:
            self.offer()
            while (ready := self.next_ready()) is None:
                assert self.steps.step(), "nothing is read any more"
            self.queue.remove(ready)
            self.lane.take(ready.job)
            self.lane.release(ready.job)
            done.append(ready.job)
        return done


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(sizes: list[int], *, scattered: bool = False, **options: object) -> Bench:
        disk, steps = SimulatedDisk(), Steps()
        lay = disk.scatter if scattered else disk.write
        paths = [lay(Path(f"/disk/{number:03}"), size) for number, size in enumerate(sizes)]
        lane = Lane(
            steps,
            steps.deliver,
            steps.ring,
            look=disk.look,
            read=disk.read,
            **options,  # type: ignore[arg-type]
        )
        queue = [
            Wanted(n, path, size) for n, (path, size) in enumerate(zip(paths, sizes, strict=True))
        ]
        return Bench(disk, steps, lane, queue)

    return make


def test_neighbours_are_read_without_a_seek_in_between(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([2 * MB] * 100)

    done = bench.work_off()

    assert sorted(done) == list(range(100))
    assert bench.disk.seeks <= 3
    assert bench.disk.most_at_once == 1


def test_scattered_files_are_read_in_the_order_they_lie(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([MB] * 200, scattered=True)
    unordered = SimulatedDisk()
    for number in range(200):
        unordered.scatter(Path(f"/disk/{number:03}"), MB)
        unordered.read(Path(f"/disk/{number:03}"), lambda: False)

    bench.work_off()

    places = [bench.disk.place(path) for path in bench.disk.order]
    turns = sum(later < earlier for earlier, later in itertools.pairwise(places))
    assert len(bench.disk.order) == len(set(bench.disk.order)) == 200
    assert turns <= 8  # one for each portion that is put in order
    assert bench.disk.seconds < 0.75 * unordered.seconds


def test_no_job_passes_before_its_file_was_read(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([MB] * 20)
    bench.offer()

    ready_at_first = [each.job for each in bench.queue if bench.lane.is_ready(each.job)]
    bench.steps.run()

    assert ready_at_first == []
    assert all(bench.lane.is_ready(each.job) for each in bench.queue)
    assert bench.steps.rung >= 20


def test_bytes_ahead_are_bounded_until_workers_use_them_up(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench([10 * MB] * 30)
    bench.offer()
    bench.steps.run()
    read_at_first = len(bench.disk.order)

    for each in list(bench.queue[:3]):
        bench.queue.remove(each)
        bench.lane.take(each.job)
    bench.offer()
    bench.steps.run()
    read_while_used = len(bench.disk.order)
    for job in range(3):
        bench.lane.release(job)
    bench.steps.run()

    assert read_at_first == 6  # 64 MB hold six of ten
    assert read_while_used == 6
    assert len(bench.disk.order) == 9


def test_a_file_larger_than_the_window_is_read_alone(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([MB, 200 * MB, MB])

    assert sorted(bench.work_off()) == [0, 1, 2]


def test_cancelled_jobs_give_their_bytes_back(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([10 * MB] * 30)
    bench.offer()
    bench.steps.run()

    bench.queue = bench.queue[20:]
    bench.offer()
    bench.steps.run()

    assert len(bench.disk.order) == 6 + 6
    assert not bench.lane.is_ready(0)
    assert sorted(bench.work_off()) == list(range(20, 30))


def test_files_in_memory_pass_without_the_reader(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench([2 * MB] * 50)
    bench.disk.cached.update(each.path for each in bench.queue)

    bench.work_off()

    assert bench.disk.order == []
    assert not bench.lane.is_open


def test_a_drive_that_only_says_that_it_rotates_opens_the_gate_for_good() -> None:
    steps = Steps()
    disk = SimulatedDisk()
    queue = [Wanted(n, disk.write(Path(f"/disk/{n}"), MB), MB) for n in range(30)]

    def fast(path: Path, is_over: Callable[[], bool]) -> Reading:
        disk.order.append(path)
        return Reading(MB, MB / 1e9)

    lane = Lane(steps, steps.deliver, steps.ring, look=disk.look, read=fast)
    lane.offer(queue, limit=64 * MB)
    steps.run()

    assert lane.is_open
    assert 8 <= len(disk.order) <= 10
    assert lane.is_ready(29)


def quick(size: int) -> Callable[[Path, Callable[[], bool]], Reading]:
    """Reads as fast as no disk could."""
    return lambda _path, _is_over: Reading(size, size / 1e9)


def test_small_files_do_not_open_the_gate() -> None:
    steps, disk = Steps(), SimulatedDisk()
    queue = [Wanted(n, disk.write(Path(f"/disk/{n}"), 1000), 1000) for n in range(30)]
    lane = Lane(
        steps,
        steps.deliver,
        steps.ring,
        look=disk.look,
        read=quick(1000),
    )
    lane.offer(queue, limit=64 * MB)
    steps.run()

    assert not lane.is_open
    assert all(lane.is_ready(each.job) for each in queue)


def test_a_network_drive_has_a_few_readers_and_never_opens() -> None:
    steps, disk = Steps(), SimulatedDisk()
    queue = [Wanted(n, disk.write(Path(f"/disk/{n}"), MB), MB) for n in range(30)]
    lane = Lane(
        steps,
        steps.deliver,
        steps.ring,
        readers=4,
        is_rotating=False,
        look=disk.look,
        read=quick(MB),
    )
    lane.offer(queue, limit=64 * MB)
    steps.step()  # puts the first few in order

    assert sum(isinstance(work, partial) for work in steps.work) == 4
    steps.run()
    assert not lane.is_open


@pytest.mark.parametrize(
    ("largest", "workers", "free", "expected"),
    [
        (1 * MB, 2, 64 << 30, 64 * MB),
        (30 * MB, 4, 64 << 30, 180 * MB),
        (200 * MB, 8, 64 << 30, 512 * MB),
        (200 * MB, 8, 1 << 30, (1 << 30) // 10),
        (200 * MB, 8, 100 * MB, 64 * MB),
    ],
)
def test_the_window_fits_files_workers_and_memory(
    largest: int, workers: int, free: int, expected: int
) -> None:
    assert window(largest, workers, free) == expected


def test_reading_ahead_ends_with_the_program_and_bears_missing_files(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(bytes(9 * MB))

    assert warm(file, lambda: False).size == 9 * MB
    assert warm(file, lambda: True).size == 0
    assert warm(tmp_path / "missing", lambda: False).size == 0
