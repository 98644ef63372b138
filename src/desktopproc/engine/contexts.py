"""Finds out what all jobs of a batch share, once for each batch."""

from collections.abc import Mapping, Sequence

from desktopproc.core.errors import ProcError, UnsupportedError
from desktopproc.core.job import Conflict, Facts
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build
from desktopproc.engine.admission import need_mb
from desktopproc.engine.held import Context
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.vault import Vault
from desktopproc.formats.outside.programs import PROGRAMS, find


class Contexts:
    """Engine thread only."""

    def __init__(self, ledger: Ledger, vault: Vault, operations: Mapping[str, Operation]) -> None:
        self._ledger, self._vault, self._operations = ledger, vault, operations
        self._known: dict[int, Context] = {}

    def of(self, batch: int) -> Context:
        """What a batch was started with; UnsupportedError where we do not know its operation."""
        if batch not in self._known:
            row = self._ledger.batch(batch)
            if row is None or row.operation not in self._operations:
                raise UnsupportedError("The operation of this job is not part of this desktopproc.")
            operation = self._operations[row.operation]
            kept = self._vault.of(batch)
            options: object = build(operation.options, {**row.plain_options(), **kept.options})
            conflict = Conflict(row.conflict)
            asks = _asked(operation, options)
            self._known[batch] = Context(
                operation, options, row.folder, conflict, kept.passwords, asks
            )
        return self._known[batch]

    def need(self, batch: int, facts: Sequence[Facts]) -> float:
        """Megabytes that a job of this batch takes; nothing where it cannot even begin."""
        try:
            context = self.of(batch)
        except ProcError:
            return 0.0
        return need_mb(context.operation, context.options, facts)

    def forget(self) -> None:
        """Read anew what batches need: somebody may have given one more passwords."""
        self._known.clear()


def _asked(operation: Operation, options: object) -> tuple[str, ...]:
    """The programs of others that the jobs of a batch ask, where they are installed."""
    wanted = operation.asks(options) if operation.asks is not None else ()
    return tuple([each.title for each in PROGRAMS if each.title in wanted and find(each)])
