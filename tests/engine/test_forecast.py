"""What jobs take is learned, and the time left is an honest range: functions of values."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktopproc.core.waiting import left as in_words
from desktopproc.engine.forecast import (
    ANY,
    Cost,
    Going,
    Left,
    Pace,
    Pile,
    Shown,
    Trend,
    at_work,
    bucket,
    cost,
    kept_up,
    learned,
    left,
    steadied,
)

WEIGHTS = st.floats(0.05, 3000)
SECONDS = st.floats(1e-4, 5000)
COSTS = st.builds(
    Cost, st.floats(0, 5), st.floats(1e-4, 5), st.floats(0.02, 0.6), st.floats(0.02, 0.3)
)
PILES = st.lists(
    st.builds(
        lambda jobs, each, cost: Pile(jobs, jobs * each, cost),
        st.integers(1, 5000),
        WEIGHTS,
        COSTS,
    ),
    max_size=6,
)
GOING = st.lists(st.builds(Going, WEIGHTS, COSTS, st.floats(0, 500), st.floats(0, 1)), max_size=8)


def _taught(jobs: list[tuple[float, float]], wider: Cost = ANY) -> tuple[Trend, Cost]:
    """What is known after these jobs, given by weight and seconds."""
    trend, known = Trend(), cost(Trend(), wider, 0.5)
    for weight, seconds in jobs:
        trend = learned(trend, weight, seconds, known)
        known = cost(trend, wider, 0.5)
    return trend, known


def _jobs(
    count: int, fixed: float, each: float, spread: float = 0.2, seed: int = 1
) -> list[tuple[float, float]]:
    chance = random.Random(seed)
    weights = [chance.uniform(1, 30) for _ in range(count)]
    return [(w, (fixed + each * w) * math.exp(chance.gauss(0, spread))) for w in weights]


@pytest.mark.parametrize(("fixed", "each"), [(0.02, 0.004), (2.0, 0.01), (0.001, 5.0)])
def test_a_few_jobs_teach_what_the_next_ones_take(fixed: float, each: float) -> None:
    _, known = _taught(_jobs(60, fixed, each))

    for weight in (2.0, 10.0, 30.0):
        assert known.of(weight) == pytest.approx(fixed + each * weight, rel=0.25)
    assert 0.1 < known.spread < 0.35
    assert known.doubt < 0.12


def test_after_a_change_the_new_times_count_soon() -> None:
    trend, known = _taught(_jobs(200, 0.1, 0.1))

    for weight, seconds in _jobs(30, 2.0, 2.0, seed=2):
        trend = learned(trend, weight, seconds, known)
        known = cost(trend, ANY, 0.5)

    assert known.of(10.0) == pytest.approx(22.0, rel=0.4)


def test_one_that_got_stuck_hardly_counts() -> None:
    trend, before = _taught(_jobs(100, 0.1, 0.1))

    after = cost(learned(trend, 10.0, 1000.0, before), ANY, 0.5)

    assert after.of(10.0) < 1.5 * before.of(10.0)


def test_a_class_without_jobs_takes_what_its_neighbours_take() -> None:
    _, formats = _taught(_jobs(50, 0.5, 0.2))

    unknown = cost(Trend(), formats, 0.5)

    assert unknown.of(7.0) == formats.of(7.0)
    assert unknown.doubt > formats.doubt


def test_one_job_gives_the_scale_and_the_neighbours_the_shape() -> None:
    wider = Cost(0.0, 0.1, 0.2, 0.1)

    _, known = _taught([(10.0, 10.0)] * 3, wider)

    assert known.of(10.0) == pytest.approx(10.0, rel=0.2)
    assert known.of(100.0) == pytest.approx(100.0, rel=0.4)


@given(st.lists(st.tuples(WEIGHTS, SECONDS), max_size=40), WEIGHTS)
def test_no_job_takes_less_than_no_time(jobs: list[tuple[float, float]], weight: float) -> None:
    _, known = _taught(jobs)

    assert 0 < known.of(weight) < math.inf
    assert known.fixed >= 0
    assert known.each >= 0
    assert 0 < known.spread < math.inf
    assert 0 < known.doubt < math.inf


@given(PILES, GOING, st.integers(1, 16), st.floats(0, 100))
def test_the_range_is_positive_and_holds_its_middle(
    piles: list[Pile], going: list[Going], workers: int, at_least_s: float
) -> None:
    found = left(piles, going, workers=workers, at_least_s=at_least_s)

    assert found is not None
    assert 0 <= found.low <= found.middle <= found.high < math.inf
    assert found.middle >= at_least_s


@given(PILES, GOING, st.integers(1, 16))
def test_nothing_is_done_sooner_than_its_longest_job_or_by_more_workers_than_there_are(
    piles: list[Pile], going: list[Going], workers: int
) -> None:
    found = left(piles, going, workers=workers)

    each = [(pile.jobs, pile.seconds) for pile in piles] + [(1, one.seconds) for one in going]
    whole = sum(jobs * seconds for jobs, seconds in each)
    assert found is not None
    assert found.middle >= max([seconds for _, seconds in each], default=0.0)
    assert found.middle >= whole / workers * 0.999


@given(PILES, st.integers(1, 16), st.integers(1, 500))
def test_more_work_never_takes_less_time(piles: list[Pile], workers: int, more: int) -> None:
    assume(piles)
    first = piles[0]
    grown = replace(first, jobs=first.jobs + more, weight=first.weight * (1 + more / first.jobs))

    before = left(piles, [], workers=workers)
    after = left([grown, *piles[1:]], [], workers=workers)

    assert before is not None
    assert after is not None
    assert after.middle >= before.middle * 0.97


def test_the_range_narrows_with_what_is_learned() -> None:
    jobs = _jobs(100, 0.05, 0.05, spread=0.3)
    ranges = []
    for count in (2, 8, 40, 100):
        _, known = _taught(jobs[:count])
        found = left([Pile(1000, 10_000, known)], [], workers=4, pace=Pace(80, 20))
        assert found is not None
        ranges.append(found.high / found.low)

    assert ranges == sorted(ranges, reverse=True)
    assert ranges[-1] < 1.5 < ranges[0]


def test_nothing_is_told_while_nothing_is_known() -> None:
    assert left([Pile(1000, 10_000, cost(Trend(), ANY, 1.0))], [], workers=2) is None


def test_one_long_job_at_the_end_cannot_be_shared() -> None:
    known = Cost(0.0, 1.0, 0.1, 0.1)

    alone = left([Pile(1, 600, known)], [], workers=4)
    shared = left([Pile(1, 600, known, is_divisible=True)], [], workers=4)

    assert alone is not None
    assert shared is not None
    assert alone.middle == pytest.approx(600)
    assert shared.middle == pytest.approx(150)


def test_what_runs_counts_by_its_own_progress() -> None:
    slow = Going(10, Cost(0.0, 1.0), spent_s=60.0, share=0.5)

    assert slow.seconds == pytest.approx(60 * 0.5 + 0.5 * 12, rel=0.2)
    assert Going(10, Cost(0.0, 1.0), spent_s=60.0, share=0.999).seconds < 1


def test_a_slow_drive_makes_everything_later() -> None:
    known, pace = Cost(0.1, 0.1, 0.1, 0.1), Pace()
    for _ in range(100):
        pace = kept_up(pace, busy=0.5, span=1.0)  # four workers wait for files most of the time

    assert at_work(pace, 4) == pytest.approx(0.5, rel=0.5)
    found = left([Pile(100, 1000, known)], [], workers=4, pace=pace)
    assert found is not None
    assert found.middle > 150


@given(st.floats(0.5, 20), st.integers(1, 8), st.integers(0, 1000))
def test_in_a_steady_stream_the_end_stays_where_it_was_told(
    each_s: float, workers: int, seed: int
) -> None:
    """Jobs end one after the other as foretold, within their usual spread: no jumps."""
    chance = random.Random(seed)
    known = Cost(0.0, each_s, 0.2, 0.1)
    now, jobs = 0.0, 400
    shown: Shown | None = None
    told: list[float] = []
    while jobs > 40:
        fresh = left([Pile(jobs, float(jobs), known)], [], workers=workers, pace=Pace(1000, 1000))
        assert fresh is not None
        shown = steadied(shown, fresh, now)
        told.append((shown.first + shown.last) / 2 - now)
        ended = chance.randint(1, 6)
        jobs -= ended
        now += ended * each_s / min(workers, at_work(Pace(1000, 1000), workers))
        now *= 1 + chance.uniform(-0.001, 0.001)

    rises = [after - before for before, after in pairwise(told)]
    assert max(rises) < 0.05 * told[0]
    assert told[-1] < told[0] / 4


def test_what_turns_out_wrong_is_corrected_within_seconds() -> None:
    shown = steadied(None, Left(90, 100, 110), 0.0)

    for tick in range(1, 41):
        shown = steadied(shown, Left(900, 1000, 1100), tick / 2)

    assert shown.last - 20 == pytest.approx(1100, rel=0.1)


@given(st.floats(0, 1e5), st.floats(1e-3, 1e5), st.lists(st.floats(0, 1e5), max_size=20))
def test_what_is_told_stays_a_range(low: float, width: float, times: list[float]) -> None:
    shown = None
    for now in sorted(times):
        shown = steadied(shown, Left(low, low + width / 2, low + width), now)
        assert shown.first <= shown.last


@given(WEIGHTS, WEIGHTS)
def test_weights_of_one_bucket_are_alike(one: float, other: float) -> None:
    if bucket(one) == bucket(other) > -5:
        assert 0.5 < one / other < 2
    elif one < other:
        assert bucket(one) <= bucket(other)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "less than 5 s left"),
        (0.5, 4, "less than 5 s left"),
        (7, 9, "about 8 s left"),
        (35, 45, "about 40 s left"),
        (3, 25, "less than 30 s left"),
        (12, 50, "less than a minute left"),
        (20, 130, "less than 2 min left"),
        (55, 65, "about 1 min left"),
        (12 * 60, 16 * 60, "12 to 16 min left"),
        (700, 740, "about 12 min left"),
        (41 * 60, 58 * 60, "40 to 60 min left"),
        (2000, 8000, "30 min to 2 h left"),
        (2 * 3600, 3 * 3600, "2 to 3 h left"),
        (2.4 * 3600, 3.1 * 3600, "2 h 30 min to 3 h left"),
        (2 * 86_400, 3 * 86_400, "2 to 3 days left"),
        (1e6, 1e9, "more than a month left"),
    ],
)
def test_the_time_left_is_told_in_round_figures(low: float, high: float, words: str) -> None:
    assert in_words(low, high) == words


@given(st.floats(0, 1e8), st.floats(0, 1e8))
def test_any_range_can_be_told(low: float, width: float) -> None:
    assert in_words(low, low + width).endswith(" left")
