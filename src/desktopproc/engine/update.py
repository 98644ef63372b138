"""What the engine tells its listener: one frozen snapshot at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktopproc.core.job import Counts, Job
from desktopproc.engine.health import Health


@dataclass(frozen=True, slots=True)
class Update:
    """What changed since the last update, and where the queue stands now.

    `paused` holds the batches that wait for the user, with the reason ("" when the user wished
    it). `is_idle` means: nothing runs here, and nothing waits that this process may run.
    `rate` is in jobs per second, `seconds_left` a low and a high guess; None is "not known".
    `health` is there once a second while something runs, and once more when that is over.
    `quiet_workers` is how many workers quiet mode leaves; 0 means that it is off.
    """

    jobs: tuple[Job, ...] = ()
    counts: Counts = field(default_factory=Counts)
    batch_counts: Mapping[int, Counts] = field(default_factory=dict)
    paused: Mapping[int, str] = field(default_factory=dict)
    structure_changed: bool = False
    rate: float | None = None
    seconds_left: tuple[float, float] | None = None
    busy_workers: int = 0
    quiet_workers: int = 0
    message: str = ""
    is_idle: bool = True
    health: Health | None = None
