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
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.plan import Plan, root_of
from desktopproc.engine.records import BatchRow, Claimed
from desktopproc.formats.probe import probe


@dataclass(frozen=True, slots=True)
class Look:
    """What a refused file turned out to be now."""

    job: int
    batch: int
    facts: Facts
    root: Path | None


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
        held = self._ledger.held(jobs)
        self._io.submit(lambda: deliver([_look(job) for job in held]))

    def renew(self, looks: Sequence[Look]) -> list[int]:
        """Make jobs of the files that are good now; answers those that may run."""
        renewed = []
        for look in looks:
            row = self._ledger.batch(look.batch)
            operation = self._operations.get(row.operation) if row else None
            if row is None or operation is None:
                continue
            request = _request(row, look, operation)
            if operation.shape(request.options) is Shape.MANY_TO_ONE:
                continue  # a file that was left out cannot join a finished whole
            plan = Plan(request, operation, _EveryName(self._intake.register))
            with self._intake.planning():
                (planned,) = plan.jobs()
                self._intake.replace(look.job, planned)
            if not planned.state.is_final:
                renewed.append(look.job)
        return renewed


def _look(job: Claimed) -> Look:
    path, stored = job.files[0]
    return Look(job.id, job.batch, probe(path), root_of(stored))


def _request(row: BatchRow, look: Look, operation: Operation) -> Request:
    return Request(
        operation=row.operation,
        options=build(operation.options, row.plain_options()),
        files=((look.facts, look.root),),
        output=OutputPlan(row.folder, row.template, Conflict(row.conflict), row.keep_tree),
        priority=Priority(row.priority),
        reuse=row.reuse,
    )
