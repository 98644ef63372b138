"""`desktopproc watch DIR`: works on whatever is put into a folder, until it is interrupted."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.cli.command import Call, Command, Parser
from desktopproc.cli.flags import add_flags, given
from desktopproc.cli.following import Ending
from desktopproc.cli.interrupts import INTERRUPTED, Interrupts
from desktopproc.cli.ordering import (
    Order,
    absolute,
    add_machine_flags,
    add_preset,
    add_result_flags,
    order,
)
from desktopproc.cli.passwords import add_password_flags
from desktopproc.cli.progress import failure_line
from desktopproc.cli.records import add, jobs_of, without
from desktopproc.cli.reports import report
from desktopproc.cli.run import Running, running
from desktopproc.cli.streams import say, shown
from desktopproc.cli.tables import add_report_flags
from desktopproc.core.errors import ProcError, UsageError, WorkerError
from desktopproc.core.job import FINAL, Counts, Job, Request, State
from desktopproc.core.operation import Shape
from desktopproc.core.schema import Kind, Spec, parse
from desktopproc.engine import presets

if TYPE_CHECKING:
    from desktopproc.engine.update import Update
    from desktopproc.engine.watching import WatchedFolder

_INTERVAL = Spec(
    name="interval",
    label="Time between two looks",
    help="A file is taken when it was the same at two of them.",
    kind=Kind.NUMBER,
    default=2.0,
    lo=0.1,
    hi=3600,
    unit="s",
)
_REST = 10  # times as long as a look took, so that a huge folder does not keep a core busy
_LOOKS_TO_RETRY = 30  # after so many, what paused is tried: a full disk may have room again


def _run(call: Call) -> int:
    ordered = _ordered(call)
    (word,) = call.words
    folder = absolute(Path(word))
    if not folder.is_dir():
        raise UsageError(f"{shown(folder)} is not a folder. Name the folder to watch.")
    if folder.resolve() == ordered.output.folder.resolve():
        raise UsageError("The results cannot go into the watched folder. Name another with -o.")
    interval_s = parse(_INTERVAL, given(call.flags, "watch").get("interval", _INTERVAL.default))
    began = time.monotonic()
    with running(call, ordered.settings) as at_work:
        watch = _Watch(call, ordered, at_work, _watched(folder, ordered))
        if not call.flags.quiet:
            say(f"Watching {shown(folder)} every {interval_s:g} s. Ctrl-C ends it.")
        watch.go_on(interval_s)
        at_work.engine.close()
        ending = watch.ending()
    report(call, ending, time.monotonic() - began, ordered.output.folder)
    return INTERRUPTED


def _ordered(call: Call) -> Order:
    name = getattr(call.flags, "preset", None)
    if name is None:
        raise UsageError("Name what to do: desktopproc watch DIR --preset NAME -o DIR")
    preset = presets.load(call.home, name, call.operations())
    ordered = order(call, call.operations()[preset.operation])
    if ordered.operation.shape(ordered.options) is Shape.MANY_TO_ONE:
        raise UsageError(
            f"{ordered.operation.title} makes one file of many, and a watched folder gives files "
            "one by one. Choose another preset."
        )
    return ordered


def _watched(folder: Path, ordered: Order) -> "WatchedFolder":
    from desktopproc.engine.watching import WatchedFolder  # deferred: --help walks nowhere

    return WatchedFolder(folder, exclude=[ordered.output.folder])


@dataclass(slots=True)
class _Watch:
    """One watched folder with the engine that works on what comes."""

    call: Call
    ordered: Order
    at_work: Running
    watched: "WatchedFolder"
    _batches: list[int] = field(default_factory=list)
    _earlier: dict[int, State] = field(default_factory=dict)  # jobs that ended in an earlier run
    _told: set[int] = field(default_factory=set)
    _said: str = ""
    _paused: frozenset[int] = frozenset()  # for a reason of the engine's
    _looks: int = 0  # since something paused or was tried again

    def go_on(self, interval_s: float) -> None:
        """Look and work until somebody interrupts."""
        mailbox = self.at_work.mailbox
        with Interrupts(mailbox.ring) as interrupts:
            self._resume()
            next_look = time.monotonic()
            while not interrupts.is_interrupted:
                if (began := time.monotonic()) >= next_look:
                    self._look()
                    ended = time.monotonic()
                    next_look = ended + max(interval_s, _REST * (ended - began))
                update = mailbox.get(max(0.0, next_look - time.monotonic()))
                if update is not None:
                    self._show(update)

    def _resume(self) -> None:
        """Go on with what an earlier run of this watch has left."""
        from desktopproc.engine.arrivals import unfinished

        left = unfinished(self.ordered.request(()), self.call.home.queue_file)
        if left:
            with closing(self.at_work.engine.reader()) as reader:
                ended = jobs_of(reader, left, FINAL)
                self._earlier = {job.id: job.state for job in ended}
            self._batches += self.at_work.engine.start_batches(left).result()

    def _look(self) -> None:
        """Take what is new; what goes wrong is told once, and tried again at the next look."""
        whole = self.watched.look()
        try:
            if self.watched.error is not None:
                self._say_once(f"{shown(self.watched.folder)}: {self.watched.error.strerror}. "
                               "Waiting until it can be read.")  # fmt: skip
            elif whole:
                self._take(whole)
                self._said = ""
        except WorkerError:  # the engine is gone
            raise
        except ProcError as e:
            self.watched.give_back(whole)
            self._say_once(shown(e))
        for path in self.watched.locked:
            self._say_once(f"{shown(path)} cannot be opened yet. Trying again.")
        self._retry()

    def _retry(self) -> None:
        """Go on with what a full disk has paused, now and then."""
        self._looks = self._looks + 1 if self._paused else 0
        if self._looks >= _LOOKS_TO_RETRY:
            self._looks = 0
            for batch in self._paused:
                self.at_work.engine.resume(batch)

    def _take(self, whole: Sequence[Path]) -> None:
        from desktopproc.engine.arrivals import new_work

        request = self._request(whole)
        for part in new_work(request, self.ordered.operation, self.call.home.queue_file):
            self._batches.append(self.at_work.engine.submit(part).result())

    def _request(self, whole: Sequence[Path]) -> Request:
        from desktopproc.cli.scanning import look_at

        found = look_at(
            [str(path) for path in whole],
            self.at_work.io,
            threads=self.ordered.settings.io_threads,
            is_quiet=True,
        )
        return self.ordered.request([replace(item, root=self.watched.folder) for item in found])

    def _show(self, update: "Update") -> None:
        for job in update.jobs:
            if job.state in {State.DONE, State.FAILED} and job.id not in self._told:
                self._told.add(job.id)
                self._tell(job)
        if update.message:
            self._say_once(shown(update.message))
        self._paused = frozenset(
            batch for batch, reason in update.paused.items() if reason and batch in self._batches
        )

    def _tell(self, job: Job) -> None:
        if job.state is State.FAILED:
            say(failure_line(job))
        elif not self.call.flags.quiet:
            say(f"Done: {shown(job.name)} -> {shown(job.outputs[0]) if job.outputs else ''}")

    def _say_once(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            say(sentence)

    def ending(self) -> Ending:
        """How it all stands, for the report."""
        with closing(self.at_work.engine.reader()) as reader:
            total = Counts()
            for batch in self._batches:
                total = add(total, reader.counts(batch))
        counts = without(total, self._earlier.values())
        batches = tuple(self._batches)
        return Ending(batches, counts, is_interrupted=False, pauses=(), earlier=self._earlier)


def _add_flags(parser: Parser) -> None:
    results = add_result_flags(parser, ("name_template", "keep_tree"))
    add_preset(results)
    add_password_flags(parser.add_argument_group("Protected files"))
    run = parser.add_argument_group("This run")
    add_flags(run, [_INTERVAL], "watch")
    run.add_argument("--no-cache", action="store_true", default=False, help="Make everything anew.")
    add_report_flags(run)
    add_machine_flags(parser.add_argument_group("This computer"))


COMMANDS = (
    Command(
        "watch",
        "Work on what is put into a folder: watch DIR --preset NAME -o DIR",
        _run,
        _add_flags,
        operands="DIR",
        least=1,
        most=1,
        more="Sources stay as they are. What is done is remembered, also when this ends: a file\n"
        "is worked on again only when it has changed, and then replaces its own result.",
    ),
)
