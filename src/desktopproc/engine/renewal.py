"""Gives files a second look that were refused when they were planned: the user retries them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Conflict, Facts, OutputPlan, Priority, Request
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.engine.enqueue import Places
from desktopproc.engine.intake import Intake
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.itemising import items_of
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.plan import Items, Plan, root_of
from desktopproc.engine.records import BatchRow, Claimed
from desktopproc.formats.probe import probe


@dataclass(frozen=True, slots=True)
class Look:
    """What a refused file turned out to be now, as a request for it alone."""

    job: int
    batch: int
    request: Request
    operation: Operation
    items: Items


class _EveryName(Places):
    """Names of ended jobs count too: the results of the same batch lie under them."""

    def is_held(self, key: bytes) -> bool:
        return self._register.is_named(key)


class Renewal:
    """Looks at refused files again. Engine thread only, but for the looking."""

    def __init__(
        self, ledger: Ledger, intake: Intake, io: IoPool, operations: Mapping[str, Operation]
    ) -> None:
        self._ledger, self._intake, self._io = ledger, intake, io
        self._operations = operations

    def look(self, jobs: Sequence[int], deliver: Callable[[list[Look]], None]) -> None:
        """Read the headers of these jobs' files; `deliver` is called from the I/O thread."""
        refused = []
        for job in self._ledger.held(jobs):
            row = self._ledger.batch(job.batch)
            operation = self._operations.get(row.operation) if row else None
            if row is not None and operation is not None:
                refused.append((job, row, operation))
        self._io.submit(lambda: deliver([_look(*one) for one in refused]))

    def renew(self, looks: Sequence[Look]) -> list[int]:
        """Make jobs of the files that are good now; answers those that may run."""
        renewed = []
        for look in looks:
            if look.operation.shape(look.request.options) is Shape.MANY_TO_ONE:
                continue  # a file that was left out cannot join a finished whole
            renewed += self._renew(look)
        return renewed

    def _renew(self, look: Look) -> list[int]:
        """The refused job is the first of what the file becomes; the rest are new ones."""
        plan = Plan(look.request, look.operation, _EveryName(self._intake.register), look.items)
        with self._intake.planning():
            first, *rest = plan.jobs()
            self._intake.replace(look.job, first)
            added = self._intake.add(look.batch, int(look.request.priority), rest)
        jobs = zip((look.job, *added), (first, *rest), strict=True)
        return [job for job, planned in jobs if not planned.state.is_final]


def _look(job: Claimed, row: BatchRow, operation: Operation) -> Look:
    path, stored = job.files[0]
    request = _request(row, probe(path), root_of(stored), operation)
    return Look(job.id, job.batch, request, operation, items_of(request, operation))


def _request(row: BatchRow, facts: Facts, root: Path | None, operation: Operation) -> Request:
    return Request(
        operation=row.operation,
        options=build(operation.options, row.plain_options()),
        files=((facts, root),),
        output=OutputPlan(row.folder, row.template, Conflict(row.conflict), row.keep_tree),
        priority=Priority(row.priority),
        reuse=row.reuse,
    )
