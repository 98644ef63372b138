"""A real engine in a temporary home, and a listener that waits for conditions."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desktopproc.core.job import Conflict, Counts, Facts, Family, Job, OutputPlan, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine.engine import Engine
from desktopproc.engine.home import Home
from desktopproc.engine.iopool import ThreadPool
from desktopproc.engine.update import Update
from desktopproc.ops import load
from tests import saboteurs

OPERATIONS = load(saboteurs)
LIMIT_S = 30.0


class Watch:
    """Remembers the newest state of every row; `until` waits for a condition on them."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self.updates: list[Update] = []
        self._news = threading.Condition()

    def __call__(self, update: Update) -> None:
        with self._news:
            self.updates.append(update)
            self.jobs |= {job.id: job for job in update.jobs}
            self._news.notify_all()

    def until(self, is_so: Callable[["Watch"], object], limit_s: float = LIMIT_S) -> None:
        with self._news:
            came = self._news.wait_for(lambda: is_so(self), limit_s)
            assert came, f"not so after {limit_s} s: {self.jobs}"

    @property
    def last(self) -> Update:
        return self.updates[-1] if self.updates else Update()

    def states(self) -> list[State]:
        return [job.state for _, job in sorted(self.jobs.items())]


class Bench:
    """An engine with its home; `close` it."""

    def __init__(
        self, folder: Path, *, operations: Mapping[str, Operation] = OPERATIONS, **settings: Any
    ) -> None:
        self.home = Home.find({"DESKTOPPROC_HOME": str(folder / "home")})
        self.out = folder / "out"
        self.watch = Watch()
        self.io = ThreadPool(4)
        self.settings = Settings(**({"cpu_workers": 2, "retry_base_s": 0.01} | settings))
        self.engine = Engine(self.home, self.settings, operations, io=self.io, listener=self.watch)
        self.engine.start()

    def submit(
        self,
        operation: str,
        files: Sequence[Path],
        *,
        conflict: Conflict = Conflict.RENAME,
        start: bool = True,
        out: Path | None = None,
        root: Path | None = None,
        **options: Any,
    ) -> int:
        request = Request(
            operation=operation,
            options=build(OPERATIONS[operation].options, options),
            files=tuple((facts(file), root) for file in files),
            output=OutputPlan(out or self.out, conflict=conflict),
            start=start,
        )
        return self.engine.submit(request).result(LIMIT_S)

    def run(self, operation: str, files: Sequence[Path], **more: Any) -> list[Job]:
        """Submit and wait for the end of everything; the batch's rows."""
        batch = self.submit(operation, files, **more)
        self.settle(batch)
        return self.rows(batch)

    def settle(self, batch: int) -> None:
        self.watch.until(
            lambda w: (counts := w.last.batch_counts.get(batch)) is not None and not counts.open
        )

    def until_done(self, batch: int, count: int) -> None:
        """Wait until so many jobs of a batch are done."""
        self.watch.until(lambda w: w.last.batch_counts.get(batch, Counts()).done == count)

    def until_more_than(self, updates: int) -> None:
        """Wait for news, or for the end of everything."""
        self.watch.until(lambda w: len(w.updates) > updates or w.last.is_idle)

    def rows(self, batch: int | None = None) -> list[Job]:
        reader = self.engine.reader()
        try:
            return reader.page(batch=batch, limit=1_000_000)
        finally:
            reader.close()

    def close(self) -> None:
        self.engine.close()
        self.io.close()


def facts(path: Path) -> Facts:
    """What phase 1 would find of a text file."""
    try:
        found = path.stat()
    except OSError:
        return Facts(path)
    return Facts(
        path,
        kind=Family.OTHER,
        size_bytes=found.st_size,
        mtime_ns=found.st_mtime_ns,
        inode=found.st_ino,
    )


def make_files(folder: Path, count: int, content: str = "good") -> list[Path]:
    """Small files named f0000.txt and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"f{number:04}.txt" for number in range(count)]
    for file in files:
        file.write_text(content)
    return files
