"""What happens to jobs while they run: claimed, placed, done, failed, given back."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from desktopproc.core.errors import Failure
from desktopproc.core.job import State, sources_of
from desktopproc.engine.records import BatchRow, Claimed, Finished, MadeFile
from desktopproc.engine.store import Store


class Ledger:
    """The running side of the queue file; the engine thread alone uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.rows

    def batch(self, batch: int) -> BatchRow | None:
        sql = (
            "SELECT id, operation, options, folder, template, conflict, keep_tree, reuse, "
            "priority, is_paused, pause_reason FROM batches WHERE id = ?"
        )
        row = self._rows.execute(sql, (batch,)).fetchone()
        if row is None:
            return None
        id_, operation, options, folder, template, conflict, *rest = row
        keep_tree, reuse, priority, is_paused, reason = rest
        return BatchRow(
            id_,
            operation,
            options,
            Path(os.fsdecode(folder)),
            template,
            conflict,
            bool(keep_tree),
            bool(reuse),
            priority,
            bool(is_paused),
            reason,
        )

    def candidates(self, batches: Iterable[int], limit: int) -> list[tuple[int, int, float]]:
        """Waiting jobs of these batches, in order: id, priority, weight. Paused ones are not."""
        wanted = json.dumps(list(batches))
        sql = (
            "SELECT id, priority, weight FROM jobs WHERE state = 'waiting' AND batch IN "
            "(SELECT id FROM batches WHERE NOT is_paused AND lease IS NULL "
            "AND id IN (SELECT value FROM json_each(?))) ORDER BY priority, id LIMIT ?"
        )
        return self._rows.execute(sql, (wanted, limit)).fetchall()

    def claim(self, ids: Sequence[int], lease: int) -> list[Claimed]:
        """Take these jobs if nobody else did; each attempt is counted before it runs."""
        with self._store.change() as db:
            rows = db.execute(
                "UPDATE jobs SET state = 'running', lease = ?, attempts = attempts + 1 "
                "WHERE id IN (SELECT value FROM json_each(?)) AND state = 'waiting' "
                "RETURNING id, batch, attempts, deaths, weight, size_in",
                (lease, json.dumps(ids)),
            ).fetchall()
        order = {job: index for index, job in enumerate(ids)}
        return self._claimed(sorted(rows, key=lambda row: order[row[0]]))

    def held(self, ids: Sequence[int]) -> list[Claimed]:
        """Jobs taken over from a dead process, as it had claimed them."""
        sql = (
            "SELECT id, batch, attempts, deaths, weight, size_in FROM jobs "
            "WHERE id IN (SELECT value FROM json_each(?))"
        )
        return self._claimed(self._rows.execute(sql, (json.dumps(ids),)).fetchall())

    def _claimed(self, rows: Sequence[tuple[int, int, int, int, float, int]]) -> list[Claimed]:
        ids = json.dumps([row[0] for row in rows])
        files: dict[int, list[tuple[Path, str]]] = {}
        for job, path, facts in self._rows.execute(
            "SELECT job, path, facts FROM files WHERE job IN (SELECT value FROM json_each(?)) "
            "ORDER BY job, position",
            (ids,),
        ):
            files.setdefault(job, []).append((Path(os.fsdecode(path)), facts))
        targets = dict(
            self._rows.execute(
                "SELECT job, path FROM targets WHERE job IN (SELECT value FROM json_each(?))",
                (ids,),
            ).fetchall()
        )
        return [
            Claimed(*row, _path(targets.get(row[0], b"")), tuple(files.get(row[0], ())))
            for row in rows
        ]

    def placing(self, results: Iterable[tuple[int, Sequence[MadeFile]]]) -> None:
        """Write down what is about to get its final name, so that a restart recognises it."""
        with self._store.change(durable=True) as db:
            db.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, 0)",
                [
                    (job, i, os.fsencode(file.path), file.size, file.mtime_ns, file.inode)
                    for job, files in results
                    for i, file in enumerate(files)
                ],
            )

    def unplaced(self, job: int) -> list[MadeFile]:
        """The outputs that were about to be named when a process died."""
        sql = "SELECT path, size, mtime_ns, inode FROM outputs WHERE job = ? AND NOT is_placed"
        return [
            MadeFile(Path(os.fsdecode(path)), *rest)
            for path, *rest in self._rows.execute(sql, (job,))
        ]

    def results_in(self, folder: Path) -> tuple[MadeFile, ...]:
        """The files that finished jobs with this folder as their target have put there."""
        sql = (
            "SELECT outputs.path, size, mtime_ns, inode FROM outputs JOIN targets "
            "ON targets.job = outputs.job WHERE targets.path = ? AND is_placed"
        )
        rows = self._rows.execute(sql, (os.fsencode(folder),))
        return tuple(MadeFile(_path(path), *rest) for path, *rest in rows)

    def finish(self, results: Sequence[Finished]) -> None:
        """Mark jobs done whose outputs are in place and on the disk."""
        with self._store.change(durable=True) as db:
            for done in results:
                if not self._move(done.job, State.DONE, lease=None, code=None, message=None):
                    continue
                size = sum(file.size for file in done.files)
                db.execute(
                    "UPDATE jobs SET seconds = ?, size_out = ?, notes = ?, finished = ? "
                    "WHERE id = ?",
                    (done.seconds, size, json.dumps(done.notes), time.time(), done.job),
                )
                db.execute("UPDATE outputs SET is_placed = 1 WHERE job = ?", (done.job,))
                target = done.target
                db.execute(
                    "INSERT OR REPLACE INTO made SELECT ?, ?, operation, ?, ? FROM batches "
                    "WHERE id = (SELECT batch FROM jobs WHERE jobs.id = ?)",
                    (
                        os.fsencode(target.path),
                        done.recipe,
                        target.size,
                        target.mtime_ns,
                        done.job,
                    ),
                )
                self._log(done.job, "done", done.seconds, done.log)

    def end(
        self, job: int, state: State, failure: Failure | None, seconds: float, *, died: bool = False
    ) -> bool:
        """Move a held job to where its attempt ended, with its failure and log."""
        with self._store.change() as db:
            moved = self._move(
                job,
                state,
                lease=None,
                code=failure.code if failure else None,
                message=failure.message if failure else None,
            )
            if moved:
                db.execute(
                    "UPDATE jobs SET seconds = ?, deaths = deaths + ?, finished = ? WHERE id = ?",
                    (seconds, died, time.time() if state.is_final else None, job),
                )
                db.execute("DELETE FROM outputs WHERE job = ? AND NOT is_placed", (job,))
                self._log(job, state.value, seconds, failure.log if failure else "")
        return moved

    def hold(self, job: int, lease: int) -> None:
        """Keep a job that waits out its back-off in our hands: our death sets it free."""
        with self._store.change() as db:
            db.execute("UPDATE jobs SET lease = ? WHERE id = ? AND state = 'delayed'", (lease, job))

    def give_back(self, ids: Sequence[int], *, uncount: bool = True) -> None:
        """Put held jobs back in the queue; an attempt that did not really run is not counted."""
        with self._store.change() as db:
            for job in ids:
                if self._move(job, State.WAITING, lease=None):
                    db.execute("DELETE FROM outputs WHERE job = ? AND NOT is_placed", (job,))
                    if uncount:
                        db.execute(
                            "UPDATE jobs SET attempts = max(0, attempts - 1) WHERE id = ?", (job,)
                        )

    def _move(self, job: int, target: State, **also: object) -> bool:
        """Change a job's state if the table of legal moves allows it."""
        legal = [state.value for state in sources_of(target)]
        extra = "".join(f", {name} = ?" for name in also)
        sql = (
            f"UPDATE jobs SET state = ?{extra} WHERE id = ? "
            f"AND state IN ({','.join('?' * len(legal))})"
        )
        values = (target.value, *also.values(), job, *legal)
        return self._rows.execute(sql, values).rowcount > 0

    def _log(self, job: int, outcome: str, seconds: float, log: str) -> None:
        self._rows.execute(
            "INSERT INTO attempts SELECT :job, 1 + coalesce(max(number), 0), :ended, :seconds, "
            ":outcome, :log FROM attempts WHERE job = :job",
            {
                "job": job,
                "ended": time.time(),
                "seconds": seconds,
                "outcome": outcome,
                "log": log,
            },
        )


def _path(raw: bytes) -> Path:
    return Path(os.fsdecode(raw))
