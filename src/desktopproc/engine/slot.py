"""One worker of the pool: its process, what it was given, and how long that may take."""

import signal
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

from desktopproc.core.errors import Failure, TimedOutError, WorkerDiedError
from desktopproc.core.settings import Settings

QUICK_S = 0.2
"""Behind jobs that take longer nothing is to wait that another worker could do."""


class Process(Protocol):
    """A worker's process, or what stands in for it."""

    conn: "Connection[Any, Any]"
    sentinel: Any

    @property
    def exitcode(self) -> int | None: ...
    def is_alive(self) -> bool: ...
    def join(self, timeout_s: float | None = None) -> bool: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class Slot:
    """A worker and what it was given, oldest first; the first one is the one that runs."""

    process: Process
    jobs: deque[int] = field(default_factory=deque)
    cancelled: set[int] = field(default_factory=set)
    since: dict[int, float] = field(default_factory=dict)  # when the jobs of its parts began
    running: int | None = None
    began: float = 0.0
    moved: float = 0.0
    kill_at: float | None = None
    killed_for: Failure | None = None
    finished: int = 0
    memory_mb: float = 0.0  # that it had when its last job was over
    is_recalled: bool = False  # it was asked to give back what waits behind the one that runs
    is_retiring: bool = False  # it takes nothing more and ends when it is done

    def room(self, depth: int) -> int:
        """How many more tasks it takes: none behind a part, which may last, or what lasts."""
        lasts = self.running is not None and time.monotonic() - self.began > QUICK_S
        return 0 if self.since or lasts else max(0, depth - len(self.jobs))

    def limit(self, settings: Settings) -> float | None:
        """When it has to be killed, if nothing changes until then."""
        if self.running is None:
            return None
        limits = [] if self.kill_at is None else [self.kill_at]
        if settings.job_timeout_s:
            limits.append(self.began + settings.job_timeout_s)
        if settings.stall_timeout_s:
            limits.append(self.moved + settings.stall_timeout_s)
        return min(limits, default=None)


def death(exitcode: int | None) -> Failure:
    """What a job is told whose worker ended by itself; negative codes are signals."""
    how = "ended unexpectedly"
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            how = f"was ended by {signal.Signals(-exitcode).name}"
    elif exitcode:
        how = f"ended with code {exitcode}"
    return Failure.of(WorkerDiedError(f"The process that worked on it {how}."))


def lateness(slot: Slot, now: float, settings: Settings) -> Failure:
    """What a job is told that is ended because it took too long."""
    if settings.job_timeout_s and now - slot.began >= settings.job_timeout_s:
        after = f"after {settings.job_timeout_s:g} s, the time limit of a job"
    else:
        after = f"after {settings.stall_timeout_s:g} s without progress"
    return Failure.of(TimedOutError(f"Stopped {after}. Raise it in the settings to allow more."))
