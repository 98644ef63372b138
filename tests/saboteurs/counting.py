"""A well-behaved operation whose results may be reused; it writes down each time that it runs."""

from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Shape, Steps, Work, operation
from desktopproc.core.schema import Kind, option


@dataclass(frozen=True, slots=True)
class Counting:
    log: str = option("", "Log")
    text: str = option("", "Text")
    stamp: Path | None = option(None, "Stamp", kind=Kind.FILE)
    on: str = option("content", "Depends on", pattern="content|names|places|nothing")
    pieces: int = option(0, "Pieces", lo=0, hi=100)
    dates: bool = option(default=False, label="Dates")
    size: int = option(0, "Size", lo=0, hi=2_000_000_000)
    times: int = option(1, "Times", lo=1, hi=1000)


def _depends(options: Counting) -> Depends | None:
    words = {"content": Depends.CONTENT, "names": Depends.NAMES, "places": Depends.PLACES}
    return words.get(options.on)


def ran(log: str) -> list[str]:
    """The names of the sources of every run, in order."""
    path = Path(log)
    return path.read_text().split() if path.exists() else []


@operation(
    "count",
    title="Count",
    takes=tuple(Family),
    gives=".txt",
    options=Counting,
    group="T",
    shape=lambda options: Shape.ONE_TO_FOLDER if options.pieces else Shape.ONE_TO_ONE,
    depends=_depends,
)
def count(work: Work[Counting]) -> Steps:
    """Write the source with a text behind it, or several times into a folder."""
    options, name = work.options, work.source.path.name
    with Path(options.log).open("a") as log:
        log.write(f"{name}\n")
    yield 0, 1
    stamp = options.stamp.read_text() if options.stamp else ""
    content = work.source.read() + f"{options.text}{stamp}".encode() + bytes(options.size)
    if options.pieces:
        for number in range(options.pieces):
            (work.target / f"{number}.txt").write_bytes(content + str(number).encode())
    else:
        for _ in range(options.times):  # work that takes its time
            work.target.write_bytes(content)
    if options.dates:
        work.keep_dates(work.source.path, work.target)
    work.note(f"{name} was read.")
    yield 1, 1
