"""A program that keeps failing is left alone for a while, by all jobs together."""

import math

from desktopproc.engine.breaker import Breaker


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _opened() -> tuple[Breaker, _Clock]:
    clock = _Clock()
    breaker = Breaker(3, 60, clock)
    for job in (1, 2, 3):
        assert breaker.admit(job)
        breaker.failed(job)
    return breaker, clock


def test_failures_of_three_jobs_in_a_row_open_it() -> None:
    breaker, clock = _opened()

    clock.now = 59

    assert breaker.rests()
    assert not breaker.admit(4)


def test_pages_of_one_job_count_once() -> None:
    breaker = Breaker(3, 60, _Clock())

    begins = [breaker.failed(job) for job in (1, 1, 1, 1, 2, 2)]

    assert not any(begins)
    assert not breaker.rests()
    assert breaker.failed(3)


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(3, 60, _Clock())
    for job in (1, 2):
        breaker.failed(job)
    breaker.succeeded()
    for job in (3, 4):
        breaker.failed(job)

    assert breaker.admit(5)


def test_as_many_jobs_try_it_at_once_as_may_fail() -> None:
    breaker = Breaker(3, 60, _Clock())

    assert [breaker.room(trying) for trying in range(5)] == [3, 2, 1, 0, 0]
    breaker.failed(1)
    assert [breaker.room(trying) for trying in range(3)] == [2, 1, 0]
    breaker.succeeded()
    assert breaker.room(100) == math.inf
    breaker.failed(2)
    assert breaker.room(0) == 2


def test_while_it_rests_nobody_waits_for_it() -> None:
    breaker, _ = _opened()

    assert breaker.room(100) == math.inf


def test_after_the_rest_one_job_tries_and_the_others_do_without() -> None:
    breaker, clock = _opened()
    clock.now = 60

    assert [breaker.admit(job) for job in (4, 5, 6)] == [True, False, False]


def test_a_trial_that_tells_nothing_leaves_it_to_another() -> None:
    breaker, clock = _opened()
    clock.now = 60
    breaker.admit(4)

    breaker.ended(4)

    assert [breaker.admit(job) for job in (5, 6)] == [True, False]


def test_after_the_rest_one_success_closes_it() -> None:
    breaker, clock = _opened()
    clock.now = 60
    breaker.admit(4)

    breaker.succeeded()

    assert not breaker.rests()
    assert breaker.room(100) == math.inf


def test_after_the_rest_one_failure_doubles_it() -> None:
    breaker, clock = _opened()
    clock.now = 60
    breaker.admit(4)
    breaker.failed(4)

    clock.now = 179
    rests = breaker.rests()
    clock.now = 180

    assert rests
    assert breaker.admit(5)


def test_what_began_before_the_rest_does_not_prolong_it() -> None:
    breaker, clock = _opened()
    clock.now = 30

    begins = breaker.failed(9)
    clock.now = 60

    assert not begins
    assert breaker.admit(10)
