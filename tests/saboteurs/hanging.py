"""Never comes back from one step, as a C function in an endless loop would not."""

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import option


@dataclass(frozen=True, slots=True)
class Hanging:
    child_pid_file: str = option("", "Where to write the number of a child process")


@operation("hang", title="Hang", takes=tuple(Family), gives=".txt", options=Hanging, group="T")
def hang(work: Work[Hanging]) -> Steps:
    """Hang for ever, unless the file says "good"."""
    work.target.write_text("half")
    yield 0, 2
    if b"good" not in work.source.read():
        if work.options.child_pid_file:
            child = subprocess.Popen(["sleep", "1000"])
            Path(work.options.child_pid_file).write_text(f"{child.pid} {os.getpid()}")
        threading.Event().wait()
    yield 2, 2
