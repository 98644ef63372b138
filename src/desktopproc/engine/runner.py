"""Runs the jobs of the batches that this process is to run, and decides what each end means."""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from desktopproc.core.errors import Failure, PoisonError, ProcError, UnsupportedError
from desktopproc.core.job import Conflict, Facts, State
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.core.settings import Concurrency, Settings
from desktopproc.engine import task as talk
from desktopproc.engine.admission import Admission, Workers, need_mb
from desktopproc.engine.capacity import Capacity
from desktopproc.engine.committer import Results
from desktopproc.engine.crew import Crew, parts_of
from desktopproc.engine.desk import Desk
from desktopproc.engine.held import Context, Held
from desktopproc.engine.lanes import Lanes
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.memory import Budget
from desktopproc.engine.naming import Naming
from desktopproc.engine.outputs import temps_of
from desktopproc.engine.plan import facts_of
from desktopproc.engine.pool import Event, Lost
from desktopproc.engine.records import Claimed
from desktopproc.engine.schedule import HEAVY, PLENTY, back_off, pick
from desktopproc.engine.vault import Vault

_DEATHS = 2  # after so many a job is poison


class Audience(Protocol):
    """Who hears what changed."""

    def changed(self, job: int) -> None: ...
    def worked(self, stages: Sequence[float], bytes_in: int) -> None: ...
    def finished(self, weight: float) -> None: ...
    def say(self, sentence: str) -> None: ...


class Runner:
    """Claims, sends, listens, retries. Engine thread only."""

    def __init__(
        self,
        *,
        lease: int,
        tag: str,
        ledger: Ledger,
        desk: Desk,
        vault: Vault,
        naming: Naming,
        crew: Crew,
        lanes: Lanes,
        operations: Mapping[str, Operation],
        settings: Settings,
        capacity: Capacity,
        budget: Budget,
        workers: Workers,
        audience: Audience,
    ) -> None:
        self._lease, self._tag = lease, tag
        self._ledger, self._desk, self._naming, self._crew = ledger, desk, naming, crew
        self._vault, self._lanes = vault, lanes
        self._operations = operations
        self._settings, self._capacity = settings, capacity
        self._audience = audience
        self._admission = Admission(budget, ledger, workers, self._need)
        self._contexts: dict[int, Context] = {}
        self._chance = random.Random()
        self.held: dict[int, Held] = {}
        self.active: set[int] = set()
        self._delayed: dict[int, float] = {}
        self._may_wait = False
        self.lacks_memory = False  # whether a job waits for others to end that leave it no room
        self.is_closing = False

    def configure(self, settings: Settings, capacity: Capacity) -> None:
        self._settings, self._capacity = settings, capacity
        self._lanes.configure(settings)

    # What runs

    def activate(self, batches: Iterable[int]) -> None:
        """Run these batches from now on."""
        self.active |= set(batches)
        self._lanes.look_again()
        self.look_again()

    def look_again(self) -> None:
        """Something may wait: jobs were added, retried, resumed or given back."""
        self._may_wait = True

    def forget_contexts(self) -> None:
        """Read anew what batches need: somebody may have given one more passwords."""
        self._contexts.clear()

    def has_waiting(self) -> bool:
        """Whether jobs wait that this process may run, delayed ones too.

        It asks the queue file: another process may have resumed a batch before its bell is heard.
        """
        found = bool(self._delayed or self._ledger.candidates(self.active, 1))
        self._may_wait = self._may_wait or found
        return found

    def dispatch(self) -> None:
        """Fill the pool with the next jobs."""
        while not self.is_closing and self._crew.has_room(wanted=self._may_wait):
            line, slots = self._crew.line(self._next() if self._may_wait else [])
            memory = self._admission.memory(line, self.held)
            ids = pick(
                line,
                slots=slots,
                heavy_running=self._heavy(),
                workers=self._crew.size,
                memory=memory,
            )
            self.lacks_memory = memory is not PLENTY and len(ids) < min(slots, len(line))
            if not ids:
                return
            self._give_out(ids, {number: priority for number, priority, _ in line})

    def _next(self) -> Sequence[tuple[int, int, float]]:
        """The next jobs that may start, as far as their drives are concerned."""

        def waiting(number: int) -> Sequence[tuple[int, int, float]]:
            found = self._ledger.candidates(self.active, number)
            self._may_wait = bool(found)
            return self._admission.noted(found)

        return self._lanes.passed(waiting, self.held, self._crew.size)

    def _need(self, batch: int, facts: Sequence[Facts]) -> float:
        """Megabytes that a job of this batch takes; nothing where it cannot even begin."""
        try:
            context = self._context(batch)
        except ProcError:
            return 0.0
        return need_mb(context.operation, context.options, facts)

    def _heavy(self) -> int:
        """How many workers heavy jobs have."""
        held = self.held.values()
        heavy = [one.claimed.id for one in held if one.claimed.weight > HEAVY]
        return sum(map(self._crew.tasks_of, heavy))

    def _give_out(self, ids: Sequence[int], priorities: Mapping[int, int]) -> None:
        for part in [number for number in ids if number < 0]:
            self._crew.send_part(part)
        jobs = [number for number in ids if number > 0]
        threads = self._threads(len(priorities))
        for claimed in self._ledger.claim(jobs, self._lease) if jobs else ():
            self._send(claimed, priorities[claimed.id], threads)

    def _threads(self, waiting: int) -> int:
        """How many threads the next job may have: as many as the others leave cores idle."""
        if self._settings.concurrency is not Concurrency.HYBRID:
            return self._capacity.threads
        at_work = sum(not held.is_written for held in self.held.values())
        return self._capacity.shared_by(at_work + waiting)

    def _send(self, claimed: Claimed, priority: int, threads: int) -> None:
        try:
            context = self._context(claimed.batch)
        except ProcError as e:
            self._ledger.end(claimed.id, State.FAILED, Failure.of(e), 0.0)
            self._audience.changed(claimed.id)
            return
        temps = temps_of(claimed, self._tag)
        facts = tuple(facts_of(path, stored) for path, stored in claimed.files)
        held = Held(claimed, context, facts, temps, self._need(claimed.batch, facts))
        parts = parts_of(held, self._crew.size) if self._admission.may_share(held) else ()
        if parts:
            held.is_shared, held.need_mb = True, held.need_mb * self._crew.size
        self.held[claimed.id] = held
        self._admission.take(held)
        self._lanes.take(claimed.id)
        self._audience.changed(claimed.id)
        self._crew.give(self._task(held, threads), parts, priority, claimed.weight)

    def _task(self, held: Held, threads: int) -> talk.Task:
        context, claimed = held.context, held.claimed
        run, shape = context.operation.run, context.shape
        return talk.Task(
            job=claimed.id,
            module=run.__module__,
            function=run.__name__,
            options=context.options,
            sources=held.facts,
            temps=held.temps,
            root=context.folder,
            is_folder=shape is Shape.ONE_TO_FOLDER,
            max_pixels=self._settings.max_megapixels * 1_000_000,
            threads=self._capacity.cores if shape is Shape.MANY_TO_ONE else threads,
            passwords=context.passwords,
            item=claimed.item,
        )

    def _context(self, batch: int) -> Context:
        if batch not in self._contexts:
            row = self._ledger.batch(batch)
            if row is None or row.operation not in self._operations:
                raise UnsupportedError("The operation of this job is not part of this desktopproc.")
            operation = self._operations[row.operation]
            kept = self._vault.of(batch)
            options: object = build(operation.options, {**row.plain_options(), **kept.options})
            conflict = Conflict(row.conflict)
            self._contexts[batch] = Context(
                operation, options, row.folder, conflict, kept.passwords
            )
        return self._contexts[batch]

    # What came of it

    def take(self, events: Sequence[Event]) -> None:
        for event in self._crew.told(events):
            match event:
                case Lost():
                    self._lost(event)
                case _ if event.job in self.held:
                    self._hear(self.held[event.job], event)
                    self._audience.changed(event.job)

    def _hear(self, held: Held, event: talk.Report) -> None:
        match event:
            case talk.Started():
                held.began = held.began or time.time()
            case talk.Progress(_, done, total):
                held.done, held.total = done, total
            case talk.Finished():
                self._finished(held, event)
            case talk.Skipped(_, reason, seconds):
                self._skipped(held, Failure("skipped", reason), seconds)
            case talk.Failed(_, failure, seconds):
                self._failed(held, failure, seconds)
            case talk.Cancelled():
                self._stopped(held)

    def _finished(self, held: Held, event: talk.Finished) -> None:
        if held.wish is State.CANCELLED:
            self._stopped(held)
            return
        self._audience.worked(event.stages, held.claimed.size_in)
        held.is_written = True
        held.done = held.total = held.total or 1
        self._naming.add(held, event)

    def _skipped(self, held: Held, reason: Failure, seconds: float) -> None:
        """There was nothing to make; who wished the job to stop has nothing to wait for either."""
        del self.held[held.claimed.id]
        if held.is_shared:
            held.sweep()
        self._ledger.skip(held.claimed.id, reason, seconds)
        self._audience.finished(held.claimed.weight)

    def _failed(self, held: Held, failure: Failure, seconds: float, *, died: bool = False) -> None:
        held.sweep()
        if held.wish is not None:
            self._stopped(held)
        elif failure.pauses_batch:
            self._pause(held, failure)
        else:
            deaths = held.claimed.deaths + died
            if deaths >= _DEATHS:
                sentence = f"Ended its worker {deaths} times and is not tried again."
                failure = Failure(
                    PoisonError.code, f"{sentence} {failure.message}", log=failure.log
                )
            self._end_attempt(held, failure, seconds, died=died)

    def _end_attempt(
        self, held: Held, failure: Failure, seconds: float, *, died: bool = False
    ) -> None:
        job = held.claimed.id
        del self.held[job]
        most = 2 if failure.code == "changed" else self._settings.attempts
        if failure.transient and held.claimed.attempts < most:
            self._ledger.end(job, State.DELAYED, failure, seconds, died=died)
            self._ledger.hold(job, self._lease)
            wait_s = back_off(held.claimed.attempts, self._settings, self._chance)
            self._delayed[job] = time.monotonic() + wait_s
        else:
            self._ledger.end(job, State.FAILED, failure, seconds, died=died)
            self._audience.finished(held.claimed.weight)

    def _pause(self, held: Held, failure: Failure) -> None:
        """The place is the trouble: nothing failed, everything of this batch waits."""
        self._desk.pause(held.claimed.batch, reason=failure.message)
        self._give_back(held)
        self._audience.say(failure.message)
        for other in self.held.values():
            if other.claimed.batch == held.claimed.batch:
                self._ask_to_stop(other, State.WAITING)

    def _stopped(self, held: Held) -> None:
        """A job stopped because somebody wished it."""
        held.sweep()
        if held.wish is State.CANCELLED:
            del self.held[held.claimed.id]
            self._ledger.end(held.claimed.id, State.CANCELLED, None, 0.0)
        else:
            self._give_back(held)

    def _give_back(self, held: Held) -> None:
        self.held.pop(held.claimed.id, None)
        self._ledger.give_back([held.claimed.id])
        self._audience.changed(held.claimed.id)
        self.look_again()

    def _lost(self, lost: Lost) -> None:
        """A worker is gone; what it had not begun goes back, what it had begun is judged."""
        for job in lost.unbegun:
            if job in self.held:
                self._stopped(self.held[job])
                self._audience.changed(job)
        if lost.job is None or lost.job not in self.held:
            return
        held = self.held[lost.job]
        self._audience.changed(lost.job)
        self._failed(held, lost.failure, 0.0, died=lost.is_death)

    # What is wished

    def cancel(self, jobs: Iterable[int]) -> None:
        """Stop those of the jobs that are held here, and forget the delays of the others."""
        for job in jobs:
            self._delayed.pop(job, None)
            if job in self.held:
                self._ask_to_stop(self.held[job], State.CANCELLED)

    def withdraw(self, batch: int | None) -> None:
        """Take back what was sent ahead to a worker and has not begun: its batch was paused."""
        begun = self._crew.running
        for job, held in list(self.held.items()):
            is_ahead = job not in begun and not held.is_written
            if is_ahead and batch in (None, held.claimed.batch):
                self._ask_to_stop(held, State.WAITING)

    def recall(self) -> None:
        """Stop everything that runs; it goes back to the queue."""
        for held in list(self.held.values()):
            self._ask_to_stop(held, State.WAITING)

    def _ask_to_stop(self, held: Held, wish: State) -> None:
        if held.wish is None:
            held.wish = wish
            self._crew.cancel(held.claimed.id)
            self._audience.changed(held.claimed.id)

    # Names given

    def placed(self, results: Results) -> list[int]:
        """A group has its names, or failures instead; answers jobs with sources still to leave."""
        settled = self._naming.settle(results, self.held)
        for ready, _ in results:
            self._audience.changed(ready.job)
        for held, failure, seconds in settled.failed:
            self._failed(held, failure, seconds)
        for held, failure, seconds in settled.skipped:
            self._skipped(held, failure, seconds)
        self._ledger.finish(settled.done)
        for done in settled.done:
            held = self.held.pop(done.job)
            self._audience.finished(held.claimed.weight)
        return [done.job for done in settled.done if done.is_leaving]

    def abandon(self) -> bool:
        """The program ends now: what is held goes back to the queue; whether anything stays.

        What is being named just now stays ours: the next start finds out what became of it.
        """
        back = [job for job, held in self.held.items() if not held.is_written]
        for job in back:
            self.held[job].sweep()
        self._ledger.give_back(back)
        self._ledger.give_back(list(self._delayed), uncount=False)
        stays = len(back) < len(self.held)
        self.held.clear()
        return stays

    # Time

    def due(self) -> float | None:
        """When the next delayed job may be tried again, in monotonic seconds."""
        return min(self._delayed.values(), default=None)

    def wake_delayed(self) -> None:
        now = time.monotonic()
        for job in [job for job, when in self._delayed.items() if when <= now]:
            del self._delayed[job]
            self._ledger.give_back([job], uncount=False)
            self._audience.changed(job)
            self.look_again()
