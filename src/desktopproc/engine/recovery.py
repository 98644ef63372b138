"""After a process died: its jobs go back to the queue, half results vanish, whole ones count."""

import logging
from collections.abc import Mapping

from desktopproc.core.operation import Operation
from desktopproc.core.schema import build
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.neighbours import Neighbours, is_alive
from desktopproc.engine.outputs import is_same, measure, sweep, temp_beside
from desktopproc.engine.plan import facts_of, recipe
from desktopproc.engine.records import Claimed, Finished
from desktopproc.engine.store import Store

log = logging.getLogger(__name__)


class Recovery:
    """Takes over from dead processes. Engine thread only."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        neighbours: Neighbours,
        lease: int,
        operations: Mapping[str, Operation],
    ) -> None:
        self._store, self._ledger, self._neighbours = store, ledger, neighbours
        self._lease = lease
        self._operations = operations

    def adopt_dead(self) -> int:
        """Free what dead processes held; answers how many jobs went back or were finished."""
        dead = [lease for lease in self._store.leases() if not is_alive(lease)]
        count = 0
        for lease in dead:
            if lease.id == self._lease:
                continue
            jobs = self._store.adopt(lease.id, self._lease)
            self._neighbours.forget(lease.id)
            for claimed in self._ledger.held(jobs):
                self._settle(claimed)
            count += len(jobs)
        if count:
            log.info("%s interrupted jobs were taken over", count)
        return count

    def _settle(self, claimed: Claimed) -> None:
        """A job whose outputs had their names is done; any other one waits again."""
        sweep(temp_beside(claimed.target, self._store.tag, claimed.id, claimed.attempts))
        files = self._ledger.unplaced(claimed.id)
        row = self._ledger.batch(claimed.batch)
        operation = self._operations.get(row.operation) if row else None
        if not (files and row and operation and all(map(is_same, files))):
            self._ledger.give_back([claimed.id], uncount=False)
            return
        facts = [facts_of(path, stored) for path, stored in claimed.files]
        options: object = build(operation.options, row.plain_options())
        self._ledger.finish(
            [
                Finished(
                    claimed.id,
                    measure(claimed.target),
                    tuple(files),
                    recipe(operation, options, facts),
                    seconds=0.0,
                    notes=(),
                    log="The program ended while the result got its name; it was found whole.",
                )
            ]
        )
