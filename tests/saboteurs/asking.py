"""Says that it asks a program of others, and waits for leave to end."""

import threading
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Asking:
    until: str = option("", "A file that ends the wait once it exists")
    is_well: bool = option(default=True, label="What it tells of the program")


@operation(
    "ask",
    title="Ask",
    takes=tuple(Family),
    gives=".txt",
    options=Asking,
    group="T",
    asks=lambda *_: ("LibreOffice",),
)
def ask(work: Work[Asking]) -> Steps:
    """Ask LibreOffice, unless it rests, and write down whether."""
    yield 0, 1
    until = work.options.until
    while until and not Path(until).exists():
        threading.Event().wait(0.01)
        yield 0, 1
    reason = work.outside.rest_of("LibreOffice")
    if not reason and work.options.is_well:
        work.outside.succeeded("LibreOffice")
    elif not reason:
        work.outside.failed("LibreOffice")
    work.target.write_text(reason or "asked")
    yield 1, 1
