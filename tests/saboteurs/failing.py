"""Fails after partial output: with our error, with a bug, or in a way that may pass."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import BadInputError, DiskFullError, ReadFailedError
from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option


class How(StrEnum):
    DAMAGED = "damaged"
    BUG = "bug"
    PASSING = "passing"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Failing:
    how: How = option(How.DAMAGED, "How")
    until: str = option("", "A file that ends the trouble once it exists")


@operation("fail", title="Fail", takes=tuple(Family), gives=".txt", options=Failing, group="T")
def fail(work: Work[Failing]) -> Steps:
    """Fail, unless the file says "good" or the trouble has passed."""
    work.target.write_text("half")
    yield 1, 2
    is_over = bool(work.options.until) and Path(work.options.until).exists()
    if b"good" not in work.source.read() and not is_over:
        _raise(work)
    work.target.write_text("whole")
    yield 2, 2


def _raise(work: Work[Failing]) -> None:
    name = work.source.path.name
    match work.options.how:
        case How.DAMAGED:
            raise BadInputError(f"{name} is damaged.")
        case How.BUG:
            raise KeyError("a bug")
        case How.PASSING:
            raise ReadFailedError(f"{name} could not be read.")
        case How.FULL:
            raise DiskFullError("The disk is full. Make room, then resume.")
