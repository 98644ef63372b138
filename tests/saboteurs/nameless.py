"""Has a bug where its results get their names, outside any worker."""

from dataclasses import dataclass
from typing import Any

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


def _broken(options: Any, suffix: str) -> str:
    raise RuntimeError("a bug")


@operation("nameless", title="N", takes=tuple(Family), gives=_broken, options=Nothing, group="T")
def nameless(work: Work[Nothing]) -> Steps:
    """Never gets as far as this."""
    yield 1, 1
