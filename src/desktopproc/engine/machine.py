"""Everything the engine thread owns, and one turn of it; no other thread may call in here."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future

from desktopproc.core.errors import OutputError, ProcError, UsageError
from desktopproc.core.job import Priority, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Settings
from desktopproc.engine.capacity import Stance
from desktopproc.engine.committer import Committer, Results
from desktopproc.engine.crew import Crew
from desktopproc.engine.desk import Desk
from desktopproc.engine.enqueue import Renamer
from desktopproc.engine.health import Monitor, Standing
from desktopproc.engine.held import longest
from desktopproc.engine.history import History
from desktopproc.engine.home import Home
from desktopproc.engine.inbox import Inbox
from desktopproc.engine.intake import Intake
from desktopproc.engine.iopool import IoPool, ThreadPool
from desktopproc.engine.itemising import Itemising
from desktopproc.engine.lanes import Lanes
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.mover import Mover
from desktopproc.engine.moves import Departure
from desktopproc.engine.naming import Naming
from desktopproc.engine.neighbours import Neighbours, birth_of
from desktopproc.engine.outlook import Outlook
from desktopproc.engine.pool import Pool
from desktopproc.engine.reception import Reception
from desktopproc.engine.recovery import Recovery
from desktopproc.engine.renewal import Look, Renewal
from desktopproc.engine.reporter import Reporter
from desktopproc.engine.runner import Runner
from desktopproc.engine.runs import Runs
from desktopproc.engine.shelves import Shelves
from desktopproc.engine.store import Store
from desktopproc.engine.undoing import Reversal, Undoing
from desktopproc.engine.update import Update
from desktopproc.engine.vault import Vault

_UNWOKEN_S = 1.0  # how often to look at the queue where neighbours cannot wake us


class Machine:
    """The queue file, the pool, and what moves jobs between them."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        operations: Mapping[str, Operation],
        *,
        io: IoPool,
        inbox: Inbox,
        listener: Callable[[Update], None],
        preload: Sequence[str],
    ) -> None:
        """Open the queue file and take over what dead processes left; StartError if it cannot."""
        self._inbox, self._operations = inbox, operations
        self._store = Store(home.queue_file)
        self._lease = self._store.take_lease(os.getpid(), birth_of(os.getpid()) or "")
        self._neighbours = Neighbours(home.state, self._lease)
        self._ledger, self._desk = Ledger(self._store), Desk(self._store)
        self._vault = Vault(self._store, home.key_file)
        self._intake = Intake(self._store)
        self._renamer = Renamer(self._intake)
        self._monitor, self._runs = Monitor(), Runs(self._store, self._lease)
        self._outlook = Outlook(self._store, operations)
        self._reporter = Reporter(self._store.reader, listener, self._monitor, self._outlook)
        self._history = History(self._store)
        self._renewal = Renewal(self._ledger, self._intake, io, operations)
        self._reception = Reception(
            intake=self._intake,
            vault=self._vault,
            itemising=Itemising(io, inbox.post, finds_twins=settings.cache_mb > 0),
            lease=self._lease,
            operations=operations,
            entered=self._entered,
        )
        self._close_by: float | None = None
        self._set_up_running(home, settings, preload)
        self._reporter.fitted(self._stance.now)
        self._take_stock(settings)

    def _set_up_running(self, home: Home, settings: Settings, preload: Sequence[str]) -> None:
        self._settings, self._stance = settings, Stance(settings)
        self._pool = Pool(
            settings,
            self._stance.now,
            self._stance.budget,
            preload=preload,
            noise=home.logs / "workers.log",
            say=self._reporter.say,
        )
        self._crew = Crew(self._pool)
        post = self._inbox.post
        self._lanes = Lanes(settings, self._ledger, post, lambda: self._runner.look_again())
        self._moving = ThreadPool(1)  # copies between disks must not hold up names
        tag, history = self._store.tag, self._history
        self._mover = Mover(history, self._intake.register, self._moving, tag, self._moved)
        self._undoing = Undoing(history, self._moving, tag, post)
        self._naming = Naming(self._ledger, self._renamer, self._mover)
        self._runner = Runner(
            lease=self._lease,
            tag=self._store.tag,
            ledger=self._ledger,
            desk=self._desk,
            vault=self._vault,
            shelves=Shelves(home.results, settings, self._ledger, self._moving, post),
            naming=self._naming,
            crew=self._crew,
            lanes=self._lanes,
            operations=self._operations,
            settings=settings,
            stance=self._stance,
            workers=self._pool,
            audience=self._reporter,
        )
        self._placing = ThreadPool(1)  # its own: results must not wait behind a slow scan
        self._committer = Committer(self._placing, self._naming.announce, self._deliver)
        self._naming.use(self._committer)
        self._recovery = Recovery(
            self._store, self._ledger, self._neighbours, self._lease, self._operations
        )

    def _take_stock(self, settings: Settings) -> None:
        """Inherit from the dead, forget what is old, say what was found broken."""
        self._meet_neighbours()
        self._desk.clean_up(days=settings.keep_days, jobs=settings.keep_jobs)
        self._vault.forget_done()
        if self._store.set_aside:
            self._reporter.say(
                "The queue file was damaged and a new one was started. The old one is "
                f"{self._store.set_aside}."
            )

    # One turn

    def turn(self) -> None:
        """Sleep until something happens, then do everything that it calls for."""
        try:
            self._turn()
        except Exception as e:
            if self._store.is_damage(e):
                raise OutputError(
                    "The queue file is damaged. The next start sets it aside and begins a new one."
                ) from e
            raise

    def _turn(self) -> None:
        handles = [self._inbox.handle, *self._neighbours.handles]
        events = self._pool.wait(self._patience(), handles)
        self._inbox.drain()
        self._heed_neighbours()
        if self._stance.step(self._pool.pids, is_busy=self._pool.busy > 0):
            self._fit()
        self._runner.take(events)
        self._runner.wake_delayed()
        self._reception.step()
        self._runner.dispatch()
        self._committer.step(is_idle=not self._pool.busy or self._close_by is not None)
        self._outlook.turn(self._crew, self._runner)
        is_idle = self._is_idle()
        if health := self._monitor.step(self._standing, is_idle=is_idle):
            self._runs.tell(health)
            self._reporter.feel(health)
        told = self._reporter.step(
            self._runner.held,
            self._crew.running,
            self._runner.active,
            busy=self._pool.busy,
            is_idle=is_idle,
        )
        if told:
            self._neighbours.ring([lease.id for lease in self._store.leases()])

    def _standing(self) -> Standing:
        """What the figures of one moment are made of."""
        counts = self._store.reader.counts()
        return Standing(
            waiting=counts.open - len(self._runner.held),
            busy=self._pool.busy,
            workers=self._pool.size,
            pids=self._pool.pids,
            lacks_memory=self._runner.lacks_memory,
            gates=self._lanes.gates(),
            longest=longest(self._runner.held.values()),
        )

    def _patience(self) -> float | None:
        """How long nothing has to be looked at, in seconds."""
        if self._reception.has_more:
            return 0.0
        parts = (self._runner, self._committer, self._reporter, self._monitor)
        times = [self._close_by, *[part.due() for part in parts]]
        times.append(self._stance.due(is_busy=self._pool.busy > 0))
        if not self._neighbours.can_be_woken:
            times.append(time.monotonic() + _UNWOKEN_S)
        known = [when for when in times if when is not None]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _fit(self) -> None:
        """Use as much of this computer as there may be used now."""
        self._pool.configure(self._settings, self._stance.now)
        self._runner.configure(self._settings)
        self._reporter.fitted(self._stance.now)
        self._runner.look_again()

    def _is_idle(self) -> bool:
        if self._runner.held or self._runner.has_waiting():
            return False
        return self._reception.is_empty and self._mover.is_empty and self._undoing.is_empty

    def _heed_neighbours(self) -> None:
        if not self._neighbours.has_news():
            return
        self._meet_neighbours()
        for verb, job in self._desk.take_commands(self._lease):
            if verb == "cancel":
                self._runner.cancel([job])
        self._runner.forget_contexts()
        self._runner.look_again()
        self._reporter.restructured()

    def _meet_neighbours(self) -> None:
        count, leaving = self._recovery.adopt_dead()
        self._mover.begin(leaving)
        if count:
            self._runner.look_again()
            self._reporter.restructured()
        self._neighbours.watch(self._store.leases())

    def _entered(self, batch: int, request: Request) -> None:
        if request.start:
            self._runner.activate([batch])
        self._reporter.restructured()

    def _deliver(self, results: Results) -> None:
        """Called from the I/O thread."""
        self._inbox.post(lambda: self._mover.begin(self._runner.placed(results)))

    def _moved(self, departures: list[Departure]) -> None:
        """Called from the I/O thread."""

        def note() -> None:
            for job in self._mover.arrived(departures):
                self._reporter.changed(job)

        self._inbox.post(note)

    # Commands

    def submit(self, request: Request, answer: "Future[int]") -> None:
        self._reception.submit(request, answer)

    def start_batches(self, batches: Sequence[int] | None) -> list[int]:
        chosen = batches
        if chosen is None:
            chosen = [batch.id for batch in self._store.reader.batches(only_open=True)]
        for batch in chosen:
            self._desk.resume(batch)
        self._runner.activate(chosen)
        self._reporter.restructured()
        return list(chosen)

    def pause(self, batch: int | None) -> None:
        self._desk.pause(batch)
        self._runner.withdraw(batch)
        self._reporter.restructured()

    def resume(self, batch: int | None) -> None:
        self._desk.resume(batch)
        self._runner.look_again()
        self._reporter.restructured()

    def stop(self, *, now: bool) -> None:
        for batch in self._runner.active:
            self._desk.pause(batch)
            self._runner.withdraw(batch)
        if now:
            self._runner.recall()
        self._reporter.restructured()

    def cancel(self, jobs: Sequence[int]) -> None:
        for job in self._desk.cancel(jobs):
            self._reporter.changed(job)
        self._runner.cancel(jobs)
        theirs = [job for job in jobs if job not in self._runner.held]
        self._neighbours.ring(self._desk.post("cancel", theirs))
        self._reporter.restructured()

    def cancel_batch(self, batch: int | None) -> None:
        self.cancel(self._desk.open_jobs(batch))

    def retry(self, jobs: Sequence[int], passwords: tuple[str, ...], answer: "Future[int]") -> None:
        """The answer comes when refused files were looked at again: how many jobs run again."""
        try:
            self._give(jobs, passwords)
        except ProcError as e:
            answer.set_exception(e)
            return
        for job in self._desk.nameless(jobs):
            self._renamer.restore(job)
        refused = self._desk.refused(jobs)
        retried = self._desk.retry(jobs)
        self._run_again(retried)
        if not refused:
            answer.set_result(len(retried))
            return

        def renew(looks: Sequence[Look]) -> None:
            renewed = self._renewal.renew(looks)
            self._run_again(renewed)
            answer.set_result(len(retried) + len(renewed))

        self._renewal.look(refused, lambda looks: self._inbox.post(lambda: renew(looks)))

    def _give(self, jobs: Sequence[int], passwords: tuple[str, ...]) -> None:
        """Let the batches of these jobs try more passwords."""
        batches = {job.batch for job in self._store.reader.jobs(jobs)} if passwords else set()
        for batch in batches:
            row = self._ledger.batch(batch)
            if row is not None and row.operation in self._operations:
                self._vault.add(batch, passwords, self._operations[row.operation])
        self._runner.forget_contexts()

    def _run_again(self, ids: Sequence[int]) -> None:
        for batch, count in Counter(job.batch for job in self._store.reader.jobs(ids)).items():
            if self._store.reader.counts(batch).open == count:
                self._desk.resume(batch)
            self._runner.activate([batch])
        self._reporter.restructured()

    def prioritise(self, jobs: Sequence[int], priority: Priority) -> None:
        self._desk.prioritise(jobs, priority)
        self._reporter.restructured()

    def clear(self, jobs: Sequence[int] | None, states: Collection[State]) -> int:
        count = self._desk.clear(jobs, states)
        self._reporter.restructured()
        return count

    def undo(self, batch: int, answer: "Future[Reversal]") -> None:
        """Cancel what waits of a batch, then take back what was done."""
        if self._ledger.batch(batch) is None:
            answer.set_exception(UsageError(f"There is no batch {batch}. See: queue list --json"))
        elif self._store.reader.counts(batch).running or self._undoing.is_open(batch):
            sentence = f"Batch {batch} is at work. Cancel it or let it finish, then undo it."
            answer.set_exception(UsageError(sentence))
        else:
            self.cancel_batch(batch)
            self._undoing.begin(batch, answer, self._reporter.changed)

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._stance.configure(settings)
        self._fit()

    def make_ready(self) -> None:
        self._pool.make_ready()

    # The end

    def begin_close(self, timeout_s: float) -> None:
        """Start nothing more and take back what has begun."""
        self._close_by = time.monotonic() + timeout_s
        self._reception.stop()
        self._runner.is_closing = True
        self._runner.recall()

    def is_over(self) -> bool:
        """Whether everything was given back and named, or there is no more time for it."""
        if self._close_by is None:
            return False
        is_done = not self._runner.held and self._committer.is_empty and self._mover.is_empty
        return is_done or time.monotonic() >= self._close_by

    def shut(self) -> None:
        """Kill what still runs, give back what is held, let go of the queue file."""
        self._pool.close()
        self._lanes.close()
        self._placing.close()
        self._moving.close()
        try:
            self._reception.abandon()
            self._undoing.abandon()
            self._vault.forget_done()
            self._outlook.rested()
            if not self._runner.abandon() and self._mover.is_empty:
                self._store.drop_lease(self._lease)  # else the next start settles what is ours
        finally:
            self._neighbours.close()
            self._store.close()
