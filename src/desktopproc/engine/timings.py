"""Answers from the queue file how long jobs took, how many ended, and which were slow."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopproc.core.stages import Stage
from desktopproc.engine.neighbours import is_alive
from desktopproc.engine.reader import Reader, Rows
from desktopproc.engine.records import Lease, stored_path

RECENT = 100_000
"""So many of the newest attempts are looked at; that takes a third of a second."""

_SLOW_FACTOR = 3.0  # times the 95th percentile
_SLOW_JOBS = 20  # that an operation must have done before one of them is called slow
_SLOW_LEAST_S = 1.0  # what is quicker is never slow
_SLOW_LISTED = 20


@dataclass(frozen=True, slots=True)
class Timing:
    """What the jobs of one operation took, in seconds; `waited` is in the queue."""

    operation: str
    jobs: int
    average: float
    p95: float
    longest: float
    waited: float | None
    cpu: float | None
    stages: Mapping[str, float]  # by the words of `Stage`, on average; empty if not measured


@dataclass(frozen=True, slots=True)
class Slow:
    """A job that took far longer than others of its operation, or longer than the limit."""

    job: int
    operation: str
    name: str
    seconds: float
    p95: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many jobs of an operation failed for one kind of reason, and what one of them said."""

    operation: str
    code: str
    jobs: int
    message: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How many jobs ended in a span of time; `done` has those `cached` among them."""

    done: int = 0
    cached: int = 0
    failed: int = 0
    skipped: int = 0
    bytes_in: int = 0

    @property
    def error_rate(self) -> float | None:
        """The share that failed of those that were tried."""
        tried = self.done + self.failed
        return self.failed / tried if tried else None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the queue as its process told it last: times by the wall clock."""

    pid: int | None  # of the process that works; None when it is gone
    began: float
    told: float
    is_over: bool
    figures: Mapping[str, Any]

    @property
    def is_going_on(self) -> bool:
        return not self.is_over and self.pid is not None


class Timings:
    """Questions about the past, for the thread of its reader; `rows` is what the reader reads."""

    def __init__(self, reader: Reader) -> None:
        self._rows: Rows = reader.rows

    def ended(self, *, today: bool) -> Ended:
        """Jobs that ended today, or ever since this is counted; cleared ones are in it."""
        sql = (
            "SELECT total(done), total(cached), total(failed), total(skipped), total(bytes_in) "
            "FROM days WHERE NOT ? OR day = date('now', 'localtime')"
        )
        return Ended(*[int(value) for value in next(iter(self._rows.execute(sql, (today,))))])

    def by_operation(self, *, limit_s: float) -> tuple[list[Timing], list[Slow]]:
        """Operations by the time they took in all, and slow jobs, slowest first.

        `limit_s` makes any job slow that took longer; 0 is no limit.
        """
        found: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for operation, seconds, job in self._rows.execute(_SECONDS, (RECENT,)):
            found[operation].append((seconds, job))
        for took in found.values():
            took.sort()
        measured = {row[0]: row[1:] for row in self._rows.execute(_MEASURED, (RECENT,))}
        timings = [_timing(name, took, measured.get(name)) for name, took in found.items()]
        timings.sort(key=lambda timing: -timing.average * timing.jobs)
        return timings, self._named(_slow(timings, found, limit_s))

    def _named(self, slow: Sequence[tuple[float, int, Timing]]) -> list[Slow]:
        wanted = json.dumps([job for _, job, _ in slow])
        sql = "SELECT id, name FROM jobs WHERE id IN (SELECT value FROM json_each(?))"
        names = dict(self._rows.execute(sql, (wanted,)))
        return [
            Slow(job, timing.operation, names[job], seconds, timing.p95)
            for seconds, job, timing in slow
            if job in names  # else it was cleared meanwhile
        ]

    def troubles(self) -> list[Trouble]:
        """Why the jobs in the list failed, the most frequent reason first."""
        return [Trouble(*row) for row in self._rows.execute(_TROUBLES)]

    def runs(self, count: int = 10) -> list[Run]:
        """The newest runs, newest first."""
        sql = (
            "SELECT lease, pid, birth, began, told, is_over, figures FROM runs "
            "LEFT JOIN leases ON leases.id = lease ORDER BY runs.id DESC LIMIT ?"
        )
        return [
            Run(_alive(lease, pid, birth), began, told, bool(is_over), json.loads(figures))
            for lease, pid, birth, began, told, is_over, figures in self._rows.execute(
                sql, (count,)
            )
        ]

    def places(self) -> tuple[list[Path], list[Path]]:
        """Where files came from lately, and the folders where results went."""
        rows = list(self._rows.execute(_PLACES))
        return (
            [stored_path(source) for source, _ in rows],
            [stored_path(folder) for _, folder in rows],
        )

    def repeats(self, *, in_all: bool) -> int:
        """Jobs that made once more what an unchanged file had been made into with these options.

        Batches that were told to make everything anew, or, with `in_all`, the others too.
        """
        return int(next(iter(self._rows.execute(_REPEATS, (RECENT, in_all))))[0] or 0)

    def noted(self, sentence: str, operation: str) -> int:
        """How many jobs of the newest batches of an operation were told this."""
        (count,) = next(iter(self._rows.execute(_NOTED, (operation, sentence))))
        return int(count)


_DONE = """
    FROM attempts JOIN jobs ON jobs.id = attempts.job JOIN batches ON batches.id = jobs.batch
    WHERE attempts.rowid > (SELECT max(rowid) FROM attempts) - ? AND outcome = 'done' AND NOT cached
"""
_SECONDS = f"SELECT operation, attempts.seconds, job {_DONE}"
_MEASURED = f"""
    SELECT operation, avg(max(0, began - created)), avg(cpu_s), avg(read_s), avg(decode_s),
    avg(process_s), avg(encode_s), avg(write_s) {_DONE} AND began IS NOT NULL GROUP BY operation
"""
_TROUBLES = """
    SELECT operation, code, count(*), min(message) FROM jobs JOIN batches ON batches.id = batch
    WHERE state = 'failed' AND code IS NOT NULL GROUP BY operation, code
    ORDER BY count(*) DESC, operation, code
"""


_PLACES = """
    SELECT path, folder FROM (SELECT job FROM attempts ORDER BY rowid DESC LIMIT 50)
    JOIN files USING (job) JOIN jobs ON jobs.id = job JOIN batches ON batches.id = batch
    WHERE position = 0
"""
_REPEATS = f"""
    SELECT sum(times - 1) FROM (
        SELECT count(*) AS times FROM (
            SELECT operation, options, item, (
                SELECT path || facts FROM files WHERE files.job = jobs.id AND position = 0
            ) AS source {_DONE} AND (NOT reuse OR ?)
        ) GROUP BY operation, options, source, item
    )
"""
_NOTED = """
    SELECT count(*) FROM jobs WHERE state = 'done' AND batch IN (
        SELECT id FROM batches WHERE operation = ? ORDER BY id DESC LIMIT 10
    ) AND instr(notes, ?)
"""


def _alive(lease: int, pid: int | None, birth: str | None) -> int | None:
    """The process of a lease, if it still works under it."""
    if pid is None or birth is None or not is_alive(Lease(lease, pid, birth)):
        return None
    return pid


def percentile(ordered: Sequence[float], share: float) -> float:
    """Between the two values around it, as `statistics.quantiles` with method "inclusive"."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _timing(
    operation: str, took: Sequence[tuple[float, int]], measured: Sequence[float] | None
) -> Timing:
    seconds = [each for each, _ in took]
    waited, cpu, *stages = measured or (None, None)
    return Timing(
        operation,
        len(seconds),
        sum(seconds) / len(seconds),
        percentile(seconds, 0.95),
        seconds[-1],
        waited,
        cpu,
        {stage.word: spent for stage, spent in zip(Stage, stages, strict=False)},
    )


def _slow(
    timings: Sequence[Timing], found: Mapping[str, Sequence[tuple[float, int]]], limit_s: float
) -> list[tuple[float, int, Timing]]:
    """The slowest of those that are slow: seconds, job, and its operation's timing."""
    slow = [
        (seconds, job, timing)
        for timing in timings
        for seconds, job in found[timing.operation][-_SLOW_LISTED:]
        if _is_slow(seconds, timing, limit_s)
    ]
    return sorted(slow, key=lambda each: -each[0])[:_SLOW_LISTED]


def _is_slow(seconds: float, timing: Timing, limit_s: float) -> bool:
    far = max(_SLOW_LEAST_S, _SLOW_FACTOR * timing.p95)
    is_far_above = timing.jobs >= _SLOW_JOBS and seconds > far
    return is_far_above or 0 < limit_s < seconds
