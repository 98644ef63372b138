"""The door to the queue: commands from any thread go in, frozen snapshots come out."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from desktopproc.core.errors import ProcError, WorkerError
from desktopproc.core.job import FINAL, Priority, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Settings
from desktopproc.engine.home import Home
from desktopproc.engine.inbox import Inbox
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.reader import Reader
from desktopproc.engine.store import open_reader
from desktopproc.engine.update import Update

if TYPE_CHECKING:
    from desktopproc.engine.machine import Machine
    from desktopproc.engine.undoing import Reversal

log = logging.getLogger(__name__)
T = TypeVar("T")

_LAST_WORDS_S = 5.0  # for ending the workers after the time for closing is up


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
        likely: Collection[Operation] = (),
    ) -> None:
        """`likely` are the operations that are about to run: worker processes load what these
        need before they begin. Without them it is what all operations need."""
        self._preload = preloaded(likely or operations.values())
        self._home, self._settings, self._operations = home, settings, operations
        self._io, self._listener = io, listener
        self._inbox = Inbox()
        self._opened: Future[None] = Future()
        self._answers: set[Future[Any]] = set()  # promised and not given yet
        self._has_died = False
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)
        self._machine: Machine

    def start(self) -> None:
        """Open the queue file and begin; StartError says why it cannot be."""
        self._home.make()
        self._thread.start()
        self._opened.result()

    def close(self, timeout_s: float = 10.0) -> None:
        """Stop politely: what runs goes back to the queue, what is finished gets its name."""
        if self._thread.is_alive():
            self._inbox.post(lambda: self._machine.begin_close(timeout_s))
            self._thread.join(timeout_s + _LAST_WORDS_S)

    def reader(self) -> Reader:
        """A read-only view of the queue with its own connection, for one thread; close it."""
        return open_reader(self._home.queue_file)

    def submit(self, request: Request) -> "Future[int]":
        """Put a request into the queue; the future holds the batch's number, or our error."""
        answer: Future[int] = self._promise()
        self._inbox.post(lambda: self._machine.submit(request, answer))
        return answer

    def start_batches(self, batches: Sequence[int] | None = None) -> "Future[list[int]]":
        """Let this process run these batches, or all that have something left to do."""
        return self._ask(lambda: self._machine.start_batches(batches))

    def pause(self, batch: int | None = None) -> None:
        """Start nothing new of a batch, or of all; what runs goes on."""
        self._inbox.post(lambda: self._machine.pause(batch))

    def resume(self, batch: int | None = None) -> None:
        """Go on with a batch, or with all of them, where this process runs them."""
        self._inbox.post(lambda: self._machine.resume(batch))

    def stop(self, *, now: bool) -> None:
        """Pause everything that this process runs; `now` also takes back what has begun."""
        self._inbox.post(lambda: self._machine.stop(now=now))

    def cancel(self, jobs: Sequence[int]) -> None:
        """Cancel jobs, whoever runs them; unknown and ended ones are ignored."""
        self._inbox.post(lambda: self._machine.cancel(jobs))

    def cancel_batch(self, batch: int | None) -> None:
        """Cancel everything of a batch, or of all, that is not finished."""
        self._inbox.post(lambda: self._machine.cancel_batch(batch))

    def retry(self, jobs: Sequence[int], passwords: Sequence[str] = ()) -> "Future[int]":
        """Put failed, cancelled or skipped jobs back in the queue and run them here.

        Their batches try these passwords too from now on.
        Files that were refused are looked at again. A batch that was paused stays so, unless
        nothing but these jobs is left of it. The future holds how many run again.
        """
        answer: Future[int] = self._promise()
        self._inbox.post(lambda: self._machine.retry(jobs, tuple(passwords), answer))
        return answer

    def undo(self, batch: int) -> "Future[Reversal]":
        """Take back what a batch did, as far as nobody touched it since; it may be repeated.

        Moved sources go back, made files are removed, and what waits is cancelled. The future
        holds what became of it; UsageError while jobs of the batch run.
        """
        answer: Future[Reversal] = self._promise()
        self._inbox.post(lambda: self._machine.undo(batch, answer))
        return answer

    def prioritise(self, jobs: Sequence[int], priority: Priority) -> None:
        """Change the priority of jobs that wait."""
        self._inbox.post(lambda: self._machine.prioritise(jobs, priority))

    def clear(
        self, jobs: Sequence[int] | None = None, *, states: Collection[State] = FINAL
    ) -> "Future[int]":
        """Remove ended rows from the list; files stay. Running and waiting rows are not touched."""
        return self._ask(lambda: self._machine.clear(jobs, states))

    def configure(self, settings: Settings) -> None:
        """Take new settings while running; no job is lost."""
        self._inbox.post(lambda: self._machine.configure(settings))

    def make_ready(self) -> None:
        """Work is about to come: start a worker for it, if there is none."""
        self._inbox.post(lambda: self._machine.make_ready())

    def _ask(self, call: Callable[[], T]) -> "Future[T]":
        answer: Future[T] = self._promise()

        def run() -> None:
            try:
                answer.set_result(call())
            except ProcError as e:
                answer.set_exception(e)

        self._inbox.post(run)
        return answer

    def _promise(self) -> "Future[Any]":
        """An answer that will come whatever happens to the engine thread."""
        answer: Future[Any] = Future()
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        if self._has_died:
            self._break_promises(_STOPPED)
        return answer

    def _break_promises(self, sentence: str) -> None:
        for answer in list(self._answers):
            with suppress(InvalidStateError):
                answer.set_exception(WorkerError(sentence))

    def _live(self) -> None:
        from desktopproc.engine.machine import Machine  # deferred: the window paints meanwhile

        try:
            self._machine = Machine(
                self._home,
                self._settings,
                self._operations,
                io=self._io,
                inbox=self._inbox,
                listener=self._listener,
                preload=self._preload,
            )
        except BaseException as e:  # noqa: BLE001 - it is raised again, in the thread that waits
            self._opened.set_exception(e)
            return
        self._opened.set_result(None)
        last_words = ""
        try:
            while not self._machine.is_over():
                self._machine.turn()
        except Exception as e:  # the engine loop: whatever happened, the queue file is consistent
            log.exception("The engine stopped")
            last_words = _last_words(e)
        self._shut(last_words)

    def _shut(self, last_words: str) -> None:
        """Give back what is held, then tell everybody who waits."""
        try:
            self._machine.shut()
        except Exception:  # the queue file itself may be what is broken
            log.exception("The queue file could not be closed in order")
        self._has_died = True
        self._break_promises(last_words or _STOPPED)
        if last_words:
            self._listener(Update(message=last_words, is_idle=True, structure_changed=True))
        self._inbox.close()


def preloaded(operations: Collection[Operation]) -> list[str]:
    """The modules that these operations want to be there before their first job, and their own."""
    wanted = {module for operation in operations for module in operation.preload}
    return ["desktopproc.engine.worker", *sorted(wanted | {op.run.__module__ for op in operations})]


_STOPPED = "The queue was closed. Start desktopproc again to go on."


def _last_words(error: Exception) -> str:
    what = str(error) if isinstance(error, ProcError) else "Unexpected error."
    return f"{what} The work has stopped; start desktopproc again to go on."
