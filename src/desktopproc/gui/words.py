"""How numbers, sizes, times and states are written for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktopproc.core.job import Counts, Facts, Family, Job, State
from desktopproc.gui.kinds import kind_of
from desktopproc.gui.theme import Tone

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class StateLook:
    """A state is always shown as a picture and a word."""

    word: str
    icon: str
    tone: Tone


LOOKS: dict[State, StateLook] = {
    State.WAITING: StateLook("Waiting", "state-waiting", Tone.PLAIN),
    State.DELAYED: StateLook("Retries soon", "state-delayed", Tone.CAREFUL),
    State.RUNNING: StateLook("Running", "state-running", Tone.BUSY),
    State.DONE: StateLook("Done", "state-done", Tone.GOOD),
    State.FAILED: StateLook("Failed", "state-failed", Tone.BAD),
    State.CANCELLED: StateLook("Cancelled", "state-cancelled", Tone.PLAIN),
    State.SKIPPED: StateLook("Skipped", "state-skipped", Tone.PLAIN),
}
STAGED = StateLook("Ready", "state-staged", Tone.PLAIN)
LEFT_OUT = StateLook("Left out", "state-left-out", Tone.CAREFUL)

KIND_ICONS: dict[Family, str] = {
    Family.PHOTO: "kind-photo",
    Family.PDF: "kind-pdf",
    Family.DOCX: "kind-docx",
    Family.TEXT: "kind-docx",
    Family.DATA: "kind-data",
    Family.OTHER: "kind-other",
}
KIND_NOUNS: dict[Family, str] = {
    Family.PHOTO: "photos",
    Family.PDF: "PDFs",
    Family.DOCX: "Word documents",
    Family.TEXT: "text documents",
    Family.DATA: "tables",
    Family.OTHER: "other files",
}


def count(number: int, noun: str = "") -> str:
    """`2,013 files`; the plural's s goes when there is one."""
    if number == 1 and noun.endswith("s"):
        noun = noun[:-1]
    return f"{number:,} {noun}".rstrip()


def size(size_bytes: int) -> str:
    """`1.1 MB`: three figures at most, decimal units as file managers count."""
    value, unit = float(size_bytes), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit and value < 9.95 else 0
    return f"{value:.{digits}f} {_UNITS[unit]}"


def span(seconds: float) -> str:
    """`0.4 s`, `38 s`, `4 min`, `2 h 10 min`."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def rate(per_second: float) -> str:
    """`37 files/s`, or by the minute when it is slow."""
    if per_second >= 9.95:
        return f"{per_second:,.0f} files/s"
    if per_second >= 0.95:
        return f"{per_second:.1f} files/s"
    return f"{per_second * 60:.0f} files/min"


def percent(job: Job) -> int | None:
    """How far a job is; None while that is not known."""
    return int(100 * job.done / job.total) if job.total > 0 else None


def state(job: Job) -> str:
    """The word on the row: `Running 62 %`, `Finishing`, `Stopping`, `Done before`."""
    if job.state is State.RUNNING:
        if job.is_stopping:
            return "Stopping"
        if job.total and job.done >= job.total:
            return "Finishing"  # made; it gets its name together with its neighbours
        done = percent(job)
        return "Running" if done is None else f"Running {done} %"
    if job.state is State.DONE and job.cached:
        return "Done before"
    return LOOKS[job.state].word


def sizes(job: Job) -> str:
    """`12 MB > 1.1 MB`, with an arrow."""
    before = size(job.size_in) if job.size_in else ""
    if job.state is not State.DONE or job.size_out is None:
        return before
    return f"{before} \N{RIGHTWARDS ARROW} {size(job.size_out)}" if before else size(job.size_out)


def is_comparable(job: Job) -> bool:
    """Whether before and after are one file of the same kind, so that a saving has a meaning."""
    if job.state is not State.DONE or not job.size_in or job.size_out is None:
        return False
    if len(job.inputs) != 1 or len(job.outputs) != 1:
        return False
    return kind_of(job.inputs[0]) is kind_of(job.outputs[0])


def has_saved(job: Job) -> bool:
    """Whether the result is smaller than what it was made from."""
    return is_comparable(job) and job.size_out is not None and job.size_out < job.size_in


def saving(job: Job) -> str:
    """`91 % saved` or `3 % larger`; how many files there are now, where there are several."""
    if is_comparable(job) and job.size_out is not None:
        return change(job.size_in, job.size_out)
    is_many = job.state is State.DONE and len(job.outputs) > 1
    return count(len(job.outputs), "files") if is_many else ""


def change(before: int, after: int) -> str:
    """`91 % saved`, `3 % larger`, `2.4 times as large` or `same size`."""
    per_cent = round(100 * abs(after - before) / before)
    if per_cent == 0:
        return "same size"
    if after >= 2 * before:
        return f"{after / before:,.1f} times as large"
    if per_cent == 100:
        return "over 99\N{NO-BREAK SPACE}% saved"
    return f"{per_cent}\N{NO-BREAK SPACE}% {'saved' if after < before else 'larger'}"


def total_saving(before: int, after: int) -> str:
    """`1.2 GB > 310 MB, 74 % saved`, with an arrow; empty while nothing was made."""
    if not before:
        return ""
    return f"{size(before)} \N{RIGHTWARDS ARROW} {size(after)}, {change(before, after)}"


def measure(facts: Facts, *, is_unlocked: bool = False) -> str:
    """`JPEG, 4,032 x 3,024` or `PDF, 12 pages`: what a file is, in a few words."""
    parts = [facts.format.upper() if facts.format else ""]
    if facts.width and facts.height:
        parts.append(f"{facts.width:,} \N{MULTIPLICATION SIGN} {facts.height:,}")
    if facts.pages and facts.kind is not Family.PHOTO:
        parts.append(count(facts.pages, "pages"))
    if facts.needs_password:
        parts.append("password given" if is_unlocked else "needs a password")
    return ", ".join(part for part in parts if part)


def listed(nouns: Sequence[str]) -> str:
    """`photos, PDFs and tables`."""
    return " and ".join(filter(None, (", ".join(nouns[:-1]), *nouns[-1:])))


def finished(counts: Counts, *, reused: int = 0) -> str:
    """The sentence of the notification: `461 done, 10 failed.`

    `reused` are those of the done ones whose results were there before.
    """
    before = f" ({reused:,} made before)" if reused else ""
    parts = [f"{count(counts.done)} done{before}"]
    for number, word in (
        (counts.failed, "failed"),
        (counts.cancelled, "cancelled"),
        (counts.skipped, "skipped"),
    ):
        if number:
            parts.append(f"{number:,} {word}")
    return ", ".join(parts) + "."
