"""Tells who worked when, with how many threads, and may hold on until it is let go."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option

_KEPT: list[bytes] = []  # as a library that leaks would keep it


@dataclass(frozen=True, slots=True)
class Crowding:
    log: str = option("", "A file to which every beginning and end is added")
    until: str = option("", "A file that has to exist before the end")
    steps: int = option(1, "Steps of a few milliseconds", lo=1, hi=10_000)
    keep_mb: int = option(0, "Memory that is never given back", lo=0, hi=10_000)


@operation("crowd", title="Crowd", takes=tuple(Family), gives=".txt", options=Crowding, group="T")
def crowd(work: Work[Crowding]) -> Steps:
    """Write down beginning and end: process, nice level, threads, the variable for threads."""
    options = work.options
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    told = f"{os.getpid()} {nice} {work.threads} {os.environ['RAYON_NUM_THREADS']}"
    _add(options.log, f"begin {work.source.path.name} {told}")
    _KEPT.append(b"x" * (options.keep_mb << 20))
    for step in range(options.steps):
        yield step, options.steps
        threading.Event().wait(0.003)  # stands for work
    while options.until and not Path(options.until).exists():
        yield 0, options.steps
        threading.Event().wait(0.01)
    work.target.write_text(told)
    yield options.steps, options.steps
    _add(options.log, f"end {work.source.path.name} {told}")


def _add(log: str, line: str) -> None:
    if log:
        with Path(log).open("a") as file:  # short lines at the end of a file never mix
            file.write(f"{time.monotonic_ns()} {line}\n")
