"""Says what the next jobs need of memory, and how much of it there is; small ones pass unasked."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from desktopproc.core.job import Facts
from desktopproc.core.needs import largest_whole
from desktopproc.core.operation import Operation
from desktopproc.engine.held import Held
from desktopproc.engine.ledger import Ledger, Waiting
from desktopproc.engine.memory import Budget, used_mb
from desktopproc.engine.plan import facts_of
from desktopproc.engine.schedule import PLENTY, Memory

Candidate = tuple[int, int, float]
"""A waiting job, or a part below zero: number, priority, weight."""

NeedOf = Callable[[int, Sequence[Facts]], float]
"""Megabytes that a job of this batch takes beyond an idle worker's."""

_MB_A_WEIGHT = 25.0  # of a megapixel: no operation takes more, see `core.needs`
_MB_A_MB = 4.0  # of the files' own size: likewise


class Workers(Protocol):
    """The processes that jobs run in."""

    @property
    def pids(self) -> list[int]: ...
    @property
    def kept_mb(self) -> float: ...
    def shed(self) -> None: ...


class Admission:
    """Engine thread only."""

    def __init__(
        self,
        budget: Budget,
        ledger: Ledger,
        workers: Workers,
        need_of: NeedOf,
    ) -> None:
        self._budget, self._ledger, self._workers = budget, ledger, workers
        self._need_of = need_of
        self._least: dict[int, float] = {}  # that any job of a batch needs
        self._most_least = 0.0  # of the batches that wait
        self._sizes: dict[int, float] = {}  # of waiting jobs with large files, in megabytes
        self._needs: dict[int, float] = {}  # of waiting jobs that are not small
        self._large: set[int] = set()  # at work, and not small

    def noted(self, waiting: Sequence[Waiting]) -> list[Candidate]:
        """The waiting jobs as others know them; the rest of what was read of them stays here."""
        self._sizes = {job: size / 1e6 for job, _, _, size, _ in waiting if size > 1e6}
        batches = {batch for *_, batch in waiting}
        self._most_least = max(map(self._least_of, batches), default=0.0)
        return [(job, priority, weight) for job, priority, weight, _, _ in waiting]

    def _least_of(self, batch: int) -> float:
        if batch not in self._least:
            self._least[batch] = self._need_of(batch, (Facts(Path()),))
        return self._least[batch]

    def memory(self, line: Sequence[Candidate], held: Mapping[int, Held]) -> Memory:
        """What the jobs in line need, and what there is; where all are small, nobody looks."""
        fair = self._budget.fair_mb()
        if self._large:
            self._large = {job for job in self._large if _is_at_work(held.get(job))}
        if not self._large and all(self._bound(*each) <= fair for each in line):
            return PLENTY
        self._find_out([job for job, _, _ in line if job > 0])
        at_work = [one.need_mb for one in held.values() if not one.is_written]
        room = self._budget.room_mb(sum(at_work), used_mb(self._workers.pids))
        kept = self._workers.kept_mb
        if kept and any(need > room - kept for need in self._needs.values()):
            self._workers.shed()
            kept = 0.0
        return Memory(self._needs, room - kept, is_idle=not at_work)

    def take(self, held: Held) -> None:
        """A job goes to work."""
        self._needs.pop(held.claimed.id, None)
        if held.need_mb > self._budget.fair_mb():
            self._large.add(held.claimed.id)

    def may_share(self, held: Held) -> bool:
        """Whether every worker may have a part of this job at the same time."""
        return held.need_mb <= self._budget.fair_mb()

    def _bound(self, job: int, _: int, weight: float) -> float:
        """More than a job may need; parts were let in with the whole of their job."""
        if job < 0:
            return 0.0
        files = weight * _MB_A_WEIGHT + self._sizes.get(job, 0.0) * _MB_A_MB
        return self._most_least + files

    def _find_out(self, jobs: Sequence[int]) -> None:
        self._needs = {job: self._needs[job] for job in jobs if job in self._needs}
        unknown = [job for job in jobs if job not in self._needs]
        if not unknown:
            return
        for job, (batch, files) in zip(unknown, self._ledger.facts(unknown), strict=True):
            facts = tuple(facts_of(path, stored) for path, stored in files)
            self._needs[job] = self._need_of(batch, facts)


def need_mb(operation: Operation, options: object, files: Sequence[Facts]) -> float:
    """Megabytes that a job takes at most beyond an idle worker's, as its operation tells."""
    if operation.memory is not None:
        return operation.memory(options, files)
    return largest_whole(files)


def _is_at_work(held: Held | None) -> bool:
    return held is not None and not held.is_written
