"""Samples what all worker processes of a program take together, as the system counts it."""

import contextlib
import threading
from pathlib import Path
from types import TracebackType

import psutil

_EVERY_S = 0.01


def workers(program: int | None = None) -> list[psutil.Process]:
    """The processes that the fork server has started for a program, or for us."""
    children = psutil.Process(program).children()
    servers = [p for p in children if "forkserver" in " ".join(p.cmdline())]
    return [worker for server in servers for worker in server.children()]


class WorkerMemory:
    """A thread that looks every few milliseconds, inside a `with` block; Linux only.

    What processes share counts by their part (PSS), so the sum is what they really take.
    """

    def __init__(self, program: int | None = None) -> None:
        """`program` is whose workers are meant; ours without it."""
        self._program = program
        self.peak_mb = 0.0
        self.looks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker memory")

    def __enter__(self) -> "WorkerMemory":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_S):
            total = 0
            with contextlib.suppress(psutil.Error):
                total = sum(map(_share, workers(self._program)))
            self.peak_mb = max(self.peak_mb, total * 1024 / 1e6)
            self.looks += 1


def _share(worker: psutil.Process) -> int:
    """Kilobytes that this process has for itself, and its part of what it shares."""
    try:
        rollup = Path(f"/proc/{worker.pid}/smaps_rollup").read_text("ascii")
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
