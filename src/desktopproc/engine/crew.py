"""Gives jobs to the pool, whole or cut into parts that several workers share, and hears of them.

To the outside there are only jobs: whoever gives one hears once how it ended, with the progress,
notes and times of its parts put together. One part that fails ends the job: the others are stopped
first. Parts wait here until a worker is idle, so that quick jobs of others can come between them.
"""

import logging
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice

from desktopproc.core.errors import ProcError
from desktopproc.core.parts import Part
from desktopproc.engine.held import Held
from desktopproc.engine.outputs import parts_folder
from desktopproc.engine.pool import Event, Lost, Pool
from desktopproc.engine.schedule import HEAVY
from desktopproc.engine.task import (
    Asked,
    Cancelled,
    Failed,
    Finished,
    PartFinished,
    Progress,
    Skipped,
    Started,
    Task,
)

log = logging.getLogger(__name__)

Candidate = tuple[int, int, float]
"""What may be next: a job, or a task of one below zero, with its priority and its weight."""


@dataclass(slots=True)
class _Shared:
    """A job that several workers share: what is still to be given out, what is out, what came."""

    whole: Task
    priority: int
    weight: float
    tasks: dict[int, Task]  # by their numbers; the last one joins the others when they are done
    steps: dict[int, tuple[int, int]]  # of each part
    ahead: deque[int] = field(default_factory=deque)
    out: set[int] = field(default_factory=set)
    came: dict[int, PartFinished] = field(default_factory=dict)
    began: float | None = None
    end: Event | None = None  # how it ends, once nothing of it is out any more

    def progress(self) -> Progress:
        done = sum([done for done, _ in self.steps.values()])
        return Progress(self.whole.job, done, sum([total for _, total in self.steps.values()]))

    def seconds(self) -> float:
        return 0.0 if self.began is None else time.monotonic() - self.began


class Crew:
    """The pool as the runner sees it. Engine thread only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shared: dict[int, _Shared] = {}  # by job, oldest first
        self._tasks: dict[int, _Shared] = {}  # by task, but those of whole jobs
        self._numbers = count(-1, -1)
        self._unheard: list[Event] = []

    @property
    def size(self) -> int:
        """How many workers there are."""
        return self._pool.size

    @property
    def running(self) -> set[int]:
        """The jobs that have begun."""
        begun = {job for job in self._pool.running if job not in self._tasks}
        return begun | {job for job, shared in self._shared.items() if shared.began is not None}

    def tasks_of(self, job: int) -> int:
        """How many workers a job has, or will have next."""
        return len(self._shared[job].out) if job in self._shared else 1

    @property
    def at_work(self) -> int:
        """How many workers are at work."""
        return len(self._pool.running)

    def has_room(self, *, wanted: bool) -> bool:
        """Whether a worker can be given something, if jobs are wanted to or parts wait here."""
        is_wanted = wanted or any(shared.ahead for shared in self._shared.values())
        return is_wanted and self._pool.room() > 0

    def line(
        self, jobs: Sequence[Candidate], shares: Mapping[int, float]
    ) -> tuple[list[Candidate], int]:
        """Who may be next, best first, and how many of them; `jobs` wait in the queue file.

        `shares` tells of some of the jobs that are shared how many more workers they may have.

        No job is taken out of the queue that would only wait here: no heavy one behind the parts
        of another, and not more quick ones to share than there are workers.
        """
        waiting = [shared for shared in self._shared.values() if shared.ahead]
        if not waiting:
            return list(jobs), self._pool.room()
        if any(shared.weight > HEAVY for shared in waiting):
            jobs = [job for job in jobs if job[2] <= HEAVY]
        if sum(shared.weight <= HEAVY for shared in waiting) >= self._pool.size:
            jobs = []
        idle = self._pool.idle
        if not idle:
            return list(jobs), self._pool.room()
        parts = [
            (number, shared.priority, shared.weight)
            for shared in waiting
            for number in islice(shared.ahead, int(min(idle, shares.get(shared.whole.job, idle))))
        ]
        return sorted([*parts, *jobs], key=lambda candidate: candidate[1]), idle

    def give(self, task: Task, parts: Sequence[Part], priority: int, weight: float) -> None:
        """Take on a job: it goes to a worker, or its parts wait for their turn in the line."""
        if not parts:
            self._pool.send(task)
            return
        folder = parts_folder(task.temps[0])
        suffix = "" if task.is_folder else task.temps[0].suffix
        tasks = {
            (number := next(self._numbers)): replace(
                task,
                job=number,
                temps=(folder / f"{position:06}{suffix}",),
                part=replace(part, is_last=position == len(parts)),
            )
            for position, part in enumerate(parts, 1)
        }
        steps = {number: (0, part.pages) for number, part in zip(tasks, parts, strict=True)}
        shared = _Shared(task, priority, weight, tasks, steps, deque(tasks))
        self._shared[task.job] = shared
        self._tasks |= dict.fromkeys(tasks, shared)

    def send_part(self, number: int) -> None:
        """Give a task from the line to a worker."""
        shared = self._tasks[number]
        shared.ahead.remove(number)
        shared.out.add(number)
        began = time.monotonic() if shared.began is None else shared.began
        self._pool.send(shared.tasks[number], since=began)

    def cancel(self, job: int) -> None:
        """Ask a job to stop, with all its parts. Unknown jobs are ignored."""
        if job in self._shared:
            self._unheard += self._stop(self._shared[job], Cancelled(job))
        else:
            self._pool.cancel(job)

    def told(self, events: Sequence[Event]) -> Iterator[Event]:
        """What happened to jobs, by what happened to tasks; cancels meanwhile are heard too."""
        for event in events:
            if isinstance(event, Lost):
                yield from self._lost(event)
            elif event.job not in self._tasks:
                yield event
            else:
                yield from self._heard(self._tasks[event.job], event)
        while self._unheard:
            yield self._unheard.pop(0)

    def _heard(self, shared: _Shared, event: Event) -> list[Event]:
        """What a message about a task means for its job."""
        job, seconds = shared.whole.job, shared.seconds()
        match event:
            case Started():
                if shared.began is None:
                    shared.began = time.monotonic()
                return [Started(job)]
            case Progress(number, done, total):
                if number in shared.steps:
                    shared.steps[number] = done, total
                return [shared.progress()]
            case Asked():
                return [replace(event, job=job)]
            case PartFinished(number):
                shared.came[number] = event
                return self._came(shared, number)
            case Finished(number):
                whole = replace(_together(event, shared.came.values()), job=job, seconds=seconds)
                return self._ended(shared, number, whole)
            case Skipped(number) | Failed(number):
                return self._ended(shared, number, replace(event, job=job, seconds=seconds))
            case Cancelled(number):
                return self._ended(shared, number, Cancelled(job))
        return []

    def _came(self, shared: _Shared, number: int) -> list[Event]:
        """A part is written. After the last one comes the task that joins them."""
        part = shared.came[number]
        total = max(1, *shared.steps[number])
        shared.steps[number] = total, total
        shared.out.discard(number)
        if shared.end is not None or len(shared.came) < len(shared.steps):
            return [shared.progress(), *self._settled(shared)]
        parts = tuple(shared.came[number] for number in shared.steps)
        if not any(part.file for part in parts):
            reason = next((part.reason for part in parts if part.reason), "")
            skipped = Skipped(shared.whole.job, reason, shared.seconds(), part.memory_bytes)
            return self._ended(shared, number, skipped)
        join = next(self._numbers)
        shared.tasks[join] = replace(shared.whole, job=join, joins=parts)
        shared.ahead.append(join)
        self._tasks[join] = shared
        return [shared.progress()]

    def _ended(self, shared: _Shared, number: int, end: Event) -> list[Event]:
        """A task has ended in a way that ends its job."""
        shared.out.discard(number)
        return self._stop(shared, end)

    def _stop(self, shared: _Shared, end: Event) -> list[Event]:
        """Let a job end like this when what is out of it has stopped; the first end counts."""
        if shared.end is None:
            shared.end = end
            shared.ahead.clear()
            for number in shared.out:
                self._pool.cancel(number)
        return self._settled(shared)

    def _settled(self, shared: _Shared) -> list[Event]:
        """The end of a job of which nothing is out any more."""
        if shared.end is None or shared.out:
            return []
        del self._shared[shared.whole.job]
        for number in shared.tasks:
            del self._tasks[number]
        return [shared.end]

    def _lost(self, lost: Lost) -> list[Event]:
        """A worker is gone: what it had not begun of a shared job waits for another one."""
        events: list[Event] = []
        whole = tuple(number for number in lost.unbegun if number not in self._tasks)
        for number in set(lost.unbegun) - set(whole):
            shared = self._tasks[number]
            shared.out.discard(number)
            if shared.end is None:
                shared.ahead.appendleft(number)
            events += self._settled(shared)
        if lost.job is None or lost.job not in self._tasks:
            return [*events, replace(lost, unbegun=whole)]
        if whole:
            events.append(replace(lost, job=None, unbegun=whole))
        shared = self._tasks[lost.job]
        end = replace(lost, job=shared.whole.job, unbegun=())
        return events + self._ended(shared, lost.job, end)


def _together(end: Finished, parts: Collection[PartFinished]) -> Finished:
    """The end of a job with the time that all its workers took."""
    cpu = sum([end.cpu_seconds, *[part.cpu_seconds for part in parts]])
    stages = zip(end.stages, *[part.stages for part in parts], strict=True)
    return replace(end, cpu_seconds=cpu, stages=tuple(map(sum, stages)))


def parts_of(held: Held, workers: int, behind: float) -> Sequence[Part]:
    """The parts into which a job is to be cut; none where one worker is to make all of it.

    To share a job costs more than to do it, so it is done whole where those `behind` it, of that
    weight, keep the other workers busy meanwhile.
    """
    wish, claimed = held.context.operation.parts, held.claimed
    if behind >= claimed.weight * (workers - 1):
        return ()
    is_one = len(held.facts) == 1 and claimed.item is None
    can_join = len(held.temps) == 1 or held.context.operation.join is not None
    if wish is None or workers < 2 or not is_one or not can_join:
        return ()
    try:
        parts = wish(held.context.options, held.facts[0], workers)
    except ProcError:  # the operation itself will say so, on the row
        return ()
    except Exception:  # a bug in one operation must not end the engine
        log.exception("Job %s could not be cut into parts", claimed.id)
        return ()
    return parts if len(parts) > 1 else ()
