"""What happens to jobs while they run: claimed, placed, done, failed, given back."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from desktopproc.core.errors import Failure
from desktopproc.core.job import Family, State, sources_of
from desktopproc.core.stages import Stage
from desktopproc.engine.days import count_ended
from desktopproc.engine.history import write_moves
from desktopproc.engine.records import (
    BatchRow,
    Claimed,
    Finished,
    Landed,
    Leaving,
    MadeFile,
    Spent,
    Stamp,
    stored_path,
)
from desktopproc.engine.store import Store

Waiting = tuple[int, int, float, int, int]
"""A job: id, priority, weight, size of its files in bytes, batch."""


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
            stored_path(folder),
            template,
            conflict,
            bool(keep_tree),
            bool(reuse),
            priority,
            bool(is_paused),
            reason,
        )

    def candidates(
        self, batches: Iterable[int], limit: int, *, with_twins: bool = False
    ) -> list[Waiting]:
        """Waiting jobs of these batches, in order. Those of paused ones are left out.

        So are those whose twin is not done yet, but `with_twins`.
        """
        wanted = json.dumps(list(batches))
        return self._rows.execute(_CANDIDATES, (wanted, with_twins, limit)).fetchall()

    def single_files(self, jobs: Sequence[int]) -> dict[int, tuple[Path, int]]:
        """Path and size in bytes of the file of each job that has one file only."""
        sql = (
            "SELECT job, path, json_extract(facts, '$.size_bytes') FROM files WHERE job IN "
            "(SELECT value FROM json_each(?)) GROUP BY job HAVING COUNT(*) = 1"
        )
        rows = self._rows.execute(sql, (json.dumps(jobs),))
        return {job: (stored_path(path), size or 0) for job, path, size in rows}

    def families(self, batch: int) -> set[Family]:
        """What the files of a batch are."""
        sql = (
            "SELECT DISTINCT json_extract(facts, '$.kind') FROM files JOIN jobs ON id = job "
            "WHERE batch = ?"
        )
        kinds = [kind for (kind,) in self._rows.execute(sql, (batch,))]
        return {Family(kind or Family.OTHER) for kind in kinds}

    def facts(self, jobs: Sequence[int]) -> list[tuple[int, list[tuple[Path, str]]]]:
        """The batch of each of these jobs, and what is known of its files, in the jobs' order."""
        sql = (
            "SELECT jobs.id, batch, path, facts FROM jobs JOIN files ON files.job = jobs.id "
            "WHERE jobs.id IN (SELECT value FROM json_each(?)) ORDER BY position"
        )
        batches: dict[int, int] = {}
        files: dict[int, list[tuple[Path, str]]] = {}
        for job, batch, path, facts in self._rows.execute(sql, (json.dumps(jobs),)):
            batches[job] = batch
            files.setdefault(job, []).append((stored_path(path), facts))
        return [(batches.get(job, 0), files.get(job, [])) for job in jobs]

    def stamps(self, paths: Sequence[Path]) -> tuple[Stamp, ...]:
        """What is known of the content of these files, as they were once."""
        sql = "SELECT size, mtime_ns, ctime_ns, inode, digest FROM digests WHERE path = ?"
        return tuple(
            Stamp(path, *row)
            for path in paths
            for row in self._rows.execute(sql, (os.fsencode(path),))
        )

    def claim(self, ids: Sequence[int], lease: int) -> list[Claimed]:
        """Take these jobs if nobody else did; each attempt is counted before it runs."""
        with self._store.change() as db:
            rows = db.execute(
                "UPDATE jobs SET state = 'running', lease = ?, attempts = attempts + 1 "
                "WHERE id IN (SELECT value FROM json_each(?)) AND state = 'waiting' "
                "RETURNING id, batch, attempts, deaths, weight, size_in, item, twin",
                (lease, json.dumps(ids)),
            ).fetchall()
        order = {job: index for index, job in enumerate(ids)}
        return self._claimed(sorted(rows, key=lambda row: order[row[0]]))

    def held(self, ids: Sequence[int]) -> list[Claimed]:
        """Jobs taken over from a dead process, as it had claimed them."""
        sql = (
            "SELECT id, batch, attempts, deaths, weight, size_in, item, twin FROM jobs "
            "WHERE id IN (SELECT value FROM json_each(?))"
        )
        return self._claimed(self._rows.execute(sql, (json.dumps(ids),)).fetchall())

    def _claimed(
        self, rows: Sequence[tuple[int, int, int, int, float, int, int | None, int | None]]
    ) -> list[Claimed]:
        ids = json.dumps([row[0] for row in rows])
        files: dict[int, list[tuple[Path, str]]] = {}
        for job, path, facts in self._rows.execute(
            "SELECT job, path, facts FROM files WHERE job IN (SELECT value FROM json_each(?)) "
            "ORDER BY job, position",
            (ids,),
        ):
            files.setdefault(job, []).append((stored_path(path), facts))
        targets: dict[int, list[Path]] = {}
        for job, path in self._rows.execute(
            "SELECT job, path FROM targets WHERE job IN (SELECT value FROM json_each(?)) "
            "ORDER BY job, position",
            (ids,),
        ):
            targets.setdefault(job, []).append(stored_path(path))
        return [
            Claimed(*row, tuple(targets.get(row[0], ())), tuple(files.get(row[0], ())))
            for row in rows
        ]

    def placing(self, results: Iterable[tuple[int, Sequence[Landed], Sequence[Leaving]]]) -> None:
        """Write down what is about to get its final name, so that a restart recognises it.

        What is to leave its place after that is written down with it.
        """
        results = list(results)
        with self._store.change(durable=True) as db:
            db.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
                [
                    (job, i, *_row(one.file), one.position, one.replaces)
                    for job, files, _ in results
                    for i, one in enumerate(files)
                ],
            )
            for job, _, moves in results:
                if moves:
                    write_moves(db, job, moves)

    def announced(self, job: int) -> list[Landed]:
        """The outputs that were about to be named when a process died."""
        sql = (
            "SELECT target, path, size, mtime_ns, inode, replaced FROM outputs "
            "WHERE job = ? AND NOT is_placed ORDER BY position"
        )
        return [
            Landed(target, MadeFile(stored_path(path), *rest), bool(replaced))
            for target, path, *rest, replaced in self._rows.execute(sql, (job,))
        ]

    def has_landed(self, job: int) -> bool:
        """Whether the outputs of a job have their names for good."""
        sql = "SELECT 1 FROM outputs WHERE job = ? AND is_placed LIMIT 1"
        return self._rows.execute(sql, (job,)).fetchone() is not None

    def is_leaving(self, job: int) -> bool:
        """Whether sources of a job are still to leave their places."""
        sql = "SELECT 1 FROM moves WHERE job = ? AND state = 'pending' LIMIT 1"
        return self._rows.execute(sql, (job,)).fetchone() is not None

    def results_in(self, folder: Path) -> tuple[MadeFile, ...]:
        """The files that finished jobs with this folder as their target have put there."""
        sql = (
            "SELECT outputs.path, size, mtime_ns, inode FROM outputs JOIN targets "
            "ON targets.job = outputs.job AND targets.position = outputs.target "
            "WHERE targets.path = ? AND is_placed"
        )
        rows = self._rows.execute(sql, (os.fsencode(folder),))
        return tuple(MadeFile(stored_path(path), *rest) for path, *rest in rows)

    def finish(self, results: Sequence[Finished]) -> None:
        """Mark jobs done whose outputs are in place and on the disk.

        A job whose sources are still to leave their places keeps running until they have.
        """
        with self._store.change(durable=True) as db:
            ended = [done for done in results if self._set_done(done)]
            for done in ended:
                if done.has_unused:
                    self._give_up_names(done.job, keep=done.targets)
                self._log(done.job, "done", done.seconds, done.log, done.spent)
            db.execute(_PLACED, (json.dumps([done.job for done in ended]),))
            db.executemany(_MADE, [row for done in ended for row in _made_rows(done)])
            db.executemany(_STAMP, [_stamp_row(s) for done in ended for s in done.stamps])
            count_ended(db, [done.job for done in results])

    def _set_done(self, done: Finished) -> bool:
        """Whether the job was ours to end, or to have its sources leave their places."""
        what = {"seconds": done.seconds, "size_out": done.size, "notes": json.dumps(done.notes)}
        if done.is_leaving:
            self._rows.execute(_LEAVING, (*what.values(), done.job))
            return True
        ended = {"finished": time.time(), "cached": done.is_reused}
        return self._move(
            done.job, State.DONE, lease=None, code=None, message=None, **ended, **what
        )

    def _give_up_names(self, job: int, keep: Iterable[int] = ()) -> None:
        """Let other jobs have the names that this one did not need."""
        kept = (job, json.dumps(list(keep)))
        self._rows.execute(
            "UPDATE targets SET is_held = 0 WHERE job = ? "
            "AND position NOT IN (SELECT value FROM json_each(?))",
            kept,
        )
        self._rows.execute(
            "DELETE FROM outputs WHERE job = ? AND target NOT IN (SELECT value FROM json_each(?))",
            kept,
        )

    def skip(self, job: int, reason: Failure, seconds: float) -> None:
        """End a held job that had nothing to make; its names are free again."""
        code, message = reason.code, reason.message
        ended = {"lease": None, "seconds": seconds, "finished": time.time()}
        with self._store.change() as db:
            if self._move(job, State.SKIPPED, code=code, message=message, **ended):
                self._give_up_names(job)
                self._forget_announced(job)
                self._log(job, "skipped", seconds, reason.message)
                count_ended(db, [job])

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
                self._forget_announced(job)
                self._log(job, state.value, seconds, failure.log if failure else "")
                count_ended(db, [job])
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
                    self._forget_announced(job)
                    if uncount:
                        db.execute(
                            "UPDATE jobs SET attempts = max(0, attempts - 1) WHERE id = ?", (job,)
                        )

    def _forget_announced(self, job: int) -> None:
        """What was to get a name, and to leave its place, will not: inside a change."""
        self._rows.execute("DELETE FROM outputs WHERE job = ? AND NOT is_placed", (job,))
        self._rows.execute("DELETE FROM moves WHERE job = ? AND state = 'pending'", (job,))

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

    def _log(
        self, job: int, outcome: str, seconds: float, log: str, spent: Spent | None = None
    ) -> None:
        took = (spent.began, spent.cpu, *spent.stages) if spent else _UNMEASURED
        self._rows.execute(_ATTEMPT, (job, time.time(), seconds, outcome, log, *took, job))


_UNMEASURED = (None,) * (2 + len(Stage))
_ATTEMPT = """
    INSERT INTO attempts (job, number, ended, seconds, outcome, log, began, cpu_s, read_s, decode_s,
    process_s, encode_s, write_s)
    SELECT ?, 1 + coalesce(max(number), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    FROM attempts WHERE job = ?
"""


_CANDIDATES = """
    SELECT id, priority, weight, size_in, batch FROM jobs WHERE state = 'waiting' AND batch IN (
        SELECT id FROM batches WHERE NOT is_paused AND lease IS NULL
        AND id IN (SELECT value FROM json_each(?))
    ) AND (twin IS NULL OR twin = id OR ? OR NOT EXISTS (
        SELECT 1 FROM jobs AS first
        WHERE first.id = jobs.twin AND first.state IN ('waiting', 'delayed', 'running')
    )) ORDER BY priority, id LIMIT ?
"""
_LEAVING = "UPDATE jobs SET seconds = ?, size_out = ?, notes = ? WHERE id = ?"
_PLACED = """
    UPDATE outputs SET is_placed = 1 WHERE job IN (SELECT value FROM json_each(?))
"""
_MADE = """
    INSERT OR REPLACE INTO made (path, recipe, operation, size, mtime_ns, files, inode)
    SELECT ?, ?, operation, ?, ?, ?, ? FROM batches
    WHERE id = (SELECT batch FROM jobs WHERE jobs.id = ?)
"""
_STAMP = (
    "INSERT OR REPLACE INTO digests (path, size, mtime_ns, ctime_ns, inode, digest) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


def _made_rows(done: Finished) -> list[tuple[object, ...]]:
    """How the results came to be; that outlives the job."""
    return [
        (
            os.fsencode(target.path),
            done.recipe,
            target.size,
            target.mtime_ns,
            len(done.targets),
            target.inode,
            done.job,
        )
        for target in done.targets.values()
    ]


def _stamp_row(stamp: Stamp) -> tuple[object, ...]:
    file = os.fsencode(stamp.path)
    return file, stamp.size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode, stamp.digest


def _row(file: MadeFile) -> tuple[bytes, int, int, int]:
    return os.fsencode(file.path), file.size, file.mtime_ns, file.inode
