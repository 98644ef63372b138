"""Ends its own process in the middle of writing."""

import os
import signal
from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@operation("crash", title="Crash", takes=tuple(Family), gives=".txt", options=Nothing, group="T")
def crash(work: Work[Nothing]) -> Steps:
    """Die by a segmentation fault, unless the file says "good"."""
    yield 0, 2
    work.target.write_text("half")
    if b"good" not in work.source.read():
        os.kill(os.getpid(), signal.SIGSEGV)
    yield 2, 2
