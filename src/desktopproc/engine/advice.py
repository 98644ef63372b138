"""Recommends what the user may change, from figures alone; it changes nothing itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktopproc.core.job import Storage
from desktopproc.engine.timings import Timing, Trouble

_LEAST_JOBS = 20  # fewer say nothing of the next batch
_LEAST_WORK_S = 10.0  # of all workers together
_LEAST_RUN_S = 20.0
_MOSTLY = 0.5  # a share of the time that is worth a sentence
_OFTEN = 0.2
_LAST_S = 30.0  # a last job that runs so long holds up the end
_MANY_FAILURES = 10
_LITTLE_ROOM = 10**9  # bytes
_MANY_REPEATS = 20
_DOCUMENTS = 5


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive that files come from or go to; `key` tells it from others."""

    key: str
    mount: str
    storage: Storage
    free: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class Figures:
    """What recommendations are made of. Shares are of the workers' time; None is not known.

    `run` figures are those of the newest run: how long it took, how many jobs, seconds by stage.
    `last_job` is the only job that still runs, and for how many seconds.
    """

    run_s: float = 0.0
    run_jobs: int = 0
    stages: Mapping[str, float] = field(default_factory=dict)
    busy: float | None = None
    idle_memory: float | None = None
    idle_disk: float | None = None
    workers: int = 0  # as set; 0 is one for each core
    cores: int = 1
    memory_mb: int = 0  # as set; 0 is half of this computer's
    last_job: tuple[str, float] | None = None
    sources: Drive | None = None
    results: Drive | None = None
    timings: Sequence[Timing] = ()
    troubles: Sequence[Trouble] = ()
    repeats: int = 0  # jobs that were done again although nothing had changed
    keeps_results: bool = True
    has_office: bool = True
    resting: int = 0  # documents made without LibreOffice because it kept failing

    def share(self, stage: str) -> float:
        """Of the workers' time; 0 where they did too little to say."""
        work_s = sum(self.stages.values())
        if self.run_jobs < _LEAST_JOBS or work_s < _LEAST_WORK_S:
            return 0.0
        return self.stages.get(stage, 0.0) / work_s


@dataclass(frozen=True, slots=True)
class Advice:
    """One recommendation: a word for scripts, and a sentence that ends with what to do."""

    code: str
    sentence: str


def advise(figures: Figures) -> list[Advice]:
    """What the figures support, the most useful first; often nothing."""
    return [advice for rule in _RULES for advice in rule(figures)]


def _slow_drive(figures: Figures) -> Iterator[Advice]:
    share, drive = figures.share("read"), figures.sources
    if share < _MOSTLY or drive is None:
        return
    waited = f"The workers waited for the drive {drive.mount} {_percent(share)} of the time"
    if drive.storage is Storage.SSD:
        yield Advice(
            "read-as-hard-disk",
            f"{waited}: set this drive to Hard disk in the settings, or to Network if it is one.",
        )
    else:
        yield Advice(
            "slow-drive",
            f"{waited} although it is read ahead: copy the files to a faster drive first.",
        )


def _slow_reader(figures: Figures) -> Iterator[Advice]:
    if not _is_long(figures) or (figures.idle_disk or 0) < _MOSTLY:
        return
    where = f"the drive {figures.sources.mount}" if figures.sources else "a drive"
    yield Advice(
        "drive-is-the-limit",
        f"The workers had nothing to do {_percent(figures.idle_disk)} of the time, because {where} "
        "gives files more slowly than they are processed: copy them to a faster drive first.",
    )


def _slow_results(figures: Figures) -> Iterator[Advice]:
    share = figures.share("write")
    if share >= _MOSTLY and figures.results:
        yield Advice(
            "slow-results",
            f"Writing to {figures.results.mount} took {_percent(share)} of the workers' time: "
            "choose an output folder on a faster drive.",
        )


def _shared_disk(figures: Figures) -> Iterator[Advice]:
    sources, results = figures.sources, figures.results
    if sources is None or results is None or sources.key != results.key:
        return
    moving = figures.share("read") + figures.share("write")
    waits = figures.idle_disk or 0 if _is_long(figures) else 0
    if sources.storage is Storage.HDD and max(moving, waits) >= _OFTEN:
        yield Advice(
            "same-hard-disk",
            f"Files are read from and written to the same hard disk ({sources.mount}): choose an "
            "output folder on another drive.",
        )


def _little_memory(figures: Figures) -> Iterator[Advice]:
    if not _is_long(figures) or (figures.idle_memory or 0) < _OFTEN:
        return
    now = f"{figures.memory_mb:,} MB" if figures.memory_mb else "half of this computer's"
    yield Advice(
        "memory-limit",
        f"The workers waited for memory {_percent(figures.idle_memory)} of the time: raise Memory "
        f"in the settings (now {now}), or set fewer workers.",
    )


def _few_workers(figures: Figures) -> Iterator[Advice]:
    is_busy = (figures.busy or 0) > 0.9
    if _is_long(figures) and is_busy and 0 < figures.workers * 2 <= figures.cores:
        yield Advice(
            "few-workers",
            f"Only {figures.workers} of {figures.cores} processor cores are used: raise Workers in "
            "the settings.",
        )


def _last_one(figures: Figures) -> Iterator[Advice]:
    if figures.last_job is None or figures.last_job[1] < _LAST_S or figures.run_jobs < 2:
        return
    name, seconds = figures.last_job
    yield Advice(
        "last-job",
        f"All others are done, and {name} has been running for {seconds:,.0f} s: next time give "
        "such jobs high priority, so that they start first.",
    )


def _failures(figures: Figures) -> Iterator[Advice]:
    """One sentence for each kind of failure that makes up half of all."""
    total = sum(trouble.jobs for trouble in figures.troubles)
    by_code: dict[str, int] = {}
    for trouble in figures.troubles:
        by_code[trouble.code] = by_code.get(trouble.code, 0) + trouble.jobs
    for code, count in by_code.items():
        if code in _REMEDIES and count >= _MANY_FAILURES and count >= _MOSTLY * total:
            what, remedy = _REMEDIES[code]
            yield Advice(f"failures-{code}", f"{count:,} jobs failed because {what}: {remedy}.")


def _little_room(figures: Figures) -> Iterator[Advice]:
    drive = figures.results
    if drive is not None and drive.free is not None and drive.free < _LITTLE_ROOM:
        yield Advice(
            "little-room",
            f"Only {drive.free / 1e6:,.0f} MB are free on {drive.mount}, where results go: make "
            "room, or choose another output folder.",
        )


def _office(figures: Figures) -> Iterator[Advice]:
    done = sum(each.jobs for each in figures.timings if each.operation == "docx-to-pdf")
    if not figures.has_office and done >= _DOCUMENTS:
        yield Advice(
            "no-libreoffice",
            f"{done:,} Word documents were drawn by the built-in renderer, because LibreOffice is "
            "not installed: install it for pages that look most like Word's.",
        )
    if figures.has_office and figures.resting >= _DOCUMENTS:
        yield Advice(
            "libreoffice-fails",
            f"LibreOffice failed several times in a row, and {figures.resting:,} documents were "
            "made without it: open one of them in LibreOffice itself, or choose the built-in "
            "renderer.",
        )


def _repeats(figures: Figures) -> Iterator[Advice]:
    if figures.repeats >= _MANY_REPEATS:
        remedy = (
            "leave out --no-cache" if figures.keeps_results else "set Results kept in the settings"
        )
        yield Advice(
            "reuse-results",
            f"{figures.repeats:,} files were processed again although neither they nor the options "
            f"had changed: {remedy}.",
        )


_RULES: tuple[Callable[[Figures], Iterator[Advice]], ...] = (
    _failures,
    _little_room,
    _slow_drive,
    _slow_reader,
    _shared_disk,
    _slow_results,
    _little_memory,
    _few_workers,
    _last_one,
    _office,
    _repeats,
)

_REMEDIES: Mapping[str, tuple[str, str]] = {
    "needs-password": ("they need a password", "select them and choose Give password"),
    "missing": ("their files are gone", "bring the files back, then retry"),
    "read-failed": ("their drive did not answer", "check its cable or connection, then retry"),
    "damaged": ("their files are damaged", "copy them again from where they came from"),
    "unsupported": ("their files are of another kind", "leave them out, or check what they are"),
    "too-large": ("they are larger than allowed", "raise Largest photo in the settings"),
    "permission": ("this user may not read or write there", "change the permissions, then retry"),
    "missing-program": ("a program is not installed", "see what doctor says, and install it"),
    "timed-out": ("they took too long", "raise the time limits in the settings"),
    "memory": ("they needed too much memory", "raise Memory of one worker in the settings"),
    "poison": ("they ended their workers", "leave them out; the log says what happened"),
    "worker-died": ("their workers ended", "raise Memory of one worker, or leave them out"),
    "unexpected": ("of an error of this program", "open the log folder and report it"),
}


def _is_long(figures: Figures) -> bool:
    return figures.run_s >= _LEAST_RUN_S


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0):.0f}\N{NO-BREAK SPACE}%"
