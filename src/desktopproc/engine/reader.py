"""Questions to the queue file that change nothing: pages of rows, counts, batches, logs."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from desktopproc.core.errors import Failure
from desktopproc.core.job import Batch, Conflict, Counts, Job, OutputPlan, Priority, State
from desktopproc.engine.records import stored_path


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a batch was started with; `options` are plain values, which `schema.build` reads."""

    operation: str
    options: Mapping[str, Any]
    output: OutputPlan


class Rows(Protocol):
    """What is needed of a database connection to ask it something."""

    def execute(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ..., /
    ) -> Iterable[Any]: ...


class Reader:
    """A view of the queue for one thread; every answer is one moment of it."""

    def __init__(self, rows: Rows, close: Callable[[], None]) -> None:
        self.rows = self._rows = rows
        self.close = close

    def page(
        self,
        *,
        states: Collection[State] | None = None,
        batch: int | None = None,
        text: str = "",
        offset: int = 0,
        limit: int = 200,
        newest_first: bool = False,
    ) -> list[Job]:
        """Rows in the order they were added, or the reverse; `text` is looked for in names."""
        where, values = _filter(states, batch, text)
        order = "DESC" if newest_first else "ASC"
        sql = f"SELECT id FROM jobs {where} ORDER BY id {order} LIMIT ? OFFSET ?"
        return self.jobs([row[0] for row in self._rows.execute(sql, (*values, limit, offset))])

    def count(
        self,
        *,
        states: Collection[State] | None = None,
        batch: int | None = None,
        text: str = "",
    ) -> int:
        """How many rows `page` would go through."""
        if not text:
            counts = self.counts(batch)
            return sum(getattr(counts, state.value) for state in (states or State))
        where, values = _filter(states, batch, text)
        return int(_one(self._rows.execute(f"SELECT count(*) FROM jobs {where}", values))[0])

    def place(self, job: int) -> int | None:
        """How many rows come before a job's in the order of `page`; None where it is gone."""
        sql = "SELECT (SELECT count(*) FROM jobs WHERE id < :job) FROM jobs WHERE id = :job"
        return next((row[0] for row in self._rows.execute(sql, {"job": job})), None)

    def counts(self, batch: int | None = None) -> Counts:
        """Jobs by state, of one batch or of all; kept up to date by the queue file itself."""
        sql = (
            "SELECT state, sum(jobs) FROM tally WHERE :batch IS NULL OR batch = :batch "
            "GROUP BY state"
        )
        return Counts(**{state: int(n) for state, n in self._rows.execute(sql, {"batch": batch})})

    def ahead(self, batches: Collection[int]) -> list[tuple[int, str, int, float]]:
        """The jobs of these batches that wait, paused ones left out: batch, sort, number, weight.

        Jobs of one sort take alike; the weight is that of all of them together.
        """
        sql = (
            "SELECT batch, sort, total(jobs), total(weight) FROM tally WHERE batch IN "
            "(SELECT id FROM batches WHERE NOT is_paused AND lease IS NULL AND id IN "
            "(SELECT value FROM json_each(?))) AND state IN ('waiting', 'delayed') AND jobs > 0 "
            "GROUP BY batch, sort"
        )
        rows = self._rows.execute(sql, (json.dumps(list(batches)),))
        return [(batch, sort, int(jobs), weight) for batch, sort, jobs, weight in rows]

    def options(self, batch: int) -> tuple[str, str]:
        """The operation of a batch and its options as they are stored; empty where it is gone."""
        sql = "SELECT operation, options FROM batches WHERE id = ?"
        found: tuple[str, str] = next(iter(self._rows.execute(sql, (batch,))), ("", ""))
        return found

    def trends(self) -> list[tuple[str, str, str, str]]:
        """What jobs have taken, as `Trends` keeps it: operation, format, options, sums."""
        sql = "SELECT operation, format, options, sums FROM trends"
        return list(self._rows.execute(sql))

    def sizes(self, batches: Collection[int]) -> tuple[int, int]:
        """Bytes before and after of the done jobs of these batches; looks at each such row."""
        marks = ",".join("?" * len(batches))
        sql = (
            f"SELECT total(size_in), total(size_out) FROM jobs WHERE batch IN ({marks}) "
            "AND state = 'done' AND size_out IS NOT NULL"
        )
        before, after = _one(self._rows.execute(sql, tuple(batches)))
        return int(before), int(after)

    def reused(self, batches: Collection[int], but: Collection[int] = ()) -> int:
        """How many jobs of these batches are done by a result that was there; not those in `but`.

        Looks at each done job of the batches.
        """
        sql = (
            "SELECT count(*) FROM jobs WHERE batch IN (SELECT value FROM json_each(?)) "
            "AND state = 'done' AND cached AND id NOT IN (SELECT value FROM json_each(?))"
        )
        values = (json.dumps(list(batches)), json.dumps(list(but)))
        return int(_one(self._rows.execute(sql, values))[0])

    def ordered(self, batch: int) -> Ordered | None:
        """What was ordered with a batch: its options as stored, and where its results go."""
        sql = (
            "SELECT operation, options, folder, template, conflict, keep_tree FROM batches "
            "WHERE id = ?"
        )
        row = next(iter(self._rows.execute(sql, (batch,))), None)
        if row is None:
            return None
        operation, options, folder, template, conflict, keep_tree = row
        place = stored_path(folder)
        plan = OutputPlan(place, template, Conflict(conflict), bool(keep_tree))
        return Ordered(operation, json.loads(options), plan)

    def jobs(self, ids: Sequence[int]) -> list[Job]:
        """These rows, in this order; ids that are gone are left out."""
        wanted = json.dumps(list(ids))
        found = {row[0]: row for row in self._rows.execute(_JOBS, (wanted,))}
        inputs = _paths(self._rows.execute(_INPUTS, (wanted,)))
        outputs = _paths(self._rows.execute(_OUTPUTS, {"jobs": wanted}))
        return [
            _job(found[id_], inputs.get(id_, ()), outputs.get(id_, ()))
            for id_ in ids
            if id_ in found
        ]

    def batches(self, *, only_open: bool = False) -> list[Batch]:
        """All batches, oldest first; `only_open` leaves out those with nothing left to do."""
        sql = (
            "SELECT id, operation, preset, created, is_paused, pause_reason FROM batches "
            "WHERE lease IS NULL AND (NOT ? OR id IN (SELECT batch FROM tally WHERE jobs > 0 "
            "AND state IN ('waiting', 'delayed', 'running'))) ORDER BY id"
        )
        rows = list(self._rows.execute(sql, (only_open,)))
        return [
            Batch(id_, operation, preset, created, bool(paused), reason, self.counts(id_))
            for id_, operation, preset, created, paused, reason in rows
        ]

    def log(self, job: int) -> str:
        """Everything that happened to a job, attempt by attempt."""
        sql = "SELECT number, outcome, seconds, log FROM attempts WHERE job = ? ORDER BY number"
        parts = [
            f"Attempt {number}: {outcome}, {seconds:.2f} s\n{log}".rstrip()
            for number, outcome, seconds, log in self._rows.execute(sql, (job,))
        ]
        return "\n\n".join(parts)


_JOBS = """
    SELECT id, batch, (SELECT operation FROM batches WHERE batches.id = batch), state, priority,
           attempts, cached, seconds, size_in, size_out, code, message, notes, item
    FROM jobs WHERE id IN (SELECT value FROM json_each(?))
"""
_INPUTS = """
    SELECT job, path FROM files WHERE job IN (SELECT value FROM json_each(?)) ORDER BY job, position
"""
_OUTPUTS = """
    SELECT job, path FROM (
        SELECT job, path, position FROM outputs
        WHERE job IN (SELECT value FROM json_each(:jobs)) AND is_placed
        UNION ALL
        SELECT job, path, position FROM targets
        WHERE job IN (SELECT value FROM json_each(:jobs)) AND is_held
          AND (SELECT state FROM jobs WHERE jobs.id = job) <> 'done'
          AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.job = targets.job AND is_placed)
    ) ORDER BY job, position
"""


def _filter(
    states: Collection[State] | None, batch: int | None, text: str
) -> tuple[str, tuple[Any, ...]]:
    """The WHERE of a page. One state has an index in the order of rows; for anything else the
    "+" keeps SQLite from using another index and sorting: it goes through the rows in order."""
    parts: list[str] = []
    values: list[Any] = []
    if states is not None:
        column = "state" if len(states) == 1 else "+state"
        parts.append(f"{column} IN ({','.join('?' * len(states))})")
        values += [state.value for state in states]
    if batch is not None:
        parts.append("+batch = ?")
        values.append(batch)
    if text:
        parts.append("name LIKE ? ESCAPE '!'")
        values.append("%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%")
    return ("WHERE " + " AND ".join(parts) if parts else ""), tuple(values)


def _one(rows: Iterable[Any]) -> Any:
    return next(iter(rows))


def _paths(rows: Iterable[tuple[int, bytes]]) -> dict[int, tuple[Path, ...]]:
    found: dict[int, list[Path]] = {}
    for job, path in rows:
        found.setdefault(job, []).append(stored_path(path))
    return {job: tuple(paths) for job, paths in found.items()}


def _job(row: Any, inputs: tuple[Path, ...], outputs: tuple[Path, ...]) -> Job:
    id_, batch, operation, state, priority, attempts, cached, seconds = row[:8]
    size_in, size_out, code, message, notes, item = row[8:]
    return Job(
        id=id_,
        batch=batch,
        operation=operation,
        inputs=inputs,
        outputs=outputs,
        state=State(state),
        priority=Priority(priority),
        attempts=attempts,
        cached=bool(cached),
        seconds=seconds,
        size_in=size_in,
        size_out=size_out,
        error=Failure(code, message) if code else None,
        notes=tuple(json.loads(notes)),
        item=item,
    )
