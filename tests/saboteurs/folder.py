"""A well-behaved operation that makes a folder of files."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Splitting:
    parts: int = option(3, "Parts", lo=1, hi=10_000)


@operation(
    "split",
    title="Split",
    takes=tuple(Family),
    gives=".txt",
    options=Splitting,
    group="T",
    shape=Shape.ONE_TO_FOLDER,
)
def split(work: Work[Splitting]) -> Steps:
    """Make several files of one."""
    for part in range(work.options.parts):
        (work.target / f"part-{part}.txt").write_text(f"{part}")
        yield part + 1, work.options.parts
