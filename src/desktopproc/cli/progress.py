"""Shows a running batch on stderr: a live bar on a terminal, plain lines in a pipe, or nothing."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from desktopproc.cli.streams import say, shown
from desktopproc.core.job import Counts, Job, State
from desktopproc.core.waiting import left

if TYPE_CHECKING:
    from desktopproc.engine.update import Update

_PLAIN_EVERY_S = 5.0


class View(Protocol):
    """What following a batch needs of whatever shows it. Used on the main thread only."""

    def show(self, counts: Counts, update: "Update") -> None: ...
    def tell(self, sentence: str) -> None: ...
    def close(self) -> None: ...


def view(*, is_quiet: bool) -> View:
    """The view that fits where stderr goes."""
    if is_quiet:
        return Quiet()
    return Terminal() if sys.stderr.isatty() else Plain()


def failure_line(job: Job) -> str:
    """One failed job in one line; our sentences name the file themselves."""
    sentence = shown(job.error.message) if job.error else "failed"
    name = shown(job.name)
    return f"Failed: {sentence}" if name in sentence else f"Failed: {name}: {sentence}"


def status(counts: Counts, update: "Update") -> str:
    """A batch in one line: `461 of 2,013, 10 failed, 37 files/s, about 45 s left`."""
    ended = counts.total - counts.open
    parts = [f"{ended:,} of {counts.total:,}"]
    if counts.failed:
        parts.append(f"{counts.failed:,} failed")
    if update.rate:
        parts.append(
            f"{update.rate:.0f} files/s"
            if update.rate >= 1
            else f"{60 * update.rate:.0f} files/min"
        )
    if update.seconds_left and counts.open:
        parts.append(left(*update.seconds_left))
    return ", ".join(parts)


class Quiet:
    """Says nothing but what must be said."""

    def show(self, counts: Counts, update: "Update") -> None:  # noqa: ARG002 - a view
        for job in update.jobs:
            if job.state is State.FAILED:
                say(failure_line(job))

    def tell(self, sentence: str) -> None:
        say(sentence)

    def close(self) -> None:
        """Nothing to close."""


class Plain:
    """One line every few seconds, and one for each failed job."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock() + _PLAIN_EVERY_S

    def show(self, counts: Counts, update: "Update") -> None:
        for job in update.jobs:
            if job.state is State.FAILED:
                say(failure_line(job))
        if self._clock() >= self._due:
            self._due = self._clock() + _PLAIN_EVERY_S
            say(status(counts, update))

    def tell(self, sentence: str) -> None:
        say(sentence)

    def close(self) -> None:
        """Nothing to close."""


class Terminal:
    """A bar with count, rate and time left on the terminal's last line."""

    def __init__(self) -> None:
        from rich.console import Console  # deferred: a pipe needs none of it
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bar = Progress(
            BarColumn(bar_width=30),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("Starting", total=None)
        self._begun: dict[int, float] = {}  # running jobs, and how far each is
        self._bar.start()

    def show(self, counts: Counts, update: "Update") -> None:
        for job in update.jobs:
            self._begun.pop(job.id, None)
            if job.state is State.FAILED:
                self.tell(failure_line(job))
            elif job.state is State.RUNNING and job.total:
                self._begun[job.id] = job.done / job.total
        self._bar.update(
            self._task,
            total=counts.total or None,
            completed=counts.total - counts.open + sum(self._begun.values()),
            description=status(counts, update) if counts.total else "Starting",
            refresh=True,
        )

    def tell(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True)

    def close(self) -> None:
        self._bar.stop()
