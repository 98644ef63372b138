"""A well-behaved operation that makes one file of many."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@operation(
    "join",
    title="Join",
    takes=tuple(Family),
    gives=".txt",
    options=Nothing,
    group="T",
    shape=Shape.MANY_TO_ONE,
)
def join(work: Work[Nothing]) -> Steps:
    """Put files one after the other."""
    with work.target.open("wb") as target:
        for done, source in enumerate(work.sources, 1):
            target.write(source.read())
            yield done, len(work.sources)
