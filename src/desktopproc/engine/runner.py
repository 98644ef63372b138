"""Runs the jobs of the batches that this process is to run, and decides what each end means."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from desktopproc.core.errors import Failure, PoisonError, ProcError
from desktopproc.core.job import State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Concurrency, Settings
from desktopproc.engine import task as talk
from desktopproc.engine.admission import Admission, Workers
from desktopproc.engine.capacity import Stance
from desktopproc.engine.committer import Results
from desktopproc.engine.contexts import Contexts, task_of
from desktopproc.engine.crew import Crew, parts_of
from desktopproc.engine.desk import Desk
from desktopproc.engine.held import Held
from desktopproc.engine.lanes import Lanes
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.line import Chosen, Line
from desktopproc.engine.naming import Naming
from desktopproc.engine.outputs import temps_of
from desktopproc.engine.plan import facts_of
from desktopproc.engine.pool import Event, Lost
from desktopproc.engine.programs import Programs
from desktopproc.engine.records import Claimed
from desktopproc.engine.schedule import back_off
from desktopproc.engine.shelves import Shelves
from desktopproc.engine.vault import Vault

_DEATHS = 2  # after so many a job is poison


class Audience(Protocol):
    """Who hears what changed."""

    def changed(self, job: int) -> None: ...
    def begun(self, held: Held) -> None: ...
    def made(self, held: Held, seconds: float, *, is_served: bool) -> None: ...
    def worked(self, stages: Sequence[float], bytes_in: int) -> None: ...
    def finished(self) -> None: ...
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
        shelves: Shelves,
        naming: Naming,
        crew: Crew,
        lanes: Lanes,
        operations: Mapping[str, Operation],
        settings: Settings,
        stance: Stance,
        workers: Workers,
        audience: Audience,
    ) -> None:
        self._lease, self._tag = lease, tag
        self._ledger, self._desk, self._naming, self._crew = ledger, desk, naming, crew
        self._settings, self._stance = settings, stance
        self._audience = audience
        self._contexts = Contexts(ledger, vault, operations, shelves)
        self._programs = Programs(settings)
        self._admission = Admission(stance.budget, ledger, workers, self._contexts.need)
        self._shelves, self._lanes = shelves, lanes
        self._line = Line(
            ledger=ledger,
            lanes=lanes,
            crew=crew,
            contexts=self._contexts,
            programs=self._programs,
            admission=self._admission,
        )
        self._chance = random.Random()
        self.held: dict[int, Held] = {}
        self.active: set[int] = set()
        self._delayed: dict[int, float] = {}
        self.is_closing = False

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._lanes.configure(settings)
        self._shelves.configure(settings)
        self._programs.configure(settings)

    # What runs

    def activate(self, batches: Iterable[int]) -> None:
        """Run these batches from now on."""
        self.active |= set(batches)
        self._lanes.look_again()
        self.look_again()

    def look_again(self) -> None:
        """Something may wait: jobs were added, retried, resumed or given back."""
        self._line.look_again()

    def forget_contexts(self) -> None:
        """Read anew what batches need: somebody may have given one more passwords."""
        self._contexts.forget()

    @property
    def is_wanted(self) -> bool:
        """Whether jobs may wait for a worker, or for their turn."""
        return self._line.is_wanted

    @property
    def lacks_memory(self) -> bool:
        """Whether a job waits for others to end that leave it no room."""
        return self._line.lacks_memory

    @property
    def not_before(self) -> float:
        """When the last of the delayed jobs is tried again, in monotonic seconds."""
        return max(self._delayed.values(), default=0.0)

    def has_waiting(self) -> bool:
        """Whether jobs wait that this process may run, delayed ones too."""
        return self._line.has_waiting(self.active) or bool(self._delayed)

    def dispatch(self) -> None:
        """Fill the pool with the next jobs."""
        while not self.is_closing and (chosen := self._line.chosen(self.active, self.held)):
            self._give_out(chosen)

    def _give_out(self, chosen: Chosen) -> None:
        for part in [number for number in chosen.ids if number < 0]:
            self._crew.send_part(part)
        jobs = [number for number in chosen.ids if number > 0]
        priorities = {number: priority for number, priority, _ in chosen.line}
        behind = sum(weight for number, _, weight in chosen.line if number > 0)
        threads = self._threads(len(chosen.line))
        for claimed in self._ledger.claim(jobs, self._lease) if jobs else ():
            behind -= claimed.weight
            self._send(claimed, priorities[claimed.id], behind, threads)

    def _threads(self, waiting: int) -> int:
        """How many threads the next job may have: as many as the others leave cores idle."""
        if self._settings.concurrency is not Concurrency.HYBRID:
            return self._stance.now.threads
        at_work = sum(not held.is_written for held in self.held.values())
        return self._stance.now.shared_by(at_work + waiting)

    def _send(self, claimed: Claimed, priority: int, behind: float, threads: int) -> None:
        """Give a job to the crew; `behind` is the weight of the next ones that wait after it."""
        try:
            context = self._contexts.of(claimed.batch)
        except ProcError as e:
            self._ledger.end(claimed.id, State.FAILED, Failure.of(e), 0.0)
            self._audience.changed(claimed.id)
            return
        facts = tuple(facts_of(path, stored) for path, stored in claimed.files)
        need = self._contexts.need(claimed.batch, facts)
        temps = temps_of(claimed, self._tag)
        held = Held(claimed, context, facts, temps, priority, threads, need)
        held.asks = self._programs.admit(claimed.id, context.asked_for(facts))
        may_share = self._admission.may_share(held)
        if parts := parts_of(held, self._crew.size, behind) if may_share else ():
            held.parts, held.need_mb = parts, held.need_mb * self._crew.size
        self.held[claimed.id] = held
        self._admission.take(held)
        self._lanes.take(claimed.id)
        self._give(held, self._shelves.keeping(held))

    def _missed(self, held: Held, event: talk.Missed) -> None:
        """The result was not among those kept: have it made."""
        if held.wish is not None:
            self._stopped(held)
        else:
            self._give(held, self._shelves.keeping(held, event))

    def _give(self, held: Held, keeping: talk.Keeping | None) -> None:
        resting = self._programs.resting(but=held.asks)
        task = task_of(held, keeping, resting, self._settings, self._stance.now)
        parts = () if keeping and keeping.only_looks else held.parts
        self._crew.give(task, parts, held.priority, held.claimed.weight)

    # What came of it

    def take(self, events: Sequence[Event]) -> None:
        for event in self._crew.told(events):
            match event:
                case Lost():
                    self._lost(event)
                case talk.Asked(job, program, is_well):
                    self._asked(job, program, is_well=is_well)
                case _ if event.job in self.held:
                    self._hear(self.held[event.job], event)
                    self._audience.changed(event.job)

        if self._programs.settle(self._is_at_work):
            self.look_again()

    def _is_at_work(self, job: int) -> bool:
        return job in self.held and not self.held[job].is_written

    def _asked(self, job: int, program: str, *, is_well: bool) -> None:
        """How a program of others did: what waits to ask it, or was sent ahead, may do without."""
        if not is_well and (held := self.held.get(job)):
            held.has_failing = True
        rests = self._programs.heard(job, program, is_well=is_well)
        self.look_again()
        if rests:
            self._take_back(lambda held: program in held.asks)

    def _hear(self, held: Held, event: talk.Report) -> None:
        match event:
            case talk.Started():
                held.began = held.began or time.time()
                self._audience.begun(held)
            case talk.Progress(_, done, total):
                held.done, held.total = done, total
            case talk.Finished():
                self._finished(held, event)
            case talk.Missed():
                self._missed(held, event)
            case talk.Skipped(_, reason, seconds):
                self._audience.made(held, seconds, is_served=False)
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
        self._audience.made(held, event.seconds, is_served=event.reuse.is_hit)
        held.done = held.total = held.total or 1
        self._shelves.hear(held, event.reuse)
        self._naming.add(held, event)

    def _skipped(self, held: Held, reason: Failure, seconds: float) -> None:
        """There was nothing to make; who wished the job to stop has nothing to wait for either."""
        del self.held[held.claimed.id]
        if held.is_shared:
            held.sweep()
        self._ledger.skip(held.claimed.id, reason, seconds)
        self._audience.finished()

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
            self._audience.finished()

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
        self._take_back(lambda held: batch in (None, held.claimed.batch))

    def _take_back(self, is_one: Callable[[Held], bool]) -> None:
        for held in list(self.held.values()):
            if held.began is None and is_one(held):
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
            self._audience.finished()
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
        self._shelves.close()
        stays = len(back) < len(self.held)
        self.held.clear()
        return stays

    # Time

    def due(self) -> float | None:
        """When the next job may start that waits for a time, in monotonic seconds."""
        times = [*self._delayed.values()]
        if (when := self._line.due()) is not None:
            times.append(when)
        return min(times, default=None)

    def wake_delayed(self) -> None:
        now = time.monotonic()
        self._line.wake(now)
        for job in [job for job, when in self._delayed.items() if when <= now]:
            del self._delayed[job]
            self._ledger.give_back([job], uncount=False)
            self._audience.changed(job)
            self.look_again()
