"""What jobs need to run: what their batch says, found out once, and what is said of each."""

from collections.abc import Mapping, Sequence

from desktopproc.core.errors import ProcError, UnsupportedError
from desktopproc.core.job import Conflict, Facts
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine import task as talk
from desktopproc.engine.admission import need_mb
from desktopproc.engine.capacity import Capacity
from desktopproc.engine.held import Context, Held
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.recipes import method_of
from desktopproc.engine.shelves import Shelves
from desktopproc.engine.vault import Vault
from desktopproc.formats.outside.programs import PROGRAMS, find


class Contexts:
    """Engine thread only."""

    def __init__(
        self, ledger: Ledger, vault: Vault, operations: Mapping[str, Operation], shelves: Shelves
    ) -> None:
        self._ledger, self._vault = ledger, vault
        self._operations, self._shelves = operations, shelves
        self._known: dict[int, Context] = {}

    def of(self, batch: int) -> Context:
        """What a batch was started with; UnsupportedError where we do not know its operation."""
        if batch not in self._known:
            self._known[batch] = self._read(batch)
        return self._known[batch]

    def _read(self, batch: int) -> Context:
        row = self._ledger.batch(batch)
        if row is None or row.operation not in self._operations:
            raise UnsupportedError("The operation of this job is not part of this desktopproc.")
        operation = self._operations[row.operation]
        kept = self._vault.of(batch)
        options: object = build(operation.options, {**row.plain_options(), **kept.options})
        method = method_of(operation, options)
        is_secret = bool(kept.passwords or kept.options)
        return Context(
            operation,
            options,
            row.folder,
            Conflict(row.conflict),
            method,
            self._shelves.of(method) if row.reuse and not is_secret else None,
            kept.passwords,
            self._asked(batch, operation, options),
        )

    def need(self, batch: int, facts: Sequence[Facts]) -> float:
        """Megabytes that a job of this batch takes; nothing where it cannot even begin."""
        try:
            context = self.of(batch)
        except ProcError:
            return 0.0
        return need_mb(context.operation, context.options, facts)

    def _asked(self, batch: int, operation: Operation, options: object) -> tuple[str, ...]:
        """The programs of others that jobs of a batch ask, where they are installed."""
        if operation.asks is None:
            return ()
        wanted = operation.programs(options, self._ledger.families(batch))
        return tuple([each.title for each in PROGRAMS if each.title in wanted and find(each)])

    def forget(self) -> None:
        """Read anew what batches need: somebody may have given one more passwords."""
        self._known.clear()


def task_of(
    held: Held,
    keeping: talk.Keeping | None,
    resting: tuple[str, ...],
    settings: Settings,
    capacity: Capacity,
) -> talk.Task:
    """What a worker is told to do for a job, `resting` programs of others left out."""
    context, claimed = held.context, held.claimed
    run, shape = context.operation.run, context.shape
    return talk.Task(
        job=claimed.id,
        module=run.__module__,
        function=run.__name__,
        options=context.options,
        sources=held.facts,
        temps=held.temps,
        root=context.folder,
        is_folder=shape is Shape.ONE_TO_FOLDER,
        max_pixels=settings.max_megapixels * 1_000_000,
        threads=capacity.cores if shape is Shape.MANY_TO_ONE else held.threads,
        passwords=context.passwords,
        item=claimed.item,
        resting=resting,
        keeping=keeping,
    )
