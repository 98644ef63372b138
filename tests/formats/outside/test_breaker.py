"""A program that keeps failing is left alone for a while."""

from desktopproc.formats.outside.breaker import Breaker


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _opened() -> tuple[Breaker, _Clock]:
    clock = _Clock()
    breaker = Breaker(3, 60, clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    return breaker, clock


def test_failures_in_a_row_open_it() -> None:
    breaker, clock = _opened()

    clock.now = 59

    assert not breaker.allows()


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(3, 60, _Clock())
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        breaker.failed()

    assert breaker.allows()


def test_after_the_rest_one_success_closes_it() -> None:
    breaker, clock = _opened()
    clock.now = 60

    assert breaker.allows()
    breaker.succeeded()
    breaker.failed()

    assert breaker.allows()


def test_after_the_rest_one_failure_doubles_it() -> None:
    breaker, clock = _opened()
    clock.now = 60
    breaker.failed()

    clock.now = 179
    rests = not breaker.allows()
    clock.now = 180

    assert rests
    assert breaker.allows()
