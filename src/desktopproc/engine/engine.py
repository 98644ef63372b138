"""The one thread that owns jobs, store and pool; everybody else sends it commands and listens."""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import TypeVar

from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.job import FINAL, Priority, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Settings
from desktopproc.engine.committer import Committer
from desktopproc.engine.desk import Desk
from desktopproc.engine.enqueue import Enqueue, Renamer
from desktopproc.engine.home import Home
from desktopproc.engine.inbox import Inbox
from desktopproc.engine.intake import Intake
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.neighbours import Neighbours, birth_of
from desktopproc.engine.pool import Pool
from desktopproc.engine.reader import Reader
from desktopproc.engine.recovery import Recovery
from desktopproc.engine.reporter import Reporter, Update
from desktopproc.engine.runner import Runner
from desktopproc.engine.store import Store, open_reader

log = logging.getLogger(__name__)
T = TypeVar("T")

_UNWOKEN_S = 1.0  # how often to look at the queue where neighbours cannot wake us


class Engine:
    """The queue of one process: start it, send it requests, listen, close it.

    Commands are safe from any thread and return at once. The listener is called on the engine
    thread and must return quickly.
    """

    def __init__(
        self,
        home: Home,
        settings: Settings,
        operations: Mapping[str, Operation],
        *,
        io: IoPool,
        listener: Callable[[Update], None],
    ) -> None:
        self._home, self._settings, self._operations = home, settings, operations
        self._io, self._listener = io, listener
        self._inbox = Inbox()
        self._is_closing = False
        self._close_by = 0.0
        self._closed = False
        self._enqueues: list[tuple[Enqueue, Request, Future[int]]] = []
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)

    # Life

    def start(self) -> None:
        """Open the queue file and begin; StartError says why it cannot be."""
        self._home.make()
        ready: Future[None] = Future()
        self._inbox.post(lambda: ready.set_result(None))
        self._ready = ready
        self._thread.start()
        ready.result()

    def close(self, timeout_s: float = 10.0) -> None:
        """Stop politely: what runs goes back to the queue, what is finished gets its name."""
        if not self._thread.is_alive():
            return

        def begin() -> None:
            self._is_closing = True
            self._close_by = time.monotonic() + timeout_s
            self._runner.is_closing = True
            self._runner.recall()

        self._inbox.post(begin)
        self._thread.join(timeout_s + 5.0)

    def reader(self) -> Reader:
        """A read-only view of the queue with its own connection, for one thread; close it."""
        return open_reader(self._home.queue_file)

    # Commands

    def submit(self, request: Request) -> "Future[int]":
        """Put a request into the queue; the future holds the batch's number, or our error."""
        answer: Future[int] = Future()

        def begin() -> None:
            try:
                operation = self._operation(request.operation)
                enqueue = Enqueue(self._intake, self._lease, request, operation)
            except ProcError as e:
                answer.set_exception(e)
            else:
                self._enqueues.append((enqueue, request, answer))

        self._inbox.post(begin)
        return answer

    def start_batches(self, batches: Sequence[int] | None = None) -> "Future[list[int]]":
        """Let this process run these batches, or all that have something left to do."""

        def begin() -> list[int]:
            chosen = batches
            if chosen is None:
                chosen = [batch.id for batch in self._store.reader.batches(only_open=True)]
            for batch in chosen:
                self._desk.resume(batch)
            self._runner.activate(chosen)
            self._reporter.restructured()
            return list(chosen)

        return self._ask(begin)

    def pause(self, batch: int | None = None) -> None:
        """Start nothing new of a batch, or of all; what runs goes on."""
        self._command(lambda: self._desk.pause(batch))

    def resume(self, batch: int | None = None) -> None:
        """Go on with a batch, or with all of them, where this process runs them."""

        def go() -> None:
            self._desk.resume(batch)
            self._runner.look_again()

        self._command(go)

    def stop(self, *, now: bool) -> None:
        """Pause everything that this process runs; `now` also takes back what has begun."""

        def halt() -> None:
            for batch in self._runner.active:
                self._desk.pause(batch)
            if now:
                self._runner.recall()

        self._command(halt)

    def cancel(self, jobs: Sequence[int]) -> None:
        """Cancel jobs, whoever runs them; unknown and ended ones are ignored."""
        self._command(lambda: self._cancel(jobs))

    def cancel_batch(self, batch: int | None) -> None:
        """Cancel everything of a batch, or of all, that is not finished."""
        self._command(lambda: self._cancel(self._desk.open_jobs(batch)))

    def retry(self, jobs: Sequence[int]) -> "Future[int]":
        """Put failed, cancelled or skipped jobs back in the queue and run them here.

        A batch that was paused stays so, unless nothing but these jobs is left of it.
        """

        def again() -> int:
            renamer = Renamer(self._intake)
            for job in self._desk.nameless(jobs):
                renamer.restore(job)
            retried = self._store.reader.jobs(self._desk.retry(jobs))
            for batch, count in Counter(job.batch for job in retried).items():
                if self._store.reader.counts(batch).open == count:
                    self._desk.resume(batch)
            self._runner.activate({job.batch for job in retried})
            self._reporter.restructured()
            return len(retried)

        return self._ask(again)

    def prioritise(self, jobs: Sequence[int], priority: Priority) -> None:
        """Change the priority of jobs that wait."""
        self._command(lambda: self._desk.prioritise(jobs, priority))

    def clear(
        self, jobs: Sequence[int] | None = None, *, states: Collection[State] = FINAL
    ) -> "Future[int]":
        """Remove ended rows from the list; files stay. Running and waiting rows are not touched."""

        def remove() -> int:
            count = self._desk.clear(jobs, states)
            self._reporter.restructured()
            return count

        return self._ask(remove)

    def configure(self, settings: Settings) -> None:
        """Take new settings while running; no job is lost."""

        def change() -> None:
            self._settings = settings
            self._pool.configure(settings, _workers(settings))
            self._runner.configure(settings)
            self._runner.look_again()

        self._inbox.post(change)

    def _command(self, call: Callable[[], None]) -> None:
        def run() -> None:
            call()
            self._reporter.restructured()

        self._inbox.post(run)

    def _ask(self, call: Callable[[], T]) -> "Future[T]":
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(call())
            except ProcError as e:
                answer.set_exception(e)

        self._inbox.post(run)
        return answer

    def _operation(self, name: str) -> Operation:
        if name not in self._operations:
            raise UsageError(f"There is no operation '{name}'.")
        return self._operations[name]

    def _cancel(self, jobs: Sequence[int]) -> None:
        for job in self._desk.cancel(jobs):
            self._reporter.changed(job)
        self._runner.cancel(jobs)
        theirs = [job for job in jobs if job not in self._runner.held]
        self._neighbours.ring(self._desk.post("cancel", theirs))

    # The thread

    def _live(self) -> None:
        try:
            self._open()
        except ProcError as e:
            self._ready.set_exception(e)
            return
        try:
            while not self._is_over():
                self._turn()
        except Exception as e:  # the engine loop: whatever happened, the queue file is consistent
            log.exception("The engine stopped")
            self._listener(Update(message=_last_words(e), is_idle=True))
        finally:
            self._shut()

    def _open(self) -> None:
        self._store = Store(self._home.queue_file)
        self._lease = self._store.take_lease(os.getpid(), birth_of(os.getpid()) or "")
        self._neighbours = Neighbours(self._home.state, self._lease)
        self._ledger, self._desk = Ledger(self._store), Desk(self._store)
        self._intake = Intake(self._store)
        self._reporter = Reporter(self._store.reader, self._listener)
        self._pool = Pool(
            self._settings,
            _workers(self._settings),
            preload=self._preload(),
            noise=self._home.logs / "workers.log",
            say=self._reporter.say,
        )
        self._runner = Runner(
            lease=self._lease,
            tag=self._store.tag,
            ledger=self._ledger,
            desk=self._desk,
            names=Renamer(self._intake),
            pool=self._pool,
            operations=self._operations,
            settings=self._settings,
            audience=self._reporter,
        )
        self._committer = Committer(self._io, self._runner.announce, self._deliver)
        self._runner.use(self._committer)
        self._recovery = Recovery(
            self._store, self._ledger, self._neighbours, self._lease, self._operations
        )
        self._meet_neighbours()
        self._desk.clean_up(days=self._settings.keep_days, jobs=self._settings.keep_jobs)
        if self._store.set_aside:
            self._reporter.say(
                f"The queue file was damaged and a new one was started. The old one is "
                f"{self._store.set_aside.name}."
            )

    def _preload(self) -> list[str]:
        modules = {module for op in self._operations.values() for module in op.preload}
        return ["desktopproc.engine.worker", *sorted(modules)]

    def _turn(self) -> None:
        handles = [self._inbox.handle, *self._neighbours.handles]
        events = self._pool.wait(self._patience(), handles)
        self._inbox.drain()
        self._heed_neighbours()
        self._runner.take(events)
        self._runner.wake_delayed()
        self._step_enqueues()
        self._runner.dispatch()
        self._committer.step(is_idle=not self._pool.busy or self._is_closing)
        told = self._reporter.step(
            self._runner.held,
            self._pool.running,
            self._runner.active,
            busy=self._pool.busy,
            is_idle=self._is_idle(),
        )
        if told:
            self._neighbours.ring([lease.id for lease in self._store.leases()])

    def _patience(self) -> float | None:
        """How long nothing has to be looked at, in seconds."""
        if self._enqueues:
            return 0.0
        times = [self._runner.due(), self._committer.due(), self._reporter.due()]
        if self._is_closing:
            times.append(self._close_by)
        if not self._neighbours.can_be_woken:
            times.append(time.monotonic() + _UNWOKEN_S)
        known = [when for when in times if when is not None]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _is_idle(self) -> bool:
        return not (self._runner.held or self._enqueues or self._runner.has_waiting())

    def _is_over(self) -> bool:
        if not self._is_closing:
            return False
        is_done = not self._runner.held and self._committer.is_empty
        return is_done or time.monotonic() >= self._close_by

    def _heed_neighbours(self) -> None:
        if not self._neighbours.has_news():
            return
        self._meet_neighbours()
        for verb, job in self._desk.take_commands(self._lease):
            if verb == "cancel":
                self._runner.cancel([job])
        self._runner.look_again()
        self._reporter.restructured()

    def _meet_neighbours(self) -> None:
        if self._recovery.adopt_dead():
            self._runner.look_again()
            self._reporter.restructured()
        self._neighbours.watch(self._store.leases())

    def _step_enqueues(self) -> None:
        if not self._enqueues:
            return
        enqueue, request, answer = self._enqueues[0]
        try:
            is_whole = enqueue.step()
        except ProcError as e:
            self._enqueues.pop(0)
            answer.set_exception(e)
            return
        if not is_whole:
            return
        self._enqueues.pop(0)
        self._runner.remember(enqueue.batch, self._operation(request.operation), request.options)
        if request.start:
            self._runner.activate([enqueue.batch])
        self._reporter.restructured()
        answer.set_result(enqueue.batch)

    def _deliver(self, results: object) -> None:
        self._inbox.post(lambda: self._runner.placed(results))  # type: ignore[arg-type]

    def _shut(self) -> None:
        self._pool.close()
        for _, _, answer in self._enqueues:
            answer.cancel()
        try:
            self._runner.abandon()
            self._store.drop_lease(self._lease)
        except ProcError:
            log.exception("The queue file could not be closed in order")
        self._neighbours.close()
        self._store.close()
        self._inbox.close()


def _workers(settings: Settings) -> int:
    """As many processes as the settings say, or as this process may use cores."""
    if settings.cpu_workers:
        return settings.cpu_workers
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _last_words(error: Exception) -> str:
    if isinstance(error, ProcError):
        return f"{error} The work has stopped; start desktopproc again to go on."
    return "Unexpected error: the work has stopped. Start desktopproc again to go on."
