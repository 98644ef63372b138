"""How far the work on hand is: what the bar at the bottom of the window says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktopproc.core.job import Counts
from desktopproc.core.waiting import left
from desktopproc.gui import words

if TYPE_CHECKING:
    from desktopproc.engine.update import Update


@dataclass(frozen=True, slots=True)
class Overall:
    """The batches on hand: those that changed since the queue was last idle, with their speed.

    Batches of another day that nobody resumed, or that were finished before, are not counted.
    """

    batches: Mapping[int, Counts] = field(default_factory=dict)
    on_hand: frozenset[int] = frozenset()
    rate: float | None = None
    seconds_left: tuple[float, float] | None = None
    is_idle: bool = True

    def with_batch(self, batch: int) -> Overall:
        """The same moment with a batch that was just started."""
        kept = _unfinished(self.on_hand, self.batches) if self.is_idle else self.on_hand
        return replace(self, on_hand=kept | {batch})

    def take(self, update: Update) -> Overall:
        """The next moment."""
        touched = {job.batch for job in update.jobs}
        known = {**self.batches, **update.batch_counts}
        kept = self.on_hand
        if self.is_idle and not update.is_idle:
            kept = _unfinished(kept, known)
        return Overall(known, kept | touched, update.rate, update.seconds_left, update.is_idle)

    @property
    def counts(self) -> Counts:
        """All batches on hand together."""
        sums = {
            name: sum(getattr(self.batches[b], name) for b in self.on_hand if b in self.batches)
            for name in ("waiting", "delayed", "running", "done", "failed", "cancelled", "skipped")
        }
        return Counts(**sums)

    @property
    def finished(self) -> int:
        return self.counts.total - self.counts.open

    def sentence(self, *, is_paused: bool) -> str:
        """`461 of 2,013, 10 failed, 37 files/s, about 45 s left`."""
        counts = self.counts
        if not counts.total:
            return "Nothing is running"
        parts = [f"{self.finished:,} of {counts.total:,}"]
        if counts.failed:
            parts.append(f"{counts.failed:,} failed")
        if not counts.open:
            return ", ".join([*parts, "finished"])
        if is_paused:
            parts.append("paused, finishing what runs" if counts.running else "paused")
        elif self.is_idle:
            parts.append("stopped")
        else:
            parts += [words.rate(self.rate)] if self.rate else []
            parts += [left(*self.seconds_left)] if self.seconds_left else []
        return ", ".join(parts)


def _unfinished(batches: frozenset[int], known: Mapping[int, Counts]) -> frozenset[int]:
    """What stays on hand when new work begins after a rest."""
    return frozenset(batch for batch in batches if batch not in known or known[batch].open)
