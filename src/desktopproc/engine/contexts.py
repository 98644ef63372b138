"""What jobs need to run: what their batch says, read once, and what is said of each."""

from collections.abc import Mapping

from desktopproc.core.errors import UnsupportedError
from desktopproc.core.job import Conflict
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine import task as talk
from desktopproc.engine.capacity import Capacity
from desktopproc.engine.held import Context, Held
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.recipes import method_of
from desktopproc.engine.shelves import Shelves
from desktopproc.engine.vault import Vault


class Contexts:
    """By batch. Engine thread only."""

    def __init__(
        self, ledger: Ledger, vault: Vault, operations: Mapping[str, Operation], shelves: Shelves
    ) -> None:
        self._ledger, self._vault = ledger, vault
        self._operations, self._shelves = operations, shelves
        self._known: dict[int, Context] = {}

    def of(self, batch: int) -> Context:
        """What jobs of a batch need to run; our error where they cannot."""
        if batch not in self._known:
            self._known[batch] = self._read(batch)
        return self._known[batch]

    def forget(self) -> None:
        """Read anew what batches need: somebody may have given one more passwords."""
        self._known.clear()

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
        )


def task_of(
    held: Held, keeping: talk.Keeping | None, settings: Settings, capacity: Capacity
) -> talk.Task:
    """What a worker is told to do for a job."""
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
        keeping=keeping,
    )
