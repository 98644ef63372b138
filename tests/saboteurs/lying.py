"""Says that all went well when it did not, or changes its own source."""

from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option


class Lie(StrEnum):
    NOTHING_WRITTEN = "nothing-written"
    WRONG_SIZE = "wrong-size"
    SOURCE_CHANGED = "source-changed"


@dataclass(frozen=True, slots=True)
class Lying:
    lie: Lie = option(Lie.NOTHING_WRITTEN, "Lie")


@operation("lie", title="Lie", takes=tuple(Family), gives=".png", options=Lying, group="T")
def lie(work: Work[Lying]) -> Steps:
    """Claim success, unless the file says "good"."""
    from PIL import Image

    yield 0, 1
    is_good = b"good" in work.source.read()
    work.expect(width=8, height=8)
    if not is_good and work.options.lie is Lie.SOURCE_CHANGED:
        with work.source.path.open("ab") as source:
            source.write(b"more")
    if is_good or work.options.lie is not Lie.NOTHING_WRITTEN:
        is_wrong = not is_good and work.options.lie is Lie.WRONG_SIZE
        Image.new("L", (4, 4) if is_wrong else (8, 8)).save(work.target)
    yield 1, 1
