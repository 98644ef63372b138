"""What finished jobs have left on the disk, as the queue file knows it: moves, results, folders."""

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktopproc.core.job import State
from desktopproc.engine.days import count_ended
from desktopproc.engine.names import key_of
from desktopproc.engine.records import Landed, Leaving, MadeFile, stored_path
from desktopproc.engine.store import Store

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Trace:
    """What one job has done to the disk: its results, and the sources that left their places."""

    job: int
    folder: Path  # the output folder
    inputs: tuple[Path, ...]
    results: tuple[Landed, ...]
    moves: tuple[Leaving, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back of a job, and a sentence for each thing that was not."""

    job: int
    files: int
    gone: tuple[Path, ...]  # results that are not there any more
    moves: tuple[int, ...]  # positions of those that are back
    left: tuple[str, ...]


class History:
    """The far end of a job's life in the queue file; the engine thread alone uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.rows

    def leaving(self, jobs: Iterable[int]) -> list[Trace]:
        """Jobs whose sources are still to leave their places."""
        return self._traces(list(jobs), "pending")

    def aim(self, job: int, moves: Iterable[Leaving]) -> None:
        """Write down where sources go, or what is about to lie there, before it does."""
        with self._store.change(durable=True) as db:
            db.executemany(_MOVE, [_move_row(job, move) for move in moves])

    def arrive(
        self,
        job: int,
        moves: Sequence[tuple[Leaving, str]],
        *,
        notes: Sequence[str],
        folders: Iterable[Path],
    ) -> bool:
        """Mark a job done whose sources have left, each with the state that it came to."""
        with self._store.change(durable=True) as db:
            db.executemany(
                "UPDATE moves SET state = ?, new_mtime_ns = ?, new_inode = ? "
                "WHERE job = ? AND position = ?",
                [(state, *_arrived(move), job, move.position) for move, state in moves],
            )
            db.executemany(
                "INSERT OR IGNORE INTO folders SELECT batch, ? FROM jobs WHERE id = ?",
                [(os.fsencode(folder), job) for folder in folders],
            )
            if any(move.target is None and state == "done" for move, state in moves):
                # The only one there is now: no result for later runs, but a source like any other.
                results = "SELECT path FROM outputs WHERE job = ?"
                db.execute(f"DELETE FROM made WHERE path IN ({results})", (job,))
            rows = db.execute(
                "UPDATE jobs SET state = 'done', lease = NULL, code = NULL, message = NULL, "
                "finished = ? WHERE id = ? AND state = 'running' RETURNING notes",
                (time.time(), job),
            ).fetchall()
            for (stored,) in rows:
                _set_notes(db, job, [*json.loads(stored), *notes])
                count_ended(db, [job])
        return bool(rows)

    # Undo

    def done_after(self, batch: int, job: int) -> list[Trace]:
        """The next done jobs of a batch; those that only found an earlier result are left out."""
        sql = (
            "SELECT id FROM jobs WHERE batch = ? AND state = 'done' AND attempts AND id > ? "
            "ORDER BY id LIMIT ?"
        )
        rows = self._rows.execute(sql, (batch, job, _AT_ONCE))
        return self._traces([row[0] for row in rows], "done")

    def take_back(self, undone: Sequence[Undone]) -> None:
        """Write down what was taken back; a job of which nothing is left is cancelled."""
        with self._store.change(durable=True) as db:
            for one in undone:
                gone = [(os.fsencode(path),) for path in one.gone]
                db.executemany(
                    "DELETE FROM outputs WHERE job = ? AND path = ?",
                    [(one.job, *row) for row in gone],
                )
                db.executemany("DELETE FROM made WHERE path = ?", gone)
                db.executemany(
                    "UPDATE moves SET state = 'undone' WHERE job = ? AND position = ?",
                    [(one.job, position) for position in one.moves],
                )
                self._close(db, one)

    def _close(self, db: Any, undone: Undone) -> None:
        if undone.left:
            (stored,) = db.execute("SELECT notes FROM jobs WHERE id = ?", (undone.job,)).fetchone()
            before = [note for note in json.loads(stored) if note not in undone.left]
            _set_notes(db, undone.job, [*before, *undone.left])
            return
        db.execute(
            "UPDATE jobs SET state = ?, size_out = NULL WHERE id = ?",
            (State.CANCELLED.value, undone.job),
        )
        _set_notes(db, undone.job, ["Undone."])

    def folders(self, batch: int) -> list[Path]:
        """The folders below the output folder that were made for a batch, deepest first."""
        rows = self._rows.execute("SELECT path FROM folders WHERE batch = ?", (batch,))
        found = [stored_path(path) for (path,) in rows]
        return sorted(found, key=lambda path: len(path.parts), reverse=True)

    def _traces(self, jobs: Sequence[int], state: str) -> list[Trace]:
        wanted = json.dumps(list(jobs))
        roots = self._rows.execute(
            "SELECT jobs.id, folder FROM jobs JOIN batches ON batches.id = batch "
            "WHERE jobs.id IN (SELECT value FROM json_each(?)) ORDER BY jobs.id",
            (wanted,),
        ).fetchall()
        inputs = _grouped(
            (job, stored_path(path))
            for job, path in self._rows.execute(
                "SELECT job, path FROM files WHERE job IN (SELECT value FROM json_each(?)) "
                "ORDER BY job, position",
                (wanted,),
            )
        )
        results = _grouped(map(_result, self._rows.execute(_RESULTS, (wanted,))))
        moves = _grouped(map(_move, self._rows.execute(_MOVES, (wanted, state))))
        return [
            Trace(
                job,
                stored_path(folder),
                tuple(inputs.get(job, ())),
                tuple(results.get(job, ())),
                tuple(moves.get(job, ())),
            )
            for job, folder in roots
        ]


_RESULTS = """
    SELECT job, target, path, size, mtime_ns, inode, replaced FROM outputs
    WHERE job IN (SELECT value FROM json_each(?)) AND is_placed ORDER BY job, position
"""
_MOVES = """
    SELECT job, position, source, size, mtime_ns, inode, digest, target, new_mtime_ns, new_inode
    FROM moves WHERE job IN (SELECT value FROM json_each(?)) AND state = ? ORDER BY job, position
"""
_MOVE = """
    INSERT OR REPLACE INTO moves (job, position, source, size, mtime_ns, inode, digest, target, key,
    new_mtime_ns, new_inode) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def write_moves(db: Any, job: int, moves: Sequence[Leaving]) -> None:
    """Write down inside a change what is to leave its place once the job's results are safe."""
    db.execute("DELETE FROM moves WHERE job = ?", (job,))
    db.executemany(_MOVE, [_move_row(job, move) for move in moves])


def _move_row(job: int, move: Leaving) -> tuple[object, ...]:
    source, target = move.source, move.target
    name = (None, None) if target is None else (os.fsencode(target), key_of(target))
    file = (os.fsencode(source.path), source.size, source.mtime_ns, source.inode)
    return (job, move.position, *file, move.digest, *name, *_arrived(move))


def _arrived(move: Leaving) -> tuple[int | None, int | None]:
    return (move.arrived.mtime_ns, move.arrived.inode) if move.arrived else (None, None)


def _move(row: Any) -> tuple[int, Leaving]:
    job, position, source, size, mtime_ns, inode, digest, target, new_mtime_ns, new_inode = row
    move = Leaving(position, MadeFile(stored_path(source), size, mtime_ns, inode), digest)
    if target is None:
        return job, move
    path = stored_path(target)
    arrived = MadeFile(path, size, new_mtime_ns, new_inode) if new_inode is not None else None
    return job, replace(move, target=path, arrived=arrived)


def _result(row: Any) -> tuple[int, Landed]:
    job, target, path, size, mtime_ns, inode, replaced = row
    return job, Landed(target, MadeFile(stored_path(path), size, mtime_ns, inode), bool(replaced))


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for job, one in pairs:
        found.setdefault(job, []).append(one)
    return found


def _set_notes(db: Any, job: int, notes: Sequence[str]) -> None:
    db.execute("UPDATE jobs SET notes = ? WHERE id = ?", (json.dumps(list(notes)), job))
