"""Yields for ever, politely."""

import threading
from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@operation(
    "endless", title="Endless", takes=tuple(Family), gives=".txt", options=Nothing, group="T"
)
def endless(work: Work[Nothing]) -> Steps:
    """Make progress that never ends, unless the file says "good"."""
    work.target.write_text("half")
    done = 0
    while b"good" not in work.source.read():
        done += 1
        yield done, 1_000_000
        threading.Event().wait(0.01)  # stands for work
    yield 1, 1
