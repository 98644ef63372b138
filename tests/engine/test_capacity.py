"""Workers and cores by the settings, and when workers stand back."""

import os
from pathlib import Path

import pytest

from desktopproc.core.settings import Concurrency, Quiet, Settings
from desktopproc.engine.capacity import Capacity, Stance, capacity
from desktopproc.engine.surroundings import Surroundings


def test_the_settings_decide_how_cores_are_shared() -> None:
    def found(*, is_quiet: bool = False, **settings: object) -> Capacity:
        return capacity(Settings(**settings), 8, is_quiet=is_quiet)  # type: ignore[arg-type]

    assert found() == Capacity(workers=8, cores=8)
    assert found(cpu_workers=3) == Capacity(workers=3, cores=3)
    assert found(concurrency=Concurrency.ONE) == Capacity(workers=1, cores=8)
    assert found(is_quiet=True) == Capacity(workers=4, cores=4, nice=10, is_quiet=True)
    assert found(is_quiet=True, nice=15).nice == 15
    assert capacity(Settings(), 1, is_quiet=True).workers == 1


def test_threads_are_what_others_leave() -> None:
    assert Capacity(workers=8, cores=8).threads == 1
    assert Capacity(workers=1, cores=8).threads == 8
    assert [Capacity(8, 8).shared_by(jobs) for jobs in (0, 1, 2, 3, 8, 100)] == [8, 8, 4, 2, 1, 1]


class Computer:
    """A folder with what Linux tells in /proc and /sys."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.supplies = root / "sys/class/power_supply"
        self.supplies.mkdir(parents=True)
        (root / "proc").mkdir()
        self.use(0.0)

    def supply(self, name: str, **words: str) -> None:
        (self.supplies / name).mkdir(exist_ok=True)
        for word, value in words.items():
            (self.supplies / name / word).write_text(value + "\n")

    def use(self, all_s: float, ours_s: float = 0.0) -> None:
        """Programs have used so many seconds, of which this one some, its worker 77 the most."""
        ticks = os.sysconf("SC_CLK_TCK")
        line = f"cpu  {int(all_s * ticks) - 30} 10 20 99999 99999 0 0 0 0 0\ncpu0 1 2\n"
        (self.root / "proc/stat").write_text(line)
        for pid, session, seconds in ((77, 77, ours_s), (88, 77, 0), (99, 99, 1000)):
            (self.root / "proc" / str(pid)).mkdir(exist_ok=True)
            times = f"{int(seconds * ticks)} 0 0 0"
            text = f"{pid} (a (b) c) S 1 {pid} {session} 0 -1 0 0 0 0 0 {times} 20 0"
            (self.root / "proc" / str(pid) / "stat").write_text(text)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


@pytest.mark.parametrize(
    ("supplies", "is_on_battery"),
    [
        ({}, False),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"status": "Full"}}, False),
        ({"AC": {"type": "Mains", "online": "0"}, "BAT0": {"status": "Discharging"}}, True),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"status": "Discharging"}}, False),
        ({"BAT1": {"status": "Discharging"}}, True),
        ({"hid-mouse": {"status": "Discharging", "scope": "Device"}}, False),
    ],
)
def test_the_battery_is_told_by_sysfs(
    computer: Computer, supplies: dict[str, dict[str, str]], is_on_battery: bool
) -> None:
    for name, words in supplies.items():
        computer.supply(name, **words)

    assert Surroundings(computer.root).is_on_battery() == is_on_battery


def test_use_is_told_apart_by_whose_it_is(computer: Computer) -> None:
    computer.use(500.0, 100.0)

    around = Surroundings(computer.root)

    assert around.used_seconds() == pytest.approx(500.0)
    assert around.own_seconds([77]) == pytest.approx(100.0)
    assert around.own_seconds([]) == 0.0


def test_workers_stand_back_while_the_battery_runs_down(computer: Computer) -> None:
    computer.supply("BAT0", status="Discharging")
    stance = Stance(Settings(cpu_workers=4, quiet=Quiet.BATTERY), Surroundings(computer.root))
    assert not stance.now.is_quiet

    assert stance.look(0.0, [])
    assert (stance.now.workers, stance.now.is_quiet) == (2, True)
    assert not stance.look(5.0, [])
    computer.supply("BAT0", status="Charging")
    assert stance.look(10.0, [])
    assert (stance.now.workers, stance.now.is_quiet) == (4, False)


def test_other_programs_count_once_they_go_on_and_until_they_rest(
    computer: Computer,
) -> None:
    stance = Stance(Settings(cpu_workers=4, quiet=Quiet.WORK), Surroundings(computer.root))
    used = ours = 100.0
    seen = []

    for turn, others in enumerate((0, 0, 4, 0, 4, 4, 0, 4, 0, 0, 0, 0, 0, 0, 0)):
        ours += 20.0  # four workers at full speed are no reason
        used += 20.0 + others
        computer.use(used, ours)
        stance.look(5.0 * turn, [77])
        seen.append(stance.now.is_quiet)

    assert seen == [*[False] * 5, *[True] * 8, False, False]


def test_nobody_looks_around_where_it_does_not_matter(computer: Computer) -> None:
    around = Surroundings(computer.root)

    for quiet, is_busy in ((Quiet.NEVER, True), (Quiet.ALWAYS, True), (Quiet.WORK, False)):
        assert Stance(Settings(quiet=quiet), around).due(is_busy=is_busy) is None
    assert Stance(Settings(quiet=Quiet.WORK), around).due(is_busy=True) is not None
