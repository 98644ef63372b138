"""Takes its sources away: as copies that are verified, or to another folder."""

from dataclasses import dataclass

from blake3 import blake3

from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Taking:
    to: str = option("", "Where sources go, below the output folder; none: the copy is enough")
    steps: int = option(1, "Steps", lo=1, hi=1000)


@operation("take", title="Take", takes=tuple(Family), gives=".txt", options=Taking, group="T")
def take(work: Work[Taking]) -> Steps:
    """Copy a file, then have it removed or moved."""
    content = work.source.read()
    for step in range(work.options.steps):
        yield step, work.options.steps
    work.target.write_bytes(content)
    to = f"{work.options.to}/{work.source.path.name}" if work.options.to else None
    work.move(work.source.path, to, blake3(content).digest())
    yield work.options.steps, work.options.steps


@dataclass(frozen=True, slots=True)
class Gathering:
    to: str = option("moved", "Where sources go, below the output folder")
    stranger: str = option("", "A file to move that is no source")


@operation(
    "gather",
    title="Gather",
    takes=tuple(Family),
    gives=".txt",
    options=Gathering,
    group="T",
    shape=Shape.MANY_TO_ONE,
)
def gather(work: Work[Gathering]) -> Steps:
    """Write the names of many files, and have the files moved together."""
    names = [source.path.name for source in work.sources]
    work.target.write_text("\n".join([f"{work.threads} threads", *names]))
    for done, source in enumerate(work.sources, 1):
        name = source.path.name
        work.move(source.path, f"{work.options.to}/{name}", blake3(source.read()).digest())
        yield done, len(work.sources)
    if work.options.stranger:
        from pathlib import Path

        work.move(Path(work.options.stranger), "stranger", b"")
