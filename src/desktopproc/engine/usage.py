"""Asks the system what processes have used: processor time and memory."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """Of one process, or of several together: seconds of processor time, bytes of memory."""

    cpu_s: float
    memory: int


def used_by(pids: Iterable[int]) -> dict[int, Use]:
    """What each of these processes has used until now; those that are gone are left out."""
    found = {}
    look = _from_proc if sys.platform.startswith("linux") else _from_psutil
    for pid in pids:
        with suppress(OSError, ValueError):
            found[pid] = look(pid)
    return found


def _from_proc(pid: int) -> Use:
    """As proc_pid_stat(5), fields 14 and 15, and proc_pid_statm(5), field 2, tell it."""
    with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - each second, for each worker
        after_name = file.read().rpartition(b")")[2].split()
    with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
        resident = int(file.read().split()[1])
    ticks = int(after_name[11]) + int(after_name[12])
    return Use(ticks / os.sysconf("SC_CLK_TCK"), resident * os.sysconf("SC_PAGE_SIZE"))


def _from_psutil(pid: int) -> Use:
    import psutil  # deferred: Linux needs none

    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return Use(times.user + times.system, process.memory_info().rss)
    except psutil.Error as e:
        raise OSError(str(e)) from e
