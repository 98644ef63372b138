"""The program's settings, each one line, and the order in which their sources win."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Conflict, Storage
from desktopproc.core.schema import Spec, option, parse, specs

_GENERAL = "General"
_PERFORMANCE = "Performance"
_RETRIES = "Timeouts and retries"
_STORAGE = "Storage"
_LIMITS = "Rate limits"


class Concurrency(StrEnum):
    """How jobs share the processor's cores."""

    MANY = "many"
    ONE = "one"
    HYBRID = "hybrid"


class Quiet(StrEnum):
    """When workers stand back for whatever else this computer does."""

    NEVER = "never"
    BATTERY = "battery"
    WORK = "work"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; 0 workers, threads or memory mean "fit this machine"."""

    on_conflict: Conflict = option(
        Conflict.RENAME,
        "When a file exists",
        "What new batches do with names that are taken.",
        section=_GENERAL,
        labels={"update": "Update if changed"},
    )
    name_template: str = option(
        "{stem}",
        "File names",
        "Fields: {stem} {ext} {date} {time} {year} {month} {day} {camera} "
        "{make} {model} {width} {height} {pages} {counter} {parent} {operation}; {item} of data.",
        section=_GENERAL,
    )
    keep_tree: bool = option(
        default=False,
        label="Keep folders",
        section=_GENERAL,
        help="Repeat the folders of the sources below the output folder.",
    )
    start_when_dropped: bool = option(
        default=False,
        label="Start when dropped",
        section=_GENERAL,
        help="Files start as soon as they were scanned, without pressing Start.",
    )
    notify: bool = option(
        default=True,
        label="Notify when finished",
        section=_GENERAL,
        help="Show one notification when the queue is done.",
    )
    keep_days: int = option(
        30,
        "Keep finished jobs",
        "Older finished jobs leave the list. 0 keeps them all.",
        lo=0,
        hi=3650,
        unit="days",
        section=_GENERAL,
    )
    keep_jobs: int = option(
        200_000,
        "Finished jobs at most",
        "The oldest leave the list first. 0 keeps them all.",
        lo=0,
        hi=10_000_000,
        section=_GENERAL,
    )
    concurrency: Concurrency = option(
        Concurrency.MANY,
        "At the same time",
        "Single huge photos are done sooner with all cores. Mixed reads files ahead on every drive "
        "and gives idle cores to the last files.",
        section=_PERFORMANCE,
        labels={"many": "Many files", "one": "One file, all cores", "hybrid": "Mixed"},
    )
    cpu_workers: int = option(
        0,
        "Workers",
        "Processes that work at the same time, or cores for one file. "
        "0: as many as processor cores.",
        lo=0,
        hi=256,
        section=_PERFORMANCE,
    )
    min_workers: int = option(
        1,
        "Workers kept ready",
        "They stay when there is nothing to do, so that the next files start at once.",
        lo=0,
        hi=256,
        section=_PERFORMANCE,
    )
    idle_s: float = option(
        60.0,
        "Idle workers stay",
        "Then they end and give back their memory. 0: for ever.",
        lo=0,
        hi=86_400,
        unit="s",
        section=_PERFORMANCE,
    )
    quiet: Quiet = option(
        Quiet.NEVER,
        "Quiet mode",
        "Half the workers, and they stand back for other programs.",
        section=_PERFORMANCE,
        labels={"battery": "On battery", "work": "While other programs are busy"},
    )
    io_threads: int = option(
        4,
        "Scan threads",
        "Threads that look at files before the work starts.",
        lo=1,
        hi=64,
        section=_PERFORMANCE,
    )
    memory_mb: int = option(
        0,
        "Memory",
        "What all workers may use together. 0: half of this computer's.",
        lo=0,
        hi=4_194_304,
        unit="MB",
        section=_PERFORMANCE,
    )
    worker_memory_mb: int = option(
        4096,
        "Memory of one worker",
        "A job that needs more is stopped. 0: no limit.",
        lo=0,
        hi=1_048_576,
        unit="MB",
        section=_PERFORMANCE,
    )
    max_megapixels: int = option(
        200,
        "Largest photo",
        "Larger photos are refused before any memory is used.",
        lo=1,
        hi=100_000,
        unit="megapixels",
        section=_PERFORMANCE,
    )
    cache_mb: int = option(
        2048,
        "Results kept",
        "What the same file was made into before need not be made again. 0: keep none.",
        lo=0,
        hi=4_194_304,
        unit="MB",
        section=_PERFORMANCE,
    )
    recycle_jobs: int = option(
        1000,
        "Renew a worker after",
        "A fresh process takes over. 0: never.",
        lo=0,
        hi=1_000_000,
        unit="jobs",
        section=_PERFORMANCE,
    )
    nice: int = option(
        0,
        "Politeness",
        "How far workers stand back for other programs, 0 to 19.",
        lo=0,
        hi=19,
        section=_PERFORMANCE,
    )
    job_timeout_s: float = option(
        3600.0,
        "Time limit of a job",
        "A job that takes longer is stopped. 0: no limit.",
        lo=0,
        hi=604_800,
        unit="s",
        section=_RETRIES,
    )
    stall_timeout_s: float = option(
        120.0,
        "Time without progress",
        "A job that shows no progress this long is stopped. 0: no limit.",
        lo=0,
        hi=604_800,
        unit="s",
        section=_RETRIES,
    )
    grace_s: float = option(
        0.3,
        "Grace when cancelling",
        "How long a job may take to stop by itself.",
        lo=0,
        hi=60,
        unit="s",
        section=_RETRIES,
    )
    slow_job_s: float = option(
        60.0,
        "Slow job",
        "A job that takes longer is listed as slow under Health. 0: only by comparison.",
        lo=0,
        hi=604_800,
        unit="s",
        section=_RETRIES,
    )
    attempts: int = option(
        3,
        "Attempts",
        "How often a job is tried when its failure may pass.",
        lo=1,
        hi=100,
        section=_RETRIES,
    )
    retry_base_s: float = option(
        1.0,
        "First wait before a retry",
        "Doubles with every attempt.",
        lo=0,
        hi=3600,
        unit="s",
        section=_RETRIES,
    )
    retry_cap_s: float = option(
        60.0,
        "Longest wait before a retry",
        "The doubling ends here.",
        lo=0,
        hi=86_400,
        unit="s",
        section=_RETRIES,
    )
    storage: Storage = option(
        Storage.AUTO,
        "Drives",
        "How drives are read that have no setting of their own.",
        section=_STORAGE,
        labels={"ssd": "SSD", "hdd": "Hard disk"},
    )
    drives: tuple[str, ...] = option(
        (),
        "Single drives",
        "A drive's own setting: its mount point, '=', and auto, ssd, hdd or network.",
        pattern=r".+=(auto|ssd|hdd|network)",
        example="/mnt/photos=hdd",
        section=_STORAGE,
    )
    outside_at_once: int = option(
        0,
        "Outside programs at once",
        "Workers that may use LibreOffice, or Tesseract, at the same time. 0: all of them.",
        lo=0,
        hi=256,
        section=_LIMITS,
    )
    outside_per_s: float = option(
        0.0,
        "Starts of outside programs",
        "Jobs that begin to use one of these programs in a second. 0: no limit.",
        lo=0,
        hi=10_000,
        unit="per s",
        section=_LIMITS,
    )
    network_at_once: int = option(
        4,
        "Network reads at once",
        "Files read from one network drive at the same time. 0: no limit.",
        lo=0,
        hi=256,
        section=_LIMITS,
    )
    network_per_s: float = option(
        0.0,
        "Starts of network jobs",
        "Jobs that begin in a second with a file on one network drive. 0: no limit.",
        lo=0,
        hi=10_000,
        unit="per s",
        section=_LIMITS,
    )


class Origin(StrEnum):
    """Who holds a setting; a later one wins, and the dialog locks what the last two hold."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"

    @property
    def is_locked(self) -> bool:
        return self in {Origin.ENVIRONMENT, Origin.COMMAND_LINE}


@dataclass(frozen=True, slots=True)
class Layered:
    """The settings in force, and where each one came from."""

    settings: Settings
    origins: Mapping[str, Origin]


def layer(
    file: Mapping[str, Any], environment: Mapping[str, str], flags: Mapping[str, Any]
) -> Layered:
    """Put default < file < environment < command line together; UsageError names the culprit."""
    known = {spec.name: spec for spec in specs(Settings)}
    layers = (
        (Origin.FILE, "The config file", file),
        (Origin.ENVIRONMENT, "The environment", _from_environment(known, environment)),
        (Origin.COMMAND_LINE, "The command line", flags),
    )
    settings = Settings()
    origins = {field.name: Origin.DEFAULT for field in fields(Settings)}
    for origin, place, values in layers:
        for name, raw in values.items():
            if name not in known:
                raise UsageError(f"{place} has a setting '{name}' that does not exist. Remove it.")
            try:
                settings = replace(settings, **{name: parse(known[name], raw)})
            except UsageError as e:
                raise UsageError(f"{place}: {e}") from None
            origins[name] = origin
    return Layered(settings, origins)


def _from_environment(known: Mapping[str, Spec], environment: Mapping[str, str]) -> dict[str, str]:
    names = {spec.environment: spec.name for spec in known.values()}
    return {setting: environment[name] for name, setting in names.items() if name in environment}
