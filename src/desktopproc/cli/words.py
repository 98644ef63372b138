"""Numbers as people read them: counts and times."""

from desktopproc.core.job import Counts

_STEPS = ((86_400, "d"), (3600, "h"), (60, "min"))


def took(seconds: float) -> str:
    """How long something took: "4.2 s", "3 min 20 s"."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    for size, unit in _STEPS:
        if seconds >= size:
            smaller = {"d": (3600, "h"), "h": (60, "min"), "min": (1, "s")}[unit]
            rest = int(seconds % size // smaller[0])
            return f"{int(seconds // size)} {unit}" + (f" {rest} {smaller[1]}" if rest else "")
    return f"{seconds:.0f} s"


def ended(counts: Counts, *, reused: int = 0) -> str:
    """What became of a batch: "300 done, 2 failed"; what is zero is not said.

    `reused` are those of the done ones whose results were there before.
    """
    before = f" ({reused:,} made before)" if reused else ""
    words = [
        (counts.done, f"done{before}"),
        (counts.failed, "failed"),
        (counts.skipped, "skipped"),
        (counts.cancelled, "cancelled"),
        (counts.open, "waiting"),
    ]
    return ", ".join(f"{n:,} {word}" for n, word in words if n) or "nothing to do"


def waiting(jobs: int) -> str:
    """How many jobs wait, as a sentence."""
    return "1 job waits." if jobs == 1 else f"{jobs:,} jobs wait."
