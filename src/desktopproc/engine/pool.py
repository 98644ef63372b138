"""N killable worker processes, one pipe each, two tasks deep; the engine thread owns it.

`wait` gives back what happened: reports of the workers, and `Lost` for jobs whose worker died or
was killed. A job is reported exactly once as finished, failed, cancelled or lost; tasks that a
dead worker had not begun come back in `Lost.unbegun`.
"""

import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any, Protocol

from desktopproc.core.errors import (
    Failure,
    StartError,
    TimedOutError,
    WorkerDiedError,
)
from desktopproc.core.settings import Settings
from desktopproc.engine import worker
from desktopproc.engine.child import Child
from desktopproc.engine.inline import InlineChild
from desktopproc.engine.task import (
    Cancel,
    Cancelled,
    Failed,
    Finished,
    Missed,
    PartFinished,
    Progress,
    Report,
    Skipped,
    Started,
    Task,
)

DEPTH = 2
_LAST_BREATH_S = 0.5
_RECYCLE_MEMORY_SHARE = 0.5  # of a worker's limit: above it a fresh process takes over


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker is gone: the job it had begun, why, and the jobs it had not begun."""

    job: int | None
    failure: Failure
    is_death: bool  # it died by itself, we did not kill it
    was_cancelled: bool
    unbegun: tuple[int, ...]


Event = Report | Lost


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
class _Slot:
    """One worker and what it was given, oldest first; the first one is the one that runs."""

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
    is_retiring: bool = False

    @property
    def room(self) -> int:
        """How many more tasks it takes: none behind a part, which may last."""
        return 0 if self.since else DEPTH - len(self.jobs)


class Pool:
    """Starts workers as they are needed, up to `size`, and replaces the ones that end."""

    def __init__(
        self,
        settings: Settings,
        size: int,
        *,
        preload: Sequence[str],
        noise: Path,
        say: Callable[[str], None],
    ) -> None:
        """`noise` is the file for what libraries print; `say` hears when no process can start."""
        self._settings = settings
        self._size = size
        self._preload = preload
        self._noise = noise
        self._say = say
        self._slots: list[_Slot] = []
        self._is_inline = False

    @property
    def busy(self) -> int:
        """How many workers have something to do."""
        return sum(1 for slot in self._slots if slot.jobs)

    @property
    def idle(self) -> int:
        """How many workers have nothing to do, those that were not started yet among them."""
        open_slots = [slot for slot in self._slots if not slot.is_retiring]
        return max(0, self.size - sum(1 for slot in open_slots if slot.jobs))

    @property
    def size(self) -> int:
        return 1 if self._is_inline else self._size

    @property
    def pids(self) -> list[int]:
        """Process numbers of the workers, for health figures and tests."""
        return [pid for slot in self._slots if (pid := getattr(slot.process, "pid", 0))]

    @property
    def running(self) -> set[int]:
        """The jobs that have begun."""
        return {slot.running for slot in self._slots if slot.running is not None}

    def room(self) -> int:
        """How many more tasks the pool wants now."""
        open_slots = [slot for slot in self._slots if not slot.is_retiring]
        free = sum(slot.room for slot in open_slots)
        return max(0, free + DEPTH * (self.size - len(open_slots)))

    def send(self, task: Task, since: float | None = None) -> None:
        """Give a task to the worker that will come to it first.

        `since` is for a part: when its job began, in monotonic seconds, which is what the time
        limit counts from.
        """
        slot = self._best_slot()
        slot.jobs.append(task.job)
        if since is not None:
            slot.since[task.job] = since
        with suppress(OSError):  # it is dead: `wait` will find out and give the job back
            slot.process.conn.send(task)

    def _best_slot(self) -> _Slot:
        usable = [s for s in self._slots if not s.is_retiring and s.room]
        idle = [slot for slot in usable if not slot.jobs]
        if idle:
            return idle[0]
        if len([s for s in self._slots if not s.is_retiring]) < self.size or not usable:
            return self._start()
        return min(usable, key=lambda slot: (len(slot.jobs), slot.began))

    def _start(self) -> _Slot:
        slot = _Slot(self._new_process())
        self._slots.append(slot)
        return slot

    def _new_process(self) -> Process:
        if not self._is_inline:
            try:
                return Child.start(
                    worker.serve_process,
                    (self._settings.nice, self._noise),
                    name="worker",
                    memory_mb=self._settings.worker_memory_mb,
                    preload=self._preload,
                )
            except StartError as e:
                self._is_inline = True
                self._say(f"{e} Working inside the program, one file at a time.")
        return InlineChild(worker.serve)

    def cancel(self, job: int) -> None:
        """Ask a job to stop; it is killed after the grace period. Unknown jobs are ignored."""
        for slot in self._slots:
            if job in slot.jobs and job not in slot.cancelled:
                slot.cancelled.add(job)
                with suppress(OSError):
                    slot.process.conn.send(Cancel(job))
                if slot.running == job:
                    slot.kill_at = time.monotonic() + self._settings.grace_s

    def configure(self, settings: Settings, size: int) -> None:
        """Take new limits and another size; surplus workers end after what they were given."""
        changed = (settings.worker_memory_mb, settings.nice) != (
            self._settings.worker_memory_mb,
            self._settings.nice,
        )
        self._settings, self._size = settings, size
        keep = 0 if changed else size
        for slot in [slot for slot in self._slots if not slot.is_retiring][keep:]:
            self._retire(slot)

    def _retire(self, slot: _Slot) -> None:
        slot.is_retiring = True
        with suppress(OSError):
            slot.process.conn.send(None)

    def wait(self, timeout_s: float | None, also: Sequence[Any] = ()) -> list[Event]:
        """Sleep until a worker says something, a time limit is reached, or `also` is readable."""
        by_handle: dict[Any, _Slot] = {slot.process.conn: slot for slot in self._slots}
        by_handle |= {slot.process.sentinel: slot for slot in self._slots}
        limits = [when for slot in self._slots if (when := self._limit(slot)) is not None]
        if limits:
            left = max(0.0, min(limits) - time.monotonic())
            timeout_s = left if timeout_s is None else min(timeout_s, left)
        ready = wait_for([*by_handle, *also], timeout_s)
        touched = {id(by_handle[h]): by_handle[h] for h in ready if h in by_handle}
        gone = {
            id(by_handle[h]) for h in ready if h in by_handle and h is not by_handle[h].process.conn
        }
        events: list[Event] = []
        for slot in touched.values():
            events += self._listen(slot, is_gone=id(slot) in gone)
        events += self._enforce_limits()
        return events

    def _limit(self, slot: _Slot) -> float | None:
        """When this worker has to be killed, if nothing changes until then."""
        if slot.running is None:
            return None
        limits = [] if slot.kill_at is None else [slot.kill_at]
        if self._settings.job_timeout_s:
            limits.append(slot.began + self._settings.job_timeout_s)
        if self._settings.stall_timeout_s:
            limits.append(slot.moved + self._settings.stall_timeout_s)
        return min(limits, default=None)

    def _enforce_limits(self) -> list[Event]:
        now = time.monotonic()
        events: list[Event] = []
        for slot in list(self._slots):
            limit = self._limit(slot)
            if limit is None or now < limit:
                continue
            if slot.running not in slot.cancelled:
                slot.killed_for = self._timed_out(slot, now)
            slot.process.kill()
            events += self._bury(slot, is_death=False)
        return events

    def _timed_out(self, slot: _Slot, now: float) -> Failure:
        if self._settings.job_timeout_s and now - slot.began >= self._settings.job_timeout_s:
            after = f"after {self._settings.job_timeout_s:g} s, the time limit of a job"
        else:
            after = f"after {self._settings.stall_timeout_s:g} s without progress"
        return Failure.of(
            TimedOutError(f"Stopped {after}. Raise it in the settings to allow more.")
        )

    def _listen(self, slot: _Slot, *, is_gone: bool) -> list[Event]:
        events: list[Event] = []
        try:
            while slot.process.conn.poll():
                events += self._note(slot, slot.process.conn.recv())
        except (EOFError, OSError):
            return events + self._bury(slot, is_death=True)
        if is_gone:
            events += self._bury(slot, is_death=True)
        return events

    def _note(self, slot: _Slot, report: Report) -> list[Event]:
        now = time.monotonic()
        slot.moved = now
        match report:
            case Started(job):
                slot.running, slot.began = job, slot.since.get(job, now)
                slot.kill_at = now + self._settings.grace_s if job in slot.cancelled else None
            case (
                Finished(job)
                | Missed(job)
                | PartFinished(job)
                | Skipped(job)
                | Failed(job)
                | Cancelled(job)
            ):
                slot.jobs.remove(job)
                slot.since.pop(job, None)
                slot.cancelled.discard(job)
                slot.running, slot.kill_at = None, None
                slot.finished += 1
                self._recycle(slot, getattr(report, "memory_bytes", 0))
            case Progress():
                pass
        return [report]

    def _recycle(self, slot: _Slot, memory_bytes: int) -> None:
        most = self._settings.worker_memory_mb * _RECYCLE_MEMORY_SHARE * 2**20
        is_big = 0 < most < memory_bytes
        is_old = 0 < self._settings.recycle_jobs <= slot.finished
        if (is_big or is_old) and not slot.is_retiring:
            self._retire(slot)

    def _bury(self, slot: _Slot, *, is_death: bool) -> list[Event]:
        """Take a worker that is gone out of the pool and give back what it held."""
        slot.process.join(_LAST_BREATH_S)  # its pipe closes a moment before it is gone
        exitcode = slot.process.exitcode
        slot.process.close()
        self._slots.remove(slot)
        if not slot.jobs:
            return []
        unbegun = tuple(job for job in slot.jobs if job != slot.running)
        failure = slot.killed_for or _death(exitcode)
        was_cancelled = slot.running in slot.cancelled
        return [Lost(slot.running, failure, is_death, was_cancelled, unbegun)]

    def close(self) -> None:
        """End all workers at once; what they held is not reported."""
        for slot in self._slots:
            slot.process.kill()
        for slot in self._slots:
            slot.process.close()
        self._slots.clear()


def _death(exitcode: int | None) -> Failure:
    how = "ended unexpectedly"
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            how = f"was ended by {signal.Signals(-exitcode).name}"
    elif exitcode:
        how = f"ended with code {exitcode}"
    return Failure.of(WorkerDiedError(f"The process that worked on it {how}."))
