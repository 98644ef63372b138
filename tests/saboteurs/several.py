"""Makes three files of one, or fewer, or none, or stops in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import DiskFullError
from desktopproc.core.job import Family
from desktopproc.core.operation import Output, Steps, Work, operation
from desktopproc.core.schema import option


class Way(StrEnum):
    ALL = "all"
    ONLY_SECOND = "only-second"
    SKIP = "skip"
    SILENT = "silent"
    FULL = "full"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True)
class Several:
    way: Way = option(Way.ALL, "Way")
    folder: str = option("small/", "Where the second file goes, with the beginning of its name")
    until: str = option("", "A file that ends the trouble once it exists")
    dates: bool = option(default=False, label="Keep dates")


def _outputs(options: Several, _: str) -> Sequence[Output]:
    folder, _, start = options.folder.rpartition("/")
    return (
        Output(".txt"),
        Output(".txt", template=start + "{stem}-{counter}", folder=folder),
        Output(".md", template="{stem}"),
    )


@operation(
    "several", title="Several", takes=tuple(Family), gives=_outputs, options=Several, group="T"
)
def several(work: Work[Several]) -> Steps:
    """Make three files of one, each at its step."""
    way, content = work.options.way, work.source.read()
    is_over = bool(work.options.until) and Path(work.options.until).exists()
    yield 0, 3
    if way is Way.SKIP and not is_over:
        work.skip("There is nothing to make of it.")
        return
    for done, target in enumerate(work.targets, 1):
        is_left_out = way is Way.SILENT or (way is Way.ONLY_SECOND and done != 2)
        if is_left_out and not is_over:
            continue
        target.write_bytes(content)
        if work.options.dates:
            work.keep_dates(work.source.path, target)
        if way is Way.FULL and not is_over and done == 2:
            raise DiskFullError("The disk is full. Make room, then resume.")
        while way is Way.ENDLESS and done == 2:
            yield done, 3
        yield done, 3
