"""What starts next, when to try again, and how fast it goes: functions of values."""

import random

from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.settings import Settings
from desktopproc.engine.rate import Rate
from desktopproc.engine.schedule import HEAVY, Memory, back_off, pick

LIGHT = 1.0
BIG = HEAVY * 2


def test_first_in_first_out() -> None:
    assert pick([(1, 1, LIGHT), (2, 1, LIGHT)], slots=1, heavy_running=0, workers=2) == [1]


def test_heavy_jobs_leave_one_worker_to_quick_ones() -> None:
    candidates = [(1, 1, BIG), (2, 1, BIG), (3, 1, LIGHT)]

    assert pick(candidates, slots=2, heavy_running=0, workers=2) == [1, 3]
    assert pick(candidates, slots=1, heavy_running=1, workers=2) == [3]


def test_heavy_jobs_take_every_worker_when_nothing_quick_waits() -> None:
    assert pick([(1, 1, BIG), (2, 1, BIG)], slots=2, heavy_running=0, workers=2) == [1, 2]
    assert pick([(1, 1, BIG)], slots=1, heavy_running=1, workers=1) == [1]


def test_a_quick_job_of_lower_priority_does_not_overtake() -> None:
    assert pick([(1, 0, BIG), (2, 1, LIGHT)], slots=1, heavy_running=1, workers=2) == [1]


ROWS = [(1, 1, LIGHT), (2, 1, LIGHT), (3, 1, LIGHT)]


def test_jobs_start_as_long_as_memory_lasts() -> None:
    memory = Memory({1: 400.0, 2: 400.0, 3: 400.0}, room=1000.0)

    assert pick(ROWS, slots=3, heavy_running=0, workers=4, memory=memory) == [1, 2]


def test_a_job_that_does_not_fit_waits_and_those_behind_it_do_too() -> None:
    memory = Memory({1: 2000.0, 2: 10.0}, room=1000.0)

    assert pick(ROWS, slots=3, heavy_running=0, workers=4, memory=memory) == []


def test_a_job_larger_than_the_budget_runs_alone() -> None:
    memory = Memory({1: 2000.0, 2: 10.0}, room=1000.0, is_idle=True)

    assert pick(ROWS, slots=3, heavy_running=0, workers=4, memory=memory) == [1]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0.05, 500)), max_size=70),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(1, 8),
)
def test_picking_never_invents_repeats_or_wastes(
    rows: list[tuple[int, float]], slots: int, heavy: int, workers: int
) -> None:
    candidates = [(i, *row) for i, row in enumerate(sorted(rows))]

    chosen = pick(candidates, slots=slots, heavy_running=heavy, workers=workers)

    assert len(chosen) == len(set(chosen)) == min(slots, len(candidates))


@given(st.integers(1, 200), st.integers())
def test_back_off_doubles_up_to_its_cap(attempt: int, seed: int) -> None:
    settings = Settings(retry_base_s=1.0, retry_cap_s=60.0)

    wait_s = back_off(attempt, settings, random.Random(seed))

    full = min(60.0, 2.0 ** (attempt - 1))
    assert full / 2 <= wait_s <= full


def test_nothing_is_known_before_anything_is_finished() -> None:
    rate = Rate()
    assert rate.jobs_per_second(0.0) is None
    rate.begin(0.0)
    assert rate.jobs_per_second(1.0) is None


def test_a_rest_is_not_counted() -> None:
    rate = Rate()
    rate.begin(0.0)
    rate.add(1.0)
    rate.begin(1000.0)
    rate.add(1001.0)

    assert rate.jobs_per_second(1001.0) == 1.0
