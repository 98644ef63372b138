"""How jobs enter the queue: whole batches, with names reserved across all jobs."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktopproc.core.job import State
from desktopproc.engine.records import Planned
from desktopproc.engine.store import Store


class Intake:
    """The enqueueing side of the queue file; the engine thread alone uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.rows

    def begin_batch(self, lease: int, row: dict[str, Any]) -> int:
        """Make a batch that nobody runs until `end_batch`; its maker's death removes it."""
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        with self._store.change() as db:
            sql = f"INSERT INTO batches ({names}, created, lease) VALUES ({marks}, :now, :lease)"
            return int(db.execute(sql, {**row, "now": time.time(), "lease": lease}).lastrowid or 0)

    @contextmanager
    def planning(self) -> Iterator[None]:
        """A span in which no other process can reserve a name."""
        with self._store.change():
            yield

    def holder(self, key: bytes) -> tuple[int, State] | None:
        """The batch that reserved a name, and where its job stands."""
        sql = (
            "SELECT batch, state FROM targets JOIN jobs ON jobs.id = job WHERE key = ? AND is_held"
        )
        row = self._rows.execute(sql, (key,)).fetchone()
        return (row[0], State(row[1])) if row else None

    def recipe_of(self, path: Path) -> tuple[bytes, int, int] | None:
        """How a finished file was made, and its size and time then."""
        sql = "SELECT recipe, size, mtime_ns FROM made WHERE path = ?"
        row = self._rows.execute(sql, (os.fsencode(path),)).fetchone()
        return (row[0], row[1], row[2]) if row else None

    def add(self, batch: int, priority: int, planned: Planned) -> int:
        """Add one job inside `planning`; a finished job's old hold on the name ends."""
        failure = planned.failure
        job = self._rows.execute(
            "INSERT INTO jobs (batch, state, priority, name, weight, size_in, cached, code, "
            "message, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch,
                planned.state.value,
                priority,
                planned.name,
                planned.weight,
                planned.size_in,
                planned.cached,
                failure.code if failure else None,
                failure.message if failure else None,
                time.time() if planned.state.is_final else None,
            ),
        ).lastrowid
        self._rows.executemany(
            "INSERT INTO files VALUES (?, ?, ?, ?)",
            [(job, i, os.fsencode(path), facts) for i, (path, facts) in enumerate(planned.files)],
        )
        if planned.target and planned.key:
            self.rename(int(job or 0), planned.key, planned.target)
        if planned.cached and planned.target:
            self._add_existing(int(job or 0), planned.target)
        return int(job or 0)

    def _add_existing(self, job: int, target: Path) -> None:
        """Record what an earlier run made as the output of this job."""
        files = sorted(target.iterdir()) if target.is_dir() else [target]
        found = [(path, path.stat()) for path in files]
        self._rows.executemany(
            "INSERT INTO outputs VALUES (?, ?, ?, ?, ?, ?, 1)",
            [
                (job, i, os.fsencode(path), now.st_size, now.st_mtime_ns, now.st_ino)
                for i, (path, now) in enumerate(found)
            ],
        )
        size = sum(now.st_size for _, now in found)
        self._rows.execute("UPDATE jobs SET size_out = ? WHERE id = ?", (size, job))

    def target_of(self, job: int) -> Path | None:
        """The name that a job holds."""
        row = self._rows.execute("SELECT path FROM targets WHERE job = ?", (job,)).fetchone()
        return Path(os.fsdecode(row[0])) if row else None

    def rename(self, job: int, key: bytes, target: Path) -> None:
        """Give a job this name, inside `planning`; an ended job's hold on it ends."""
        self._rows.execute("UPDATE targets SET is_held = 0 WHERE key = ? AND is_held", (key,))
        self._rows.execute(
            "INSERT OR REPLACE INTO targets (job, key, path) VALUES (?, ?, ?)",
            (job, key, os.fsencode(target)),
        )

    def end_batch(self, batch: int, *, is_paused: bool) -> None:
        """The batch is whole: from here on it can run, and survives a power cut."""
        with self._store.change(durable=True) as db:
            db.execute(
                "UPDATE batches SET lease = NULL, is_paused = ? WHERE id = ?", (is_paused, batch)
            )

    def drop_batch(self, batch: int) -> None:
        """Forget a batch with all its jobs."""
        with self._store.change() as db:
            db.execute("DELETE FROM batches WHERE id = ?", (batch,))
