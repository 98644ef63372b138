"""A well-behaved operation: copies its source, a line at a time."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option

ANY = tuple(Family)


@dataclass(frozen=True, slots=True)
class Copying:
    steps: int = option(3, "Steps", lo=1, hi=100_000)
    suffix: str = option(".txt", "Suffix")


@operation(
    "copy",
    title="Copy",
    takes=ANY,
    gives=lambda options, _: options.suffix,
    options=Copying,
    group="Tests",
)
def copy(work: Work[Copying]) -> Steps:
    """Copy a file."""
    content = work.source.read()
    for step in range(work.options.steps):
        yield step, work.options.steps
    work.target.write_bytes(content)
    yield work.options.steps, work.options.steps
