"""Puts together what is known of the queue's health: past, present, and what may be changed."""

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.job import Counts
from desktopproc.core.operation import Operation
from desktopproc.core.outside import rest_of
from desktopproc.core.settings import Settings
from desktopproc.engine.advice import Advice, Drive, Figures, advise
from desktopproc.engine.capacity import available_cores
from desktopproc.engine.disks import Disks
from desktopproc.engine.home import Home
from desktopproc.engine.memory import system_memory
from desktopproc.engine.outlook import foretold
from desktopproc.engine.reader import Reader
from desktopproc.engine.timings import Ended, Run, Slow, Timing, Timings, Trouble
from desktopproc.formats.outside.programs import LIBREOFFICE, find


@dataclass(frozen=True, slots=True)
class Report:
    """The health of the queue at one moment. Sizes are bytes.

    `at_work` are the runs that go on, in any process; `last` is the newest one that does not.
    `left` is the range of seconds in which all that waits would be done; None is "not known".
    """

    counts: Counts = field(default_factory=Counts)
    left: tuple[float, float] | None = None
    today: Ended = field(default_factory=Ended)
    ever: Ended = field(default_factory=Ended)
    timings: Sequence[Timing] = ()
    slow: Sequence[Slow] = ()
    troubles: Sequence[Trouble] = ()
    at_work: Sequence[Run] = ()
    last: Run | None = None
    memory: tuple[int, int] = field(default_factory=system_memory)  # in all, and free for programs
    queue_file: int = 0
    logs: int = 0
    results: Drive | None = None
    advice: Sequence[Advice] = ()

    def plain(self) -> dict[str, Any]:
        """As `--json` tells it."""
        return {
            "counts": asdict(self.counts),
            "seconds_left": self.left and [round(seconds, 1) for seconds in self.left],
            "today": _ended(self.today),
            "ever": _ended(self.ever),
            "operations": [_timing(timing) for timing in self.timings],
            "slow": [asdict(slow) for slow in self.slow],
            "failures": [asdict(trouble) for trouble in self.troubles],
            "at_work": [_run(run) for run in self.at_work],
            "last_run": _run(self.last) if self.last else None,
            "memory": {"total_bytes": self.memory[0], "free_bytes": self.memory[1]},
            "disk": {
                "queue_file_bytes": self.queue_file,
                "logs_bytes": self.logs,
                "results": self.results.mount if self.results else None,
                "results_free_bytes": self.results.free if self.results else None,
            },
            "advice": [asdict(advice) for advice in self.advice],
        }


def report(
    reader: Reader, home: Home, settings: Settings, operations: Mapping[str, Operation]
) -> Report:
    """Ask the queue file and the system; for the thread of the reader, as it may take a while."""
    past, counts = Timings(reader), reader.counts()
    timings, slow = past.by_operation(limit_s=settings.slow_job_s)
    at_work, last = _apart(past.runs())
    troubles = past.troubles()
    disks = Disks(settings)
    sources, folders = past.places()
    results = _drive(disks, folders)
    figures = Figures(
        **_figures_of(reader, counts, [*at_work, *([last] if last else [])]),
        workers=settings.cpu_workers,
        cores=available_cores(),
        memory_mb=settings.memory_mb,
        sources=_drive(disks, sources),
        results=results,
        timings=timings,
        troubles=troubles,
        repeats=past.repeats(in_all=not settings.cache_mb),
        keeps_results=settings.cache_mb > 0,
        has_office=find(LIBREOFFICE) is not None,
        resting=past.noted(rest_of(LIBREOFFICE.title), "docx-to-pdf"),
    )
    return Report(
        counts=counts,
        left=foretold(reader, operations, settings),
        today=past.ended(today=True),
        ever=past.ended(today=False),
        timings=timings,
        slow=slow,
        troubles=troubles,
        at_work=at_work,
        last=last,
        queue_file=_size(home.queue_file, home.queue_file.with_name("queue.sqlite3-wal")),
        logs=_size(*home.logs.glob("*")),
        results=results,
        advice=advise(figures),
    )


def _apart(runs: Sequence[Run]) -> tuple[list[Run], Run | None]:
    """The runs that go on, and the newest one that does not."""
    at_work = [run for run in runs if run.is_going_on]
    return at_work, next((run for run in runs if not run.is_going_on), None)


def _figures_of(reader: Reader, counts: Counts, runs: Sequence[Run]) -> dict[str, Any]:
    """What the newest run says."""
    if not runs:
        return {}
    run, told = runs[0], runs[0].figures
    found = {name: told[name] for name in ("stages", "busy", "idle_memory", "idle_disk")}
    found |= {"run_s": told["seconds"], "run_jobs": told["jobs"]}
    is_last = counts.waiting + counts.delayed == 0 and counts.running == 1
    if run.is_going_on and is_last and told["longest_job"] is not None:
        jobs = reader.jobs([told["longest_job"]])
        found["last_job"] = next(
            ((job.name, time.time() - told["longest_since"]) for job in jobs), None
        )
    return found


def _drive(disks: Disks, places: Sequence[Path]) -> Drive | None:
    """The drive that most of these lie on."""
    found = [disk for place in places if (disk := disks.of(_above(place))).key]
    if not found:
        return None
    (key, _), *_ = Counter(disk.key for disk in found).most_common(1)
    disk = next(disk for disk in found if disk.key == key)
    mount = str(disk.mount) if disk.mount else disk.key
    free = None
    with suppress(OSError):
        free = shutil.disk_usage(mount).free
    return Drive(key, mount, disk.storage, free)


def _above(place: Path) -> Path:
    """The place itself, or the nearest folder above it that is still there."""
    return next((path for path in (place, *place.parents) if path.exists()), place)


def _size(*files: Path) -> int:
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat().st_size
    return total


def _ended(ended: Ended) -> dict[str, Any]:
    return asdict(ended) | {"error_rate": _rounded(ended.error_rate)}


def _timing(timing: Timing) -> dict[str, Any]:
    return {
        "operation": timing.operation,
        "jobs": timing.jobs,
        "average_s": _rounded(timing.average),
        "p95_s": _rounded(timing.p95),
        "longest_s": _rounded(timing.longest),
        "waited_s": _rounded(timing.waited),
        "cpu_s": _rounded(timing.cpu),
        "stages_s": {stage: _rounded(spent) for stage, spent in timing.stages.items()},
    }


def _run(run: Run) -> dict[str, Any]:
    return {"pid": run.pid, "began": run.began, "told": run.told} | dict(run.figures)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
