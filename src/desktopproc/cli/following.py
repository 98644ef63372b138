"""Follows batches that this process runs until they have ended or were interrupted."""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from desktopproc.cli.interrupts import INTERRUPTED, Interrupts
from desktopproc.cli.progress import View, failure_line
from desktopproc.cli.records import add, jobs_of, without
from desktopproc.cli.streams import shown
from desktopproc.core.job import Counts, State

if TYPE_CHECKING:
    from concurrent.futures import Future

    from desktopproc.engine.engine import Engine
    from desktopproc.engine.reader import Reader
    from desktopproc.engine.update import Update

_LOOK_AGAIN_S = 1.0  # another process may end what we wait for
_PAUSED = "Paused from elsewhere. To go on: desktopproc queue resume. Ctrl-C ends this run here."


class Mailbox:
    """Where the engine's thread and the signal handler leave word for the main thread."""

    def __init__(self) -> None:
        self._box: SimpleQueue[Update | None] = SimpleQueue()

    def deliver(self, update: "Update") -> None:
        """The engine's listener; safe from any thread."""
        self._box.put(update)

    def ring(self, *_: object) -> None:
        """Wake the reader without an update; safe from any thread and from a signal handler."""
        self._box.put(None)

    def get(self, timeout_s: float = _LOOK_AGAIN_S) -> "Update | None":
        """The next update; None when there is another reason to look around."""
        try:
            return self._box.get(timeout=timeout_s)
        except Empty:
            return None

    def sentences(self) -> list[str]:
        """What the engine said that nobody has read; for when it was closed."""
        unread: list[str] = []
        while not self._box.empty():
            if (update := self._box.get()) is not None and update.message:
                unread.append(update.message)
        return unread


@dataclass(frozen=True, slots=True)
class Ending:
    """How the batches stood when this process let go of them.

    `counts` are of what this run did: the jobs in `earlier` had ended before, in those states.
    `pauses` says why some of the batches wait, where that has not been said yet.
    """

    batches: tuple[int, ...]
    counts: Counts
    is_interrupted: bool
    pauses: tuple[str, ...]
    earlier: Mapping[int, State] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        if self.is_interrupted:
            return INTERRUPTED
        return 1 if self.counts.failed or self.counts.cancelled or self.counts.open else 0


NOTHING = Ending((), Counts(), is_interrupted=False, pauses=())


@dataclass(slots=True)
class Follower:
    """Waits on the main thread for what the engine does, and shows it."""

    engine: "Engine"
    mailbox: Mailbox
    view: View
    earlier: Mapping[int, State] = field(default_factory=dict)  # jobs that no run of ours ends
    _told: set[int] = field(default_factory=set)
    _said: str = ""

    def follow(self, started: "Future[Any]", batches: Collection[int] = ()) -> Ending:
        """Wait for these batches, or for the one that `started` makes; then close the engine.

        `started` is done when the engine has begun with them. The view has told of every failed
        job by the end. Batches that the user paused from elsewhere are waited for; one that was
        paused for a reason, such as a full disk, is not. Ctrl-C returns early, jobs going back to
        waiting; a second one ends the process.
        """
        with Interrupts(self.mailbox.ring) as interrupts, closing(self.engine.reader()) as reader:
            try:
                self._wait(started, batches, reader, interrupts)
                if interrupts.is_interrupted:
                    self.view.tell("Stopping. Press Ctrl-C again to stop at once.")
            finally:
                self.engine.close()
                self.view.close()
            known = _batches(started, batches)
            return self._ending(known, reader, is_interrupted=interrupts.is_interrupted)

    def _wait(
        self,
        started: "Future[Any]",
        wanted: Collection[int],
        reader: "Reader",
        interrupts: Interrupts,
    ) -> None:
        from desktopproc.engine.update import Update  # deferred: --help needs none of it

        started.add_done_callback(self.mailbox.ring)
        batches: tuple[int, ...] = ()
        is_idle = is_paused = False
        while not interrupts.is_interrupted:
            update = self.mailbox.get()
            if update is None and not batches and started.done():
                # Only now: what the engine said before its ring was about an earlier moment.
                batches, is_idle, is_paused = _batches(started, wanted), False, False
                self._show(self._counts(reader, batches), Update())  # it may be over already
            counts = self._counts(reader, batches)
            if update is not None:
                was_paused, is_paused = is_paused, _is_paused(update, batches)
                is_idle = update.is_idle and not is_paused
                self._show(counts, update)
                if is_paused and not was_paused:
                    self.view.tell(_PAUSED)
            if batches and (not counts.open or (is_idle and not counts.running)):
                return

    def _show(self, counts: Counts, update: "Update") -> None:
        self._told.update(job.id for job in update.jobs if job.state is State.FAILED)
        self.view.show(counts, update)
        if update.message:
            self._said += update.message
            self.view.tell(shown(update.message))

    def _ending(
        self, batches: tuple[int, ...], reader: "Reader", *, is_interrupted: bool
    ) -> Ending:
        for job in jobs_of(reader, batches, {State.FAILED}):
            if job.id not in self._told and job.id not in self.earlier:
                self.view.tell(failure_line(job))
        waiting = [batch for batch in reader.batches(only_open=True) if batch.id in batches]
        reasons = {batch.pause_reason for batch in waiting if batch.pause_reason not in self._said}
        counts = self._counts(reader, batches)
        return Ending(batches, counts, is_interrupted, tuple(sorted(reasons)), self.earlier)

    def _counts(self, reader: "Reader", batches: Collection[int]) -> Counts:
        total = Counts()
        for batch in batches:
            total = add(total, reader.counts(batch))
        return without(total, self.earlier.values())


def _is_paused(update: "Update", batches: Collection[int]) -> bool:
    """Whether the user paused one of these batches, without a reason of ours."""
    return any(update.paused.get(batch) == "" for batch in batches)


def _batches(started: "Future[Any]", wanted: Collection[int]) -> tuple[int, ...]:
    """The batches to follow; an error of starting them is raised here."""
    if wanted or not started.done() or started.cancelled():
        return tuple(wanted)
    return (started.result(),)
