"""Fits the progress of one step into the progress of a whole job."""

from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")

_TOTAL = 1000


def part(steps: Generator[float, None, T], start: float, stop: float) -> Generator[float, None, T]:
    """The shares that steps yield as shares of a longer way; answers what the steps answer."""
    while True:
        try:
            fraction = next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        yield start + (stop - start) * fraction


def in_thousandths(shares: Iterator[float]) -> Iterator[tuple[int, int]]:
    """Shares from 0 to 1 as an operation yields them; the last step comes when all is done."""
    for share in shares:
        yield min(_TOTAL - 1, int(share * _TOTAL)), _TOTAL
    yield _TOTAL, _TOTAL
