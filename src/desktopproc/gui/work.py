"""The window's side of the engine: what is staged, what runs, and the commands to change it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktopproc.core.errors import ProcError
from desktopproc.core.job import OutputPlan, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Layered
from desktopproc.engine import config
from desktopproc.engine.home import Home
from desktopproc.gui.adding import Added, Adding
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.overall import Overall
from desktopproc.gui.pages import Pages
from desktopproc.gui.pictures import Pictures
from desktopproc.gui.preset_shelf import PresetShelf
from desktopproc.gui.samples import Samples
from desktopproc.gui.staging import Staging, files_of
from desktopproc.gui.thumbs import Thumbs
from desktopproc.gui.trying import Trying

if TYPE_CHECKING:
    from concurrent.futures import Future

    from desktopproc.engine.engine import Engine
    from desktopproc.engine.reader import Reader
    from desktopproc.engine.update import Update

_PORTION = 500
_IO_THREADS = 2  # syncing outputs and looking for drives must not wait behind a scan


class Work(QObject):
    """Owns engine, scans and readers of one window. Used on the window's thread only.

    `updated` follows every update of the engine, `staged` every change of the added files,
    `looked` every report of a scan; `told` carries a sentence for the user; `begun` says that jobs
    were given to the engine: an update that tells of them follows.
    """

    updated = Signal(object)
    staged = Signal()
    looked = Signal(object)
    told = Signal(str)
    begun = Signal()

    def __init__(self, home: Home, layered: Layered, operations: Mapping[str, Operation]) -> None:
        super().__init__()
        self.home, self.layered, self.operations = home, layered, dict(operations)
        self.io = QtIoPool(_IO_THREADS)
        self.scans = QtIoPool(layered.settings.io_threads)
        self.staging = Staging()
        self.shelf = PresetShelf(home, self.operations, self.io, self)
        self._update: Update | None = None
        self.overall = Overall()
        self._bridge = Bridge(self._take, self)
        self._answers = Bridge(self._answer, self)
        self.pages = Pages(lambda: self.engine.reader(), self)
        self.thumbs = Thumbs(parent=self)
        self.pictures = Pictures(self)
        self.samples = Samples(self)
        self.adding = Adding(self.scans, self)
        self.adding.arrived.connect(self._take_added)
        self.trying = Trying(self.scans, self)
        self._passwords: tuple[str, ...] = ()
        self._pending = 0
        self._is_awaited = False  # jobs were taken in, the update that tells of them is not here

    @cached_property
    def engine(self) -> Engine:
        """The engine; what it is made of is loaded at its first use, after the first paint."""
        from desktopproc.engine.engine import Engine  # deferred: not at the start

        settings, tell = self.layered.settings, self._bridge.post
        return Engine(self.home, settings, self.operations, io=self.io, listener=tell)

    @property
    def update(self) -> Update:
        """The newest update of the engine; an empty one before the first."""
        if self._update is None:
            from desktopproc.engine.update import Update  # deferred: not at the start

            self._update = Update()
        return self._update

    @property
    def is_busy(self) -> bool:
        """Whether something runs here, or is about to."""
        return not self.update.is_idle or self._pending > 0 or self._is_awaited

    @property
    def is_paused(self) -> bool:
        """Whether everything that is left to do waits for the user."""
        paused = self.update.paused
        open_batches = [b for b, counts in self.update.batch_counts.items() if counts.open]
        return bool(open_batches) and all(batch in paused for batch in open_batches)

    def begin(self) -> None:
        """Open the queue and start the engine; StartError says why it cannot be."""
        self.engine.start()

    def close(self) -> None:
        """Stop politely and end every thread; running jobs go back to waiting."""
        self.adding.close()
        self.trying.close()
        self.shelf.close()
        self._bridge.close()
        self._answers.close()
        self.pages.close()
        self.thumbs.close()
        self.pictures.close()
        self.samples.close()
        if "engine" in self.__dict__:  # a window may close before its engine was needed
            self.engine.close()
        self.scans.close()
        self.io.close()

    def add(self, paths: Sequence[Path], *, output: Path | None) -> None:
        """Look at files and folders; the folder of results is left out unless it was named."""
        named = output is not None and any(path.is_relative_to(output) for path in paths)
        exclude = [] if output is None or named else [output]
        self.adding.add(paths, exclude=exclude, threads=self.layered.settings.io_threads)

    def unstage(self, keys: Collection[int]) -> None:
        """Take added files off the list."""
        self.staging.remove(keys)
        self.staged.emit()

    def arrange(self, keys: Collection[int], before: int | None) -> None:
        """Put added files before another one, or last."""
        self.staging.move(keys, before)
        self.staged.emit()

    def submit(
        self, operation: Operation, options: object, output: OutputPlan, *, preset: str = ""
    ) -> int:
        """Make jobs of the staged files that the operation takes; answers how many files."""
        rows = self.staging.takeable(operation)
        if not rows:
            return 0
        keys = [row.key for row in rows]
        is_protected = any(row.facts.needs_password for row in rows)
        passwords = self._passwords if is_protected else ()
        request = Request(
            operation.name, options, files_of(rows), output, preset=preset, passwords=passwords
        )
        self.staging.mark(keys, is_leaving=True)
        self.staged.emit()
        self._pending += 1
        self._ask(self.engine.submit(request), lambda future: self._enqueued(future, keys))
        return len(rows)

    def unlock(self, keys: Collection[int], passwords: Sequence[str]) -> None:
        """Keep passwords that open these added files until they are started, and later ones."""
        self._passwords = tuple(dict.fromkeys((*passwords, *self._passwords)))
        self.staging.unlock(keys)
        self.staged.emit()

    def retry(self, jobs: Sequence[int], passwords: Sequence[str] = ()) -> None:
        """Put ended jobs back in the queue and run them, with more passwords than before."""
        self._ask(self.engine.retry(jobs, passwords), self._retried)

    def clear(self, jobs: Sequence[int] | None = None) -> None:
        """Take finished jobs off the list: these, or all."""
        self._ask(self.engine.clear(jobs), self._report)

    def resume_all(self) -> None:
        """Run everything that is left in the queue, from earlier sessions too."""
        self._ask(self.engine.start_batches(), self._report)

    def retry_failed(self) -> None:
        """Try everything again that failed."""
        failed = (State.FAILED,)

        def find(reader: Reader) -> list[int]:
            starts = range(0, reader.count(states=failed), _PORTION)
            pages = (reader.page(states=failed, offset=at, limit=_PORTION) for at in starts)
            return [job.id for page in pages for job in page]

        self.pages.ask("failed", find, self.retry)

    def reload_settings(self) -> None:
        """Read the config file again and let the engine use it from now on."""
        self.layered = config.load(self.home)
        self.scans.resize(self.layered.settings.io_threads)
        self.engine.configure(self.layered.settings)

    def _ask(self, future: Future[Any], then: Callable[[Future[Any]], None]) -> None:
        answers = self._answers
        future.add_done_callback(lambda done: answers.post((then, done)))

    def _answer(self, answered: tuple[Callable[[Future[Any]], None], Future[Any]]) -> None:
        then, future = answered
        if not future.cancelled():
            then(future)

    def _report(self, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            self.told.emit(str(error))

    def _retried(self, future: Future[int]) -> None:
        self._report(future)
        if future.exception() is None and future.result():
            self._is_awaited = True
            self.begun.emit()

    def _enqueued(self, future: Future[int], keys: Collection[int]) -> None:
        self._pending -= 1
        error = future.exception()
        if error is None:
            self._is_awaited = True
            self.staging.remove(keys)
            self.overall = self.overall.with_batch(future.result())
            self.begun.emit()
            return
        self.staging.mark(keys, is_leaving=False)
        self.staged.emit()
        self.told.emit(_sentence(error))

    def _take(self, update: Update) -> None:
        self._update = update
        self._is_awaited = False
        self.overall = self.overall.take(update)
        self.updated.emit(update)

    def _take_added(self, added: Added) -> None:
        self.staging.add((found.facts, found.root) for found in added.files)
        if added.files:
            self.engine.make_ready()
        self.staged.emit()
        self.looked.emit(added)


def _sentence(error: BaseException) -> str:
    if isinstance(error, ProcError):
        return str(error)
    return f"Unexpected error ({type(error).__name__}). The files stay on the list."
