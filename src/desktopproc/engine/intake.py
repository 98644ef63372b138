"""How jobs enter the queue: whole batches, with names reserved across all jobs."""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktopproc.core.job import State
from desktopproc.engine.days import count_ended
from desktopproc.engine.records import Planned, stored_path
from desktopproc.engine.register import Register
from desktopproc.engine.store import Store


class Intake:
    """The enqueueing side of the queue file; the engine thread alone uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.rows
        self.register = Register(store.rows)
        self._has_history = True  # jobs of other batches may hold names, ended ones too

    def begin_batch(self, lease: int, row: dict[str, Any]) -> int:
        """Make a batch that nobody runs until `end_batch`; its maker's death removes it."""
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        with self._store.change() as db:
            sql = f"INSERT INTO batches ({names}, created, lease) VALUES ({marks}, :now, :lease)"
            return int(db.execute(sql, {**row, "now": time.time(), "lease": lease}).lastrowid or 0)

    @contextmanager
    def planning(self, batch: int | None = None) -> Iterator[None]:
        """A span in which no other process can reserve a name; `batch` knows its own names."""
        sql = (
            "SELECT count(*), total(state IN ('waiting', 'delayed', 'running')) FROM tally "
            "WHERE jobs > 0 AND batch IS NOT ?"
        )
        with self._store.change() as db:
            others, rivals = db.execute(sql, (batch,)).fetchone()
            self._has_history, self.register.has_rivals = others > 0, rivals > 0
            yield

    def add(self, batch: int, priority: int, planned: Sequence[Planned]) -> list[int]:
        """Add jobs inside `planning`, answer their numbers; ended jobs lose these names."""
        row = self._rows.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
        numbered = list(enumerate(planned, 1 + (row[0] if row else 0)))
        sorts = [job.sort for job in planned]
        self._insert(batch, priority, numbered, sorts)
        self._count(batch, planned, sorts)
        self._rows.executemany(
            "INSERT INTO files VALUES (?, ?, ?, ?)",
            (
                (id_, position, os.fsencode(path), facts)
                for id_, job in numbered
                for position, (path, facts) in enumerate(job.files)
            ),
        )
        self._name([(id_, *target) for id_, job in numbered for target in enumerate(job.targets)])
        for id_, job in numbered:
            if job.cached:
                self._add_existing(id_, [path for _, path in job.targets])
        count_ended(self._rows, [id_ for id_, job in numbered if job.state.is_final])
        return [id_ for id_, _ in numbered]

    def pair(self, jobs: Iterable[tuple[int, Planned]], first: dict[bytes, int]) -> None:
        """Let jobs wait for those before them that seem to have the same result.

        `first` holds the first job of each twin, and is added to.
        """
        self._rows.executemany(
            "UPDATE jobs SET twin = ? WHERE id = ?",
            [
                (first.setdefault(job.twin, id_), id_)
                for id_, job in jobs
                if job.twin is not None and job.state is State.WAITING
            ],
        )

    def _insert(
        self,
        batch: int,
        priority: int,
        numbered: Sequence[tuple[int, Planned]],
        sorts: Sequence[str],
    ) -> None:
        now = time.time()
        self._rows.executemany(
            "INSERT INTO jobs (id, batch, state, priority, name, weight, sort, size_in, item, "
            "cached, code, message, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    id_,
                    batch,
                    job.state,
                    priority,
                    job.name,
                    job.weight,
                    sort,
                    job.size_in,
                    job.item,
                    job.cached,
                    job.failure.code if job.failure else None,
                    job.failure.message if job.failure else None,
                    None if job.state is State.WAITING else now,
                )
                for (id_, job), sort in zip(numbered, sorts, strict=True)
            ],
        )

    def _count(self, batch: int, planned: Sequence[Planned], sorts: Sequence[str]) -> None:
        """Add new jobs to the tally; from then on the queue file itself keeps it."""
        jobs: Counter[tuple[State, str]] = Counter()
        weights: dict[tuple[State, str], float] = defaultdict(float)
        for job, sort in zip(planned, sorts, strict=True):
            key = job.state, sort
            jobs[key] += 1
            weights[key] += job.weight
        self._rows.executemany(
            "INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "jobs = jobs + excluded.jobs, weight = weight + excluded.weight",
            [(batch, *key, count, weights[key]) for key, count in jobs.items()],
        )

    def replace(self, job: int, planned: Planned) -> None:
        """Let a refused job be what it is planned to be now, inside `planning`."""
        failure = planned.failure
        self._rows.execute(
            "UPDATE jobs SET state = ?, name = ?, weight = ?, sort = ?, size_in = ?, item = ?, "
            "code = ?, message = ?, finished = ? WHERE id = ? AND state IN ('failed', 'skipped')",
            (
                planned.state.value,
                planned.name,
                planned.weight,
                planned.sort,
                planned.size_in,
                planned.item,
                failure.code if failure else None,
                failure.message if failure else None,
                time.time() if planned.state.is_final else None,
                job,
            ),
        )
        self._rows.executemany(
            "UPDATE files SET facts = ? WHERE job = ? AND position = ?",
            [(facts, job, position) for position, (_, facts) in enumerate(planned.files)],
        )
        self._name([(job, *target) for target in enumerate(planned.targets)])

    def _name(self, names: Sequence[tuple[int, int, tuple[bytes, Path]]]) -> None:
        """Give jobs these names at these positions; an ended job's hold on one ends."""
        if self._has_history:
            self._rows.executemany(
                "UPDATE targets SET is_held = 0 WHERE key = ? AND is_held",
                [(key,) for _, _, (key, _) in names],
            )
        self._rows.executemany(
            "INSERT OR REPLACE INTO targets (job, position, key, path) VALUES (?, ?, ?, ?)",
            [(job, position, key, os.fsencode(path)) for job, position, (key, path) in names],
        )

    def _add_existing(self, job: int, targets: Sequence[Path]) -> None:
        """Record what an earlier run made as the outputs of this job."""
        found = [
            (position, path, path.stat())
            for position, target in enumerate(targets)
            for path in (sorted(target.iterdir()) if target.is_dir() else [target])
        ]
        self._rows.executemany(
            "INSERT INTO outputs (job, position, path, size, mtime_ns, inode, is_placed, target) "
            "VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
            [
                (job, i, os.fsencode(path), now.st_size, now.st_mtime_ns, now.st_ino, position)
                for i, (position, path, now) in enumerate(found)
            ],
        )
        size = sum(now.st_size for _, _, now in found)
        self._rows.execute("UPDATE jobs SET size_out = ? WHERE id = ?", (size, job))

    def lost_names(self, job: int) -> list[tuple[int, Path]]:
        """The names that a job held once, with their positions."""
        sql = "SELECT position, path FROM targets WHERE job = ? AND NOT is_held"
        return [(at, stored_path(path)) for at, path in self._rows.execute(sql, (job,))]

    def rename(self, job: int, position: int, key: bytes, target: Path) -> None:
        """Give one of a job's outputs this name, inside `planning`."""
        self._name([(job, position, (key, target))])

    def expect_folders(self, batch: int, folders: Iterable[Path]) -> None:
        """Remember which folders a batch makes, so that they can go when it is undone."""
        self._rows.executemany(
            "INSERT OR IGNORE INTO folders VALUES (?, ?)",
            [(batch, os.fsencode(folder)) for folder in folders],
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
