"""What a user does to jobs that are in the queue: cancel, retry, reorder, pause, clear."""

import json
import time
from collections.abc import Collection, Sequence

from desktopproc.core.job import FINAL, Priority, State, sources_of
from desktopproc.engine.reader import Rows
from desktopproc.engine.store import Store

_MOST_DIGESTS = 1_000_000  # 200 MB in the queue file


class Desk:
    """The user's side of the queue file; any process may change jobs that nobody runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cancel(self, jobs: Sequence[int]) -> list[int]:
        """Cancel those of the jobs that nobody runs; answers them."""
        with self._store.change() as db:
            rows = db.execute(
                "UPDATE jobs SET state = 'cancelled', lease = NULL, finished = ? "
                "WHERE id IN (SELECT value FROM json_each(?)) "
                "AND state IN ('waiting', 'delayed') RETURNING id",
                (time.time(), json.dumps(list(jobs))),
            ).fetchall()
        return [row[0] for row in rows]

    def open_jobs(self, batch: int | None) -> list[int]:
        """The jobs of a batch, or of all, that are not finished."""
        sql = (
            "SELECT id FROM jobs WHERE (:batch IS NULL OR batch = :batch) "
            "AND state IN ('waiting', 'delayed', 'running')"
        )
        return [row[0] for row in self._store.rows.execute(sql, {"batch": batch})]

    def retry(self, jobs: Sequence[int]) -> list[int]:
        """Put ended jobs that have names for their outputs back in the queue, as new."""
        legal = [state.value for state in sources_of(State.WAITING) if state in FINAL]
        sql = (
            "UPDATE jobs SET state = 'waiting', attempts = 0, deaths = 0, code = NULL, "
            "message = NULL, seconds = NULL, finished = NULL, notes = '[]' "
            "WHERE id IN (SELECT value FROM json_each(?)) "
            f"AND state IN ({','.join('?' * len(legal))}) "
            "AND EXISTS (SELECT 1 FROM targets WHERE job = id) "
            "AND NOT EXISTS (SELECT 1 FROM targets WHERE job = id AND NOT is_held) RETURNING id"
        )
        with self._store.change() as db:
            rows = db.execute(sql, (json.dumps(list(jobs)), *legal)).fetchall()
        return [row[0] for row in rows]

    def nameless(self, jobs: Sequence[int]) -> list[int]:
        """Ended jobs that gave up a name, or lost it to another job."""
        sql = (
            "SELECT DISTINCT job FROM targets WHERE job IN (SELECT value FROM json_each(?)) "
            "AND NOT is_held"
        )
        return [row[0] for row in self._store.rows.execute(sql, (json.dumps(list(jobs)),))]

    def refused(self, jobs: Sequence[int]) -> list[int]:
        """Jobs that never got a name, because their file was no good when it was planned."""
        sql = (
            "SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(?)) "
            "AND state IN ('failed', 'skipped') "
            "AND NOT EXISTS (SELECT 1 FROM targets WHERE job = id)"
        )
        return [row[0] for row in self._store.rows.execute(sql, (json.dumps(list(jobs)),))]

    def prioritise(self, jobs: Sequence[int], priority: Priority) -> None:
        """Change the priority of jobs that wait."""
        with self._store.change() as db:
            db.execute(
                "UPDATE jobs SET priority = ? WHERE id IN (SELECT value FROM json_each(?)) "
                "AND state IN ('waiting', 'delayed')",
                (int(priority), json.dumps(list(jobs))),
            )

    def pause(self, batch: int | None, *, reason: str = "") -> None:
        """Let nothing new of a batch, or of every batch, start."""
        with self._store.change() as db:
            db.execute(
                "UPDATE batches SET is_paused = 1, pause_reason = :reason "
                "WHERE :batch IS NULL OR id = :batch",
                {"batch": batch, "reason": reason},
            )

    def resume(self, batch: int | None) -> None:
        with self._store.change() as db:
            db.execute(
                "UPDATE batches SET is_paused = 0, pause_reason = '' "
                "WHERE :batch IS NULL OR id = :batch",
                {"batch": batch},
            )

    def clear(self, jobs: Sequence[int] | None, states: Collection[State]) -> int:
        """Remove ended rows, never running or waiting ones; answers how many."""
        ended = [state.value for state in states if state in FINAL]
        marks = ",".join("?" * len(ended))
        chosen = json.dumps(None if jobs is None else list(jobs))
        with self._store.change() as db:
            count = db.execute(
                f"DELETE FROM jobs WHERE state IN ({marks}) "
                "AND (? = 'null' OR id IN (SELECT value FROM json_each(?)))",
                (*ended, chosen, chosen),
            ).rowcount
            _drop_empty_batches(db)
        return count

    def clean_up(self, *, days: int, jobs: int) -> int:
        """Remove ended rows that are older than `days` or beyond the newest `jobs`; 0 keeps all."""
        self._forget_files()
        oldest = time.time() - days * 86_400 if days else 0.0
        if not self._is_anything_old(oldest, jobs):
            return 0
        with self._store.change() as db:
            count = db.execute(
                "DELETE FROM jobs WHERE finished IS NOT NULL AND (finished < :oldest OR "
                "(:jobs > 0 AND id NOT IN (SELECT id FROM jobs WHERE finished IS NOT NULL "
                "ORDER BY id DESC LIMIT :jobs)))",
                {"oldest": oldest, "jobs": jobs},
            ).rowcount
            if count:
                _drop_empty_batches(db)
        return count

    def _forget_files(self) -> None:
        """Forget the content of files that were looked at long before many others."""
        sql = "SELECT coalesce(max(id) - min(id), 0), max(id) FROM digests"
        span, last = self._store.rows.execute(sql).fetchone()
        if span > _MOST_DIGESTS:
            with self._store.change() as db:
                db.execute("DELETE FROM digests WHERE id < ?", (last - _MOST_DIGESTS,))

    def _is_anything_old(self, oldest: float, jobs: int) -> bool:
        """Whether a look through all rows is worth it, by the first ended row and the tally."""
        rows = self._store.rows
        sql = "SELECT finished FROM jobs WHERE finished IS NOT NULL ORDER BY id LIMIT 1"
        first = rows.execute(sql).fetchone()
        (count,) = rows.execute("SELECT total(jobs) FROM tally").fetchone()
        return bool(first and first[0] < oldest) or 0 < jobs < int(count)

    def post(self, verb: str, jobs: Sequence[int]) -> list[int]:
        """Leave a command for whichever processes hold these jobs; answers their leases."""
        with self._store.change() as db:
            rows = db.execute(
                "INSERT INTO commands (lease, verb, job) SELECT lease, ?, id FROM jobs "
                "WHERE id IN (SELECT value FROM json_each(?)) AND lease IS NOT NULL "
                "RETURNING lease",
                (verb, json.dumps(list(jobs))),
            ).fetchall()
        return sorted({row[0] for row in rows})

    def take_commands(self, lease: int) -> list[tuple[str, int]]:
        """The commands that other processes left for this one, oldest first."""
        sql = "SELECT 1 FROM commands WHERE lease = ? LIMIT 1"
        if not self._store.rows.execute(sql, (lease,)).fetchone():
            return []
        with self._store.change() as db:
            sql = "DELETE FROM commands WHERE lease = ? RETURNING id, verb, job"
            return [(verb, job) for _, verb, job in sorted(db.execute(sql, (lease,)).fetchall())]


def _drop_empty_batches(db: Rows) -> None:
    db.execute("DELETE FROM batches WHERE lease IS NULL AND id NOT IN (SELECT batch FROM jobs)")
    db.execute("DELETE FROM tally WHERE batch NOT IN (SELECT id FROM batches)")
