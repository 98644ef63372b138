"""Takes memory without end."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@operation("hog", title="Hog", takes=tuple(Family), gives=".txt", options=Nothing, group="T")
def hog(work: Work[Nothing]) -> Steps:
    """Allocate until it is refused, unless the file says "good"."""
    kept = []
    while b"good" not in work.source.read():
        kept.append(bytearray(64 * 2**20))
        yield len(kept), 1_000_000
    work.target.write_text("good")
    yield 1, 1
