"""Makes a file of each line of a list; some lines are wrong, end the worker or never end."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import BadInputError
from desktopproc.core.job import Family
from desktopproc.core.operation import Item, Steps, Work, operation
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Listing:
    whole: bool = option(default=False, label="One file of all lines")
    until: str = option("", "A file that ends the trouble once it exists")


def _items(options: Listing, source: Path) -> Iterator[Item] | None:
    return None if options.whole else _lines(source)


def _lines(source: Path) -> Iterator[Item]:
    for number, line in enumerate(source.read_text().splitlines(), 1):
        if line.startswith("broken"):
            raise BadInputError(f"Line {number} of {source.name} cannot be read. Mend it.")
        if line == "bug":
            raise ZeroDivisionError
        yield Item(number, line.partition(":")[0], weight=2.0)


@operation(
    "list",
    title="List",
    takes=tuple(Family),
    gives=".txt",
    options=Listing,
    group="T",
    items=_items,
)
def listing(work: Work[Listing]) -> Steps:
    """Make a file of each line."""
    lines = work.source.read().decode().splitlines()
    chosen = lines if work.item is None else [lines[work.item - 1]]
    is_over = bool(work.options.until) and Path(work.options.until).exists()
    yield 0, 1
    if "wrong" in chosen[0] and not is_over:
        raise BadInputError(f"Line {work.item} is wrong. Mend it.")
    if "crash" in chosen[0] and not is_over:
        os.kill(os.getpid(), signal.SIGKILL)
    work.target.write_text("\n".join(chosen))
    while "endless" in chosen[0] and not is_over:
        yield 0, 1
    yield 1, 1
