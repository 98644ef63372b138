"""After a process died: its jobs go back to the queue, half results vanish, whole ones count."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktopproc.core.job import Conflict
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.neighbours import Neighbours, is_alive
from desktopproc.engine.outputs import (
    Placement,
    measure,
    parts_folder,
    place_group,
    sweep,
    take_back,
    temps_of,
)
from desktopproc.engine.plan import facts_of
from desktopproc.engine.recipes import method_of, recipe
from desktopproc.engine.records import BatchRow, Claimed, Finished, Landed
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

    def adopt_dead(self) -> tuple[int, list[int]]:
        """Free what dead processes held.

        Answers how many jobs went back or were finished, and those whose results are safe but
        whose sources have not all left their places.
        """
        dead = [lease for lease in self._store.leases() if not is_alive(lease)]
        count, leaving = 0, []
        for lease in dead:
            if lease.id == self._lease:
                continue
            jobs = self._store.adopt(lease.id, self._lease)
            self._neighbours.forget(lease.id)
            leaving += [held.id for held in self._ledger.held(jobs) if self._settle(held)]
            count += len(jobs)
        if count:
            log.info("%s interrupted jobs were taken over", count)
        return count, leaving

    def _settle(self, claimed: Claimed) -> bool:
        """A job whose outputs have their names is done, or leaving; any other one waits again."""
        if self._ledger.has_landed(claimed.id):
            return True
        row = self._ledger.batch(claimed.batch)
        operation = self._operations.get(row.operation) if row else None
        temps = temps_of(claimed, self._store.tag)
        done = self._found(claimed, row, operation, temps) if row and operation else None
        for temp in temps:
            sweep(temp)
            sweep(parts_folder(temp))
        if done is None:
            self._ledger.give_back([claimed.id], uncount=False)
            return False
        self._ledger.finish([done])
        return done.is_leaving

    def _found(
        self, claimed: Claimed, row: BatchRow, operation: Operation, temps: Sequence[Path]
    ) -> Finished | None:
        """The job as it is done, if all that was announced of it can have its name; else None.

        Names are given when the contents of the whole group are on the disk: where one result of
        a job has its name, what still lies under a temp name is whole too. Where none has, the
        power may have failed before: the job is done again.
        """
        options: object = build(operation.options, row.plain_options())
        is_folder = operation.shape(options) is Shape.ONE_TO_FOLDER
        placements = _placements(claimed, row, self._ledger.announced(claimed.id), temps, is_folder)
        if not any(placement.lies_there() for placement in placements):
            return None
        if any(place_group([placements])[0]):
            take_back(placements)
            return None
        facts = [facts_of(path, stored) for path, stored in claimed.files]
        return Finished(
            claimed.id,
            {placement.position: measure(placement.target) for placement in placements},
            sum(file.size for placement in placements for file in placement.files),
            recipe(method_of(operation, options), facts, claimed.item),
            seconds=0.0,
            notes=(),
            log="The program ended while the results got their names; they were found whole.",
            has_unused=len(placements) < len(claimed.targets),
            is_leaving=self._ledger.is_leaving(claimed.id),
        )


def _placements(
    claimed: Claimed,
    row: BatchRow,
    announced: Sequence[Landed],
    temps: Sequence[Path],
    is_folder: bool,  # noqa: FBT001 - private
) -> list[Placement]:
    """What was announced of a job, as it was to be placed."""
    may_replace = Conflict(row.conflict) in {Conflict.OVERWRITE, Conflict.UPDATE}
    found: dict[int, list[Landed]] = {}
    for one in announced:
        found.setdefault(one.position, []).append(one)
    return [
        Placement(
            position=position,
            temp=temps[position],
            target=claimed.targets[position] if is_folder else landed[0].file.path,
            root=row.folder,
            files=tuple(one.file for one in landed),
            may_replace=may_replace,
            replaces=landed[0].replaces,
        )
        for position, landed in found.items()
    ]
