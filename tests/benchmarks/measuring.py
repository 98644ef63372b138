"""Measures whole processes with everything they start: wall time, CPU time, peak memory, cores."""

import contextlib
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_SAMPLE_S = 0.05
_LIMIT_S = 900.0
_ORPHANS_S = 10.0
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans become ours, so that their CPU time is counted


@dataclass(frozen=True, slots=True)
class Run:
    """One measured command; `busy` is each core's share of the middle of the run, in percent."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    own_mb: float = 0.0  # of the program alone, without its workers
    busy: tuple[float, ...] = ()


def adopt_orphans() -> None:
    """Let workers that outlive their parent be counted; Linux only, elsewhere CPU is a floor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def measure(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
) -> Run:
    """Run a command to its end; RuntimeError with what it said when it failed."""
    os.sync()  # what others have left to write is not part of this run
    ours = _children()  # such as the workers of a benchmark's own engine
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        [os.fspath(word) for word in command],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    sampler = _Sampler(process.pid)
    try:
        _, said = process.communicate(timeout=_LIMIT_S)
    finally:
        process.kill()
        wall_s = time.perf_counter() - began
        sampler.stop()
    _reap(ours)
    if process.returncode not in codes:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said.decode()[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall_s, cpu_s, sampler.peak_mb, sampler.own_mb, sampler.busy())


def median(runs: Sequence[Run]) -> Run:
    """The run in the middle of each measure."""
    return Run(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.memory_mb for run in runs),
        statistics.median(run.own_mb for run in runs),
        tuple(statistics.median(core) for core in zip(*(run.busy for run in runs), strict=False)),
    )


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def _reap(ours: Collection[int]) -> None:
    """Wait for the orphans that were left to us, but not for `ours`; none may stay."""
    pause, until = threading.Event(), time.monotonic() + _ORPHANS_S
    while left := _children().difference(ours):
        if time.monotonic() > until:
            raise RuntimeError(f"a process was left behind for {_ORPHANS_S} s")
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        pause.wait(0.005)


class _Sampler:
    """Looks at a process tree and at the cores every few milliseconds, on a thread of its own."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cores: list[list[float]] = []
        self._over = threading.Event()
        self.peak_mb = self.own_mb = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def busy(self) -> tuple[float, ...]:
        """Each core over the middle three fifths: without the start and the last stragglers."""
        count = len(self._cores)
        middle = self._cores[count // 5 : count - count // 5]
        return tuple(statistics.mean(core) for core in zip(*middle, strict=True))

    def _watch(self) -> None:
        psutil.cpu_percent(percpu=True)
        while not self._over.wait(_SAMPLE_S):
            self._cores.append(psutil.cpu_percent(percpu=True))
            self.peak_mb = max(self.peak_mb, self._memory_mb())

    def _memory_mb(self) -> float:
        total = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self._pid)
            for process in (top, *top.children(recursive=True)):
                with contextlib.suppress(OSError, psutil.Error):
                    used = _proportional(process)
                    total += used
                    if process is top:
                        self.own_mb = max(self.own_mb, used / 1e6)
        return total / 1e6


def _proportional(process: psutil.Process) -> int:
    """Memory of one process in bytes; on Linux what it shares counts by its part (PSS)."""
    if sys.platform != "linux":
        return int(process.memory_info().rss)
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    kilobytes = (line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(next(kilobytes, "0")) * 1024
