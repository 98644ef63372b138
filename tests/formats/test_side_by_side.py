"""Side by side: results in order, few at a time, and an end that leaves nothing running."""

import threading
import warnings
from collections.abc import Iterator

import pytest

from desktopproc.formats.side_by_side import in_order


@pytest.mark.parametrize("threads", [0, 1, 4])
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    found = [one for one in in_order(lambda n: n * n, range(50), threads) if one is not None]

    assert found == [n * n for n in range(50)]


def test_waiting_gives_stop_points() -> None:
    gate = threading.Event()
    steps = in_order(lambda _: gate.wait(), [1], 2)

    first = next(steps)
    gate.set()

    assert first is None
    assert [one for one in steps if one is not None] == [True]


def test_few_items_are_taken_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    steps = in_order(str, items(), 2)

    next(steps)

    assert len(taken) < 10
    steps.close()  # type: ignore[attr-defined]


def test_an_error_comes_in_its_turn_and_ends_it() -> None:
    def fussy(number: int) -> int:
        if number == 3:
            raise LookupError(number)
        return number

    steps = in_order(fussy, range(100), 2)

    with pytest.raises(LookupError):
        list(steps)
    assert not [one for one in threading.enumerate() if one.name.startswith("side-by-side")]


def test_closing_leaves_no_thread_and_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    steps = in_order(str, range(100), 3)
    next(steps)

    steps.close()  # type: ignore[attr-defined]

    assert not [one for one in threading.enumerate() if one.name.startswith("side-by-side")]
    assert list(warnings.filters) == before
