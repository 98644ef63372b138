"""The figures of a run, second by second, with a clock and a system of our own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from desktopproc.core.stages import Stage
from desktopproc.engine.health import MOMENTS, Gate, Health, Monitor, Standing
from desktopproc.engine.usage import Use

IDLE = Standing(waiting=0, busy=0, workers=2, pids=())
BUSY = Standing(waiting=50, busy=2, workers=2, pids=(10, 11))
HALF = replace(BUSY, busy=1)
CLOSED, OPEN = Gate("sda", False, 5_000_000), Gate("sda", True, 0)


class Machine:
    """A computer on which a second passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.uses: dict[int, Use] = {}
        self.monitor = Monitor(self._used, lambda: self.now)

    def _used(self, pids: Sequence[int]) -> Mapping[int, Use]:
        return {pid: self.uses[pid] for pid in pids if pid in self.uses}

    def second(self, standing: Standing, *, is_idle: bool = False) -> Health:
        self.now += 1.0
        health = self.monitor.step(lambda: standing, is_idle=is_idle)
        assert health is not None
        return health

    def begin(self, standing: Standing) -> None:
        assert self.monitor.step(lambda: standing, is_idle=False) is None


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_rates_are_those_of_the_second_before(machine: Machine) -> None:
    machine.uses = {10: Use(5.0, 100), 11: Use(7.0, 200)}
    machine.begin(BUSY)
    for _ in range(30):
        machine.monitor.finished([0.1, 0.2, 0.3, 0.4, 0.5], 1_000_000)
    machine.uses = {10: Use(5.9, 300), 11: Use(7.8, 400)}

    first = machine.second(BUSY).last
    second = machine.second(BUSY).last

    assert (first.jobs, first.bytes_in, first.waiting) == (30.0, 30e6, 50)
    assert first.cpu == pytest.approx(1.7)
    assert first.memory == 700
    assert (second.jobs, second.bytes_in, second.cpu) == (0.0, 0.0, 0.0)


def test_a_worker_that_is_new_counts_from_its_birth(machine: Machine) -> None:
    machine.uses = {10: Use(5.0, 100)}
    machine.begin(BUSY)
    machine.uses = {11: Use(0.4, 100)}

    assert machine.second(BUSY).last.cpu == pytest.approx(0.4)


def test_stages_and_jobs_add_up_over_the_run(machine: Machine) -> None:
    machine.begin(BUSY)
    for _ in range(4):
        machine.monitor.finished([0.0, 1.0, 0.5, 0.25, 0.0], 10)

    health = machine.second(BUSY)

    assert health.stages == (0.0, 4.0, 2.0, 1.0, 0.0)
    assert health.plain()["stages"] == {
        stage.word: spent for stage, spent in zip(Stage, health.stages, strict=True)
    }
    assert (health.jobs, health.bytes_in, health.seconds) == (4, 40, 1.0)


@pytest.mark.parametrize(
    ("standing", "busy", "memory", "disk"),
    [
        (BUSY, 1.0, 0.0, 0.0),
        (HALF, 0.5, 0.0, 0.0),
        (replace(HALF, lacks_memory=True), 0.5, 0.5, 0.0),
        (replace(HALF, gates=(CLOSED,)), 0.5, 0.0, 0.5),
        (replace(HALF, gates=(OPEN,)), 0.5, 0.0, 0.0),
        (replace(HALF, waiting=0, lacks_memory=True, gates=(CLOSED,)), 0.5, 0.0, 0.0),
    ],
)
def test_it_is_known_what_idle_workers_waited_for(
    machine: Machine, standing: Standing, busy: float, memory: float, disk: float
) -> None:
    machine.begin(standing)
    for _ in range(3):
        health = machine.second(standing)

    assert (health.busy, health.idle_memory, health.idle_disk) == (busy, memory, disk)


def test_the_end_of_a_run_says_nothing_of_how_busy_it_was(machine: Machine) -> None:
    machine.begin(BUSY)
    machine.second(BUSY)

    health = machine.second(IDLE, is_idle=True)

    assert (health.is_over, health.busy) == (True, 1.0)


def test_a_run_within_a_second_is_told_once_and_without_shares(machine: Machine) -> None:
    machine.begin(BUSY)
    machine.monitor.finished([0.1] * 5, 10)

    health = machine.monitor.step(lambda: IDLE, is_idle=True)

    assert health is not None
    assert (health.jobs, health.is_over, health.busy) == (1, True, None)
    assert machine.monitor.step(lambda: IDLE, is_idle=True) is None
    assert machine.monitor.due() is None


def test_only_the_last_moments_are_kept(machine: Machine) -> None:
    machine.begin(BUSY)
    for _ in range(MOMENTS + 30):
        health = machine.second(BUSY)

    assert len(health.moments) == MOMENTS
    assert health.seconds == MOMENTS + 30


def test_nobody_looks_between_two_seconds(machine: Machine) -> None:
    def look() -> Standing:
        raise AssertionError("it was looked at too soon")

    machine.begin(BUSY)
    machine.now += 0.5

    assert machine.monitor.step(look, is_idle=False) is None
    assert machine.monitor.due() == 101.0
