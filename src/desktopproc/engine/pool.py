"""Killable worker processes, one pipe each, some tasks deep; the engine thread owns it.

`wait` gives back what happened: reports of the workers, and `Lost` for jobs whose worker died or
was killed. A job is reported exactly once as finished, failed, cancelled or lost; tasks that a
dead worker had not begun come back in `Lost.unbegun`.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopproc.core.errors import Failure, StartError
from desktopproc.core.settings import Settings
from desktopproc.engine import readable, worker
from desktopproc.engine.capacity import Capacity
from desktopproc.engine.child import Child
from desktopproc.engine.inline import InlineChild
from desktopproc.engine.memory import RESIDENT_MB, Budget
from desktopproc.engine.slot import QUICK_S, Process, Slot, death, lateness
from desktopproc.engine.staffing import Staffing
from desktopproc.engine.task import (
    Cancel,
    Cancelled,
    Failed,
    Finished,
    Missed,
    PartFinished,
    Progress,
    Recall,
    Report,
    Returned,
    Skipped,
    Started,
    Task,
)

_AHEAD_S = 0.25  # of work that a worker is given at once; each giving is a change in the queue file
_LEAST, _DEEPEST = 2, 8  # tasks of quick jobs: one runs, and the next is there when it ends
_GATHER_S = 0.05  # within which several reports cost little more than one
_PACE_SHARE = 0.3  # of the newest job in the pace
_THREAD_MB = 128  # of address space that a thread's stack and heap reserve
_LAST_BREATH_S = 0.5
_STILLBORN = 3  # workers in a row that die before their first word: there is no use in more
_RECYCLE_MEMORY_SHARE = 0.5  # of a worker's limit: above it a fresh process takes over


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker is gone, or gives something back: what it had begun, why, what it had not begun."""

    job: int | None
    failure: Failure
    is_death: bool  # it died by itself, we did not kill it
    was_cancelled: bool
    unbegun: tuple[int, ...]


_NOTHING = Failure("returned", "")
Event = Report | Lost


class Pool:
    """Starts workers as they are needed, ends the idle ones, and replaces those that end."""

    def __init__(
        self,
        settings: Settings,
        capacity: Capacity,
        budget: Budget,
        *,
        preload: Sequence[str],
        noise: Path,
        say: Callable[[str], None],
    ) -> None:
        """`noise` is the file for what libraries print; `say` hears when no process can start."""
        self._settings = settings
        self._capacity, self._budget = capacity, budget
        self._preload = preload
        self._noise = noise
        self._say = say
        self._slots: list[Slot] = []
        self._staffing = Staffing()
        self._pace_s: float | None = None  # how long jobs took lately
        self._is_inline = False
        self._stillborn = 0  # workers in a row that died before their first word

    @property
    def busy(self) -> int:
        """How many workers have something to do."""
        return sum(1 for slot in self._slots if slot.jobs)

    @property
    def idle(self) -> int:
        """How many workers have nothing to do, those that were not started yet among them."""
        return max(0, self.size - self.busy)

    @property
    def size(self) -> int:
        """How many workers there may be with something to do."""
        return 1 if self._is_inline else self._capacity.workers

    @property
    def pids(self) -> list[int]:
        """Process numbers of the workers, for health figures and tests."""
        return [pid for slot in self._slots if (pid := getattr(slot.process, "pid", 0))]

    @property
    def kept_mb(self) -> float:
        """What workers without a job keep of what their last one took."""
        resting = [] if self._is_inline else [slot for slot in self._slots if not slot.jobs]
        return sum([slot.memory_mb for slot in resting])

    def shed(self) -> None:
        """Take from workers without a job what they keep, by ending them."""
        for slot in self._slots:
            if not slot.jobs and slot.memory_mb:
                slot.is_retiring, slot.memory_mb = True, 0.0
                slot.process.kill()

    @property
    def running(self) -> set[int]:
        """The jobs that have begun."""
        return {slot.running for slot in self._slots if slot.running is not None}

    @property
    def _depth(self) -> int:
        """How many tasks a worker is given: quick ones go together, a long one holds none up."""
        if self._pace_s is None or self._pace_s >= QUICK_S:
            return 1
        return int(min(max(_AHEAD_S / max(self._pace_s, 0.001), _LEAST), _DEEPEST))

    def room(self) -> int:
        """How many more tasks the pool wants now; none while every worker has one ahead."""
        depth = self._depth
        busy = [slot for slot in self._slots if slot.jobs and not slot.is_retiring]
        if not self.idle and all(len(slot.jobs) > 1 for slot in busy):
            return 0
        return sum([slot.room(depth) for slot in busy]) + depth * self.idle

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

    def make_ready(self) -> None:
        """Have a worker that the next job need not wait for."""
        if not self._slots:
            self._start(is_needed=False)

    def _best_slot(self) -> Slot:
        usable = [slot for slot in self._slots if not slot.is_retiring]
        behind = [slot for slot in usable if slot.jobs and slot.room(self._depth)]
        if self.idle or not behind:
            idle = next((slot for slot in usable if not slot.jobs), None)
            return self._start(is_needed=True) if idle is None else idle
        return min(behind, key=lambda slot: (len(slot.jobs), slot.began))

    def _start(self, *, is_needed: bool) -> Slot:
        slot = Slot(self._new_process())
        self._slots.append(slot)
        if is_needed:
            self._staffing.started(time.monotonic())
        return slot

    def _new_process(self) -> Process:
        if not self._is_inline:
            try:
                return Child.start(
                    worker.serve_process,
                    (self._capacity.nice, self._capacity.threads, self._noise),
                    name="worker",
                    memory_mb=self._address_space_mb(),
                    preload=self._preload,
                )
            except StartError as e:
                self._turn_inline(str(e))
        return InlineChild(worker.serve)

    def _turn_inline(self, reason: str) -> None:
        self._is_inline = True
        self._say(f"{reason} Working inside the program, one file at a time.")

    def _address_space_mb(self) -> int:
        """The limit of a worker, and what its further threads reserve without using it."""
        most = self._settings.worker_memory_mb
        return most + _THREAD_MB * (self._capacity.threads - 1) if most else 0

    def cancel(self, job: int) -> None:
        """Ask a job to stop; it is killed after the grace period. Unknown jobs are ignored."""
        for slot in self._slots:
            if job in slot.jobs and job not in slot.cancelled:
                slot.cancelled.add(job)
                with suppress(OSError):
                    slot.process.conn.send(Cancel(job))
                if slot.running == job:
                    slot.kill_at = time.monotonic() + self._settings.grace_s

    def configure(self, settings: Settings, capacity: Capacity) -> None:
        """Take new limits and another size; surplus workers end after what they were given."""
        before, was = self._capacity, self._settings.worker_memory_mb
        self._settings, self._capacity = settings, capacity
        is_new = (settings.worker_memory_mb, capacity.threads) != (was, before.threads)
        if is_new or capacity.nice < before.nice:  # nobody may take back what he gave up
            surplus = self._slots
        else:
            surplus = self._by_need()[capacity.workers :]
            if capacity.nice > before.nice:
                self._renice(capacity.nice)
        for slot in surplus:
            self._retire(slot)

    def _by_need(self) -> list[Slot]:
        """Workers that take tasks, those with the most to do first."""
        usable = [slot for slot in self._slots if not slot.is_retiring]
        return sorted(usable, key=lambda slot: -len(slot.jobs))

    def _renice(self, nice: int) -> None:
        """Let workers stand back at once, with the programs that they have started."""
        if not hasattr(os, "setpriority"):
            return
        for pid in self.pids:
            with suppress(OSError):
                os.setpriority(os.PRIO_PGRP, pid, nice)

    def _retire(self, slot: Slot) -> None:
        if not slot.is_retiring:
            slot.is_retiring = True
            with suppress(OSError):
                slot.process.conn.send(None)

    def _tend(self) -> float | None:
        """Start the spare worker, end those that have rested; when to do so again."""
        now, busy = time.monotonic(), self.busy
        resting = [slot for slot in self._slots if not slot.jobs and not slot.is_retiring]
        if self._staffing.wants_spare(now, busy=busy, idle=len(resting), size=self.size):
            resting.append(self._start(is_needed=False))
        least, rest_s, idle = self._settings.min_workers, self._settings.idle_s, len(resting)
        surplus = self._staffing.surplus(now, busy=busy, idle=idle, least=least, rest_s=rest_s)
        for slot in resting[idle - surplus :]:
            self._retire(slot)
        return self._staffing.due(busy=busy, idle=idle - surplus, size=self.size, rest_s=rest_s)

    def wait(self, timeout_s: float | None, also: Sequence[Any] = ()) -> list[Event]:
        """Sleep until a worker says something, a time limit is reached, or `also` is readable."""
        tend_at = None if self._is_inline else self._tend()
        by_handle: dict[Any, Slot] = {slot.process.conn: slot for slot in self._slots}
        by_handle |= {slot.process.sentinel: slot for slot in self._slots}
        limits = [slot.limit(self._settings) for slot in self._slots]
        times = [when for when in (*limits, tend_at, self._recall()) if when is not None]
        if times:
            left = max(0.0, min(times) - time.monotonic())
            timeout_s = left if timeout_s is None else min(timeout_s, left)
        gather_s = self._gather_s()
        if gather_s and (timeout_s is None or gather_s < timeout_s):
            readable.wait(also, gather_s)
        ready = readable.wait([*by_handle, *also], timeout_s)
        touched = {id(by_handle[h]): by_handle[h] for h in ready if h in by_handle}
        gone = {
            id(by_handle[h]) for h in ready if h in by_handle and h is not by_handle[h].process.conn
        }
        events: list[Event] = []
        for slot in touched.values():
            events += self._listen(slot, is_gone=id(slot) in gone)
        events += self._enforce_limits()
        return events

    def _gather_s(self) -> float:
        """How long reports may come together: half of what every worker still has ahead of it."""
        ahead = min([len(slot.jobs) for slot in self._slots if slot.jobs], default=1) - 1
        return min(ahead * (self._pace_s or 0.0) / 2, _GATHER_S)

    def _recall(self) -> float | None:
        """Ask for what waits behind a job that lasts while a worker is free; when to ask again."""
        waiting = [
            slot
            for slot in (self._slots if self.idle else ())
            if slot.running is not None and len(slot.jobs) > 1 and not slot.is_recalled
        ]
        lasting = time.monotonic() - QUICK_S
        for slot in [slot for slot in waiting if slot.began <= lasting]:
            slot.is_recalled = True
            with suppress(OSError):
                slot.process.conn.send(Recall())
        return min((slot.began + QUICK_S for slot in waiting if slot.began > lasting), default=None)

    def _enforce_limits(self) -> list[Event]:
        now = time.monotonic()
        events: list[Event] = []
        for slot in list(self._slots):
            limit = slot.limit(self._settings)
            if limit is None or now < limit:
                continue
            if slot.running not in slot.cancelled:
                slot.killed_for = lateness(slot, now, self._settings)
            slot.process.kill()
            events += self._bury(slot, is_death=False)
        return events

    def _listen(self, slot: Slot, *, is_gone: bool) -> list[Event]:
        events: list[Event] = []
        try:
            while readable.is_readable(slot.process.conn):
                events += self._note(slot, slot.process.conn.recv())
        except (EOFError, OSError):
            return events + self._bury(slot, is_death=True)
        if is_gone:
            events += self._bury(slot, is_death=True)
        return events

    def _note(self, slot: Slot, report: Report) -> list[Event]:
        now = time.monotonic()
        slot.moved, self._stillborn = now, 0
        match report:
            case Returned(job):
                slot.jobs.remove(job)
                slot.cancelled.discard(job)
                return [Lost(None, _NOTHING, is_death=False, was_cancelled=False, unbegun=(job,))]
            case Started(job):
                slot.running, slot.began = job, slot.since.get(job, now)
                slot.is_recalled = False
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
                self._note_pace(report)
                self._recycle(slot, getattr(report, "memory_bytes", 0) / 1e6)
            case Progress():
                pass
        return [report]

    def _note_pace(self, report: Report) -> None:
        seconds: float | None = getattr(report, "seconds", None)
        if seconds is not None:
            before = seconds if self._pace_s is None else self._pace_s
            self._pace_s = before + (seconds - before) * _PACE_SHARE

    def _recycle(self, slot: Slot, memory_mb: float) -> None:
        """Have a fresh process take over from one that has grown, or has worked for long."""
        slot.memory_mb = max(0.0, memory_mb - RESIDENT_MB)
        most = self._budget.keepable_mb()
        if self._settings.worker_memory_mb:
            most = min(most, self._settings.worker_memory_mb * _RECYCLE_MEMORY_SHARE)
        is_big = memory_mb > most and not self._is_inline
        is_old = 0 < self._settings.recycle_jobs <= slot.finished
        if is_big or is_old:
            self._retire(slot)

    def _bury(self, slot: Slot, *, is_death: bool) -> list[Event]:
        """Take a worker that is gone out of the pool and give back what it held."""
        slot.process.join(_LAST_BREATH_S)  # its pipe closes a moment before it is gone
        exitcode = slot.process.exitcode
        slot.process.close()
        self._slots.remove(slot)
        if not slot.jobs:
            return []
        if is_death and not slot.moved:
            self._stillborn += 1
            if self._stillborn == _STILLBORN:
                self._turn_inline("Worker processes end before they begin.")
        unbegun = tuple(job for job in slot.jobs if job != slot.running)
        failure = slot.killed_for or death(exitcode)
        was_cancelled = slot.running in slot.cancelled
        return [Lost(slot.running, failure, is_death, was_cancelled, unbegun)]

    def close(self) -> None:
        """End all workers at once; what they held is not reported."""
        for slot in self._slots:
            slot.process.kill()
        for slot in self._slots:
            slot.process.close()
        self._slots.clear()
