"""What it costs to ask for the same again, and what remembering results costs the first time."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import PROGRAM, Plan, Words, fresh
from tests.benchmarks.measuring import Run, measure, median
from tests.benchmarks.rows import Row

_MANY = 10_000
_AGAIN_BAR_S = 8.0
_COST_BAR = 1.03


def run(plan: Plan) -> list[Row]:
    return [*_again(plan), _first_time(plan)]


def _again(plan: Plan) -> list[Row]:
    """Ten thousand photos that were made into thumbnails before, in place and elsewhere."""
    folder = inputs.tiny_photos(plan.folder / "many", _MANY)[0].parent
    place = fresh(plan.folder / "out" / "again")
    first = _thumbnails(folder, place, "out")
    in_place = median([_thumbnails(folder, place, "out") for _ in range(plan.rounds)])
    copies = median([_thumbnails(folder, place, f"other-{turn}") for turn in range(plan.rounds)])
    return [
        _row(f"{_MANY:,} unchanged photos again", in_place, first, _AGAIN_BAR_S),
        _row(f"{_MANY:,} unchanged photos into another folder", copies, first, first.wall_s),
    ]


def _row(title: str, again: Run, first: Run, bar_s: float) -> Row:
    times = f"{first.wall_s / again.wall_s:.1f}x sooner"
    took, before = f"{again.wall_s:.2f} s", f"{first.wall_s:.2f} s"
    is_met = again.wall_s < bar_s
    return Row(title, took, "the first time", before, times, f"under {bar_s:.0f} s", is_met)


def _first_time(plan: Plan) -> Row:
    """CPU time of thumbnails that are remembered, against the same without."""
    folder = inputs.photos(plan.folder / "photos", plan.photos)[0].parent
    kept: list[Run] = []
    without: list[Run] = []
    for turn in range(plan.rounds):
        for runs, limit in ((kept, "2048"), (without, "0")):
            place = fresh(plan.folder / "out" / f"first-{turn}-{limit}")
            runs.append(_thumbnails(folder, place, "out", {"DESKTOPPROC_CACHE_MB": limit}))
    one, other = median(kept).cpu_s, median(without).cpu_s
    ratio = one / other
    return Row(
        "thumbnails that are remembered",
        f"{one:.2f} s CPU",
        "not remembered",
        f"{other:.2f} s CPU",
        f"{ratio:.3f}x",
        f"at most {_COST_BAR}x",
        ratio <= _COST_BAR,
    )


def _thumbnails(
    folder: Path, place: Path, out: str, environment: dict[str, str] | None = None
) -> Run:
    words: Words = [PROGRAM, "thumbnail", folder, "-o", place / out, "--quiet"]
    home = {"DESKTOPPROC_HOME": str(place / "home")}
    return measure(words, environment={**home, **(environment or {})})
