"""How many may start, and when: token buckets and limits as functions of values."""

import math

from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.settings import Settings
from desktopproc.engine.limits import Bucket, Limit, Meter, next_token, room, taken
from desktopproc.engine.programs import Programs


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_limits_any_number_may_start() -> None:
    assert room(Bucket(), Limit(), 0.0, used=1000) == math.inf
    assert next_token(Bucket(), Limit(), 0.0) is None


def test_so_many_at_once_and_no_more() -> None:
    assert [room(Bucket(), Limit(at_once=2), 0.0, used) for used in range(4)] == [2, 1, 0, 0]


@given(
    st.floats(0.01, 100),
    st.lists(st.floats(0, 10), min_size=1, max_size=60),
)
def test_no_more_starts_than_the_pace_allows(per_s: float, pauses: list[float]) -> None:
    limit, bucket, now, starts = Limit(per_s=per_s), Bucket(), 0.0, 0
    for pause in pauses:
        now += pause
        while room(bucket, limit, now, used=0) >= 1:
            bucket = taken(bucket, limit, now)
            starts += 1

    assert starts <= max(1.0, per_s) + per_s * now + 1e-6


@given(st.floats(0.01, 100), st.floats(0, 1e6))
def test_who_waits_until_the_time_told_may_start(per_s: float, now: float) -> None:
    limit, bucket = Limit(per_s=per_s), Bucket()
    while room(bucket, limit, now, used=0) >= 1:
        bucket = taken(bucket, limit, now)

    due = next_token(bucket, limit, now)

    assert due is not None
    assert now < due <= now + 1 / per_s + 1e-6
    assert room(bucket, limit, due + 1e-6, used=0) >= 1


def test_a_meter_takes_another_limit_while_it_runs() -> None:
    clock = _Clock()
    meter = Meter(Limit(per_s=1.0), clock)
    meter.take()
    assert meter.room() == 0
    assert meter.due() == 101.0

    meter.limit = Limit()

    assert meter.room() == math.inf
    assert meter.due() is None


def test_a_program_is_used_at_the_pace_that_is_set() -> None:
    clock = _Clock()
    programs = Programs(Settings(outside_per_s=0.5), clock)
    programs.heard(0, "LibreOffice", is_well=True)

    first = programs.room(["LibreOffice"], {})
    programs.admit(1, ["LibreOffice"])
    then = programs.room(["LibreOffice"], {})

    assert (first, then) == (1, 0)
    assert programs.turn.at == 102.0
    assert not programs.turn.wake(101.0)
    assert programs.turn.wake(102.0)
    clock.now = 102.0
    assert programs.room(["LibreOffice"], {}) == 1
    assert programs.room(["Tesseract"], {}) == 1


def test_a_program_that_rests_is_told_to_every_job_but_the_trial() -> None:
    clock = _Clock()
    programs = Programs(Settings(), clock)
    for job in (1, 2, 3):
        programs.admit(job, ["Tesseract"])
        programs.heard(job, "Tesseract", is_well=False)
    assert programs.admit(4, ["Tesseract"]) == ()
    assert programs.resting(but=()) == ("Tesseract",)

    clock.now += 60
    trial = programs.admit(5, ["Tesseract"])

    assert trial == ("Tesseract",)
    assert programs.resting(but=trial) == ()
    assert programs.resting(but=()) == ("Tesseract",)
    assert programs.settle(lambda job: job != 5)
    assert programs.admit(6, ["Tesseract"]) == ("Tesseract",)
