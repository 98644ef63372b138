"""The tabs above the list: which states each one shows, and how many rows that is."""

from collections.abc import Collection
from dataclasses import dataclass

from desktopproc.core.job import Counts, State


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter; `states` of None are all jobs, and an empty collection is none."""

    word: str
    states: Collection[State] | None
    has_staged: bool = False

    def jobs(self, counts: Counts) -> int:
        """How many jobs of the queue it shows."""
        if self.states is None:
            return counts.total
        return sum(getattr(counts, state.value) for state in self.states)

    @property
    def is_shifting(self) -> bool:
        """Whether rows leave it while jobs run, so that positions change."""
        return self.states is not None and bool(self.states)


TABS = (
    Tab("All", None, has_staged=True),
    Tab("Added", (), has_staged=True),
    Tab("Waiting", (State.WAITING, State.DELAYED)),
    Tab("Running", (State.RUNNING,)),
    Tab("Done", (State.DONE,)),
    Tab("Failed", (State.FAILED,)),
    Tab("Cancelled", (State.CANCELLED,)),
    Tab("Skipped", (State.SKIPPED,)),
)
ALL = TABS[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is to show: a tab, and a text that names must hold."""

    tab: Tab = ALL
    text: str = ""
