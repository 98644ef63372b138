"""Gives finished jobs their names: announces them, hears what came of it, finds other names."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from desktopproc.core.errors import Failure
from desktopproc.core.job import Conflict
from desktopproc.core.operation import Shape
from desktopproc.engine import task as talk
from desktopproc.engine.committer import Committer, Ready, Results
from desktopproc.engine.held import Held
from desktopproc.engine.ledger import Ledger
from desktopproc.engine.outputs import Placement, final_files, is_changeable, measure, sweep
from desktopproc.engine.plan import already
from desktopproc.engine.recipes import recipe
from desktopproc.engine.records import Finished, Landed, Leaving, Spent


class Names(Protocol):
    """Who gives a job another output name."""

    def another(self, job: int, position: int, taken: Path) -> Path: ...


class Aims(Protocol):
    """Who knows where sources may go."""

    def aim(self, job: int, moves: Sequence[Leaving], root: Path) -> tuple[Leaving, ...]: ...


@dataclass(slots=True)
class Settled:
    """What came of a group: the jobs that are done, and those that are not."""

    done: list[Finished] = field(default_factory=list)
    skipped: list[tuple[Held, Failure, float]] = field(default_factory=list)
    failed: list[tuple[Held, Failure, float]] = field(default_factory=list)


class Naming:
    """From complete temp files to names. Engine thread only."""

    def __init__(self, ledger: Ledger, names: Names, aims: Aims) -> None:
        self._ledger, self._names, self._aims = ledger, names, aims
        self._committer: Committer

    def use(self, committer: Committer) -> None:
        self._committer = committer

    def add(self, held: Held, event: talk.Finished) -> None:
        """Have a job that is written named with the next group."""
        seconds = f"{event.seconds:.3f} s, {event.cpu_seconds:.3f} s CPU"
        how = "made before, " if event.reuse.is_hit else ""
        log = f"{held.context.operation.title}: {how}{seconds}"
        job = held.claimed.id
        self._committer.add(
            Ready(
                job,
                self._placements(held, event),
                event.seconds,
                event.notes,
                "\n".join((log, *event.notes)),
                Spent(held.began, event.cpu_seconds, event.stages),
                self._aims.aim(job, event.moves, held.context.folder),
                event.reuse.is_hit,
                event.reuse.stamps,
            )
        )

    def _placements(self, held: Held, event: talk.Finished) -> tuple[Placement, ...]:
        context = held.context
        may_replace = context.conflict in {Conflict.OVERWRITE, Conflict.UPDATE}
        has_stale = may_replace and context.shape is Shape.ONE_TO_FOLDER
        made = zip(held.temps, held.claimed.targets, event.files, strict=True)
        return tuple(
            Placement(
                position=position,
                temp=temp,
                target=target,
                root=context.folder,
                files=final_files(temp, target, files),
                may_replace=may_replace,
                replaces=may_replace and os.path.lexists(target),
                stale=self._ledger.results_in(target) if has_stale else (),
            )
            for position, (temp, target, files) in enumerate(made)
            if files
        )

    def announce(self, group: Sequence[Ready]) -> None:
        """Write down what is about to get its name."""
        self._ledger.placing([(ready.job, landed(ready), ready.moves) for ready in group])

    def settle(self, results: Results, held: Mapping[int, Held]) -> Settled:
        """What a group became; results whose names were taken go round once more."""
        self._committer.landed()
        settled = Settled()
        for ready, failures in results:
            self._judge(held[ready.job], ready, failures, settled)
        return settled

    def _judge(
        self, held: Held, ready: Ready, failures: Sequence[Failure | None], settled: Settled
    ) -> None:
        outcome = list(zip(ready.placements, failures, strict=True))
        taken = [placement for placement, failure in outcome if failure]
        for placement, failure in outcome:
            if failure and not is_changeable(placement, failure):
                settled.failed.append((held, failure, ready.seconds))
                return
        if taken and held.context.conflict is Conflict.RENAME:
            self._committer.add(self._renamed(held, ready, taken))
            return
        for placement in taken:
            sweep(placement.temp)
        rest = tuple([placement for placement in ready.placements if placement not in taken])
        if not rest:
            failure = already([placement.target for placement in taken])
            settled.skipped.append((held, failure, ready.seconds))
            return
        notes = (*ready.notes, *[already([placement.target]).message for placement in taken])
        settled.done.append(_finished(held, replace(ready, placements=rest, notes=notes)))

    def _renamed(self, held: Held, ready: Ready, taken: Sequence[Placement]) -> Ready:
        """Somebody took names meanwhile: keep these results under other ones."""
        placements = list(ready.placements)
        for placement in taken:
            target = self._names.another(ready.job, placement.position, placement.target)
            held.claimed = held.claimed.at(placement.position, target)
            placements[placements.index(placement)] = placement.at(target)
        return replace(ready, placements=tuple(placements))


def landed(ready: Ready) -> list[Landed]:
    """The files of a job as the queue file keeps them."""
    return [Landed(p.position, file, p.replaces) for p in ready.placements for file in p.files]


def _recipe_of(held: Held) -> bytes:
    """How a job's results were made; what may be better the next time was made by no recipe."""
    if held.is_makeshift:
        return os.urandom(16)
    return recipe(held.context.method, held.facts, held.claimed.item)


def _finished(held: Held, ready: Ready) -> Finished:
    targets = {}
    for placement in ready.placements:
        try:
            targets[placement.position] = measure(placement.target)
        except OSError:  # taken away by somebody the moment it had its name: still made
            targets[placement.position] = placement.files[0]
    return Finished(
        ready.job,
        targets,
        ready.size,
        _recipe_of(held),
        ready.seconds,
        ready.notes,
        ready.log,
        ready.spent,
        has_unused=len(targets) < len(held.claimed.targets),
        is_leaving=bool(ready.moves),
        is_reused=ready.is_reused,
        stamps=ready.stamps,
    )
