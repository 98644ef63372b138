"""What a job costs when there are many of them, and what a second worker brings."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import PROGRAM, Plan, fresh
from tests.benchmarks.measuring import Run, measure
from tests.benchmarks.rows import Row

_COUNTS = (100, 1_000, 10_000, 100_000)
_THOUSAND = 1_000
_MOST_SLOWER = 1.25  # the last thousand against the second; the first has the start in it
_MOST_GROWTH_MB = 60.0
_PHOTOS = 60


def run(plan: Plan) -> list[Row]:
    return [*_many(plan), _workers(plan)]


def _many(plan: Plan) -> list[Row]:
    """Tiny photos: a hundred, and a thousand times as many in the same folder."""
    folder = plan.folder / f"tiny-{_COUNTS[-1]}"
    inputs.tiny_photos(folder, _COUNTS[-1])
    names = sorted(path.name for path in folder.iterdir())
    runs: dict[int, Run] = {}
    for count in _COUNTS:
        listed = plan.folder / f"tiny-first-{count}"
        if count < _COUNTS[-1] and not listed.exists():
            listed.mkdir()
            for name in names[:count]:
                (listed / name).hardlink_to(folder / name)
        home = plan.folder / "out" / f"scaling-home-{count}"
        runs[count] = _thumbnails(listed if listed.exists() else folder, plan, home)
    few, many = runs[_COUNTS[1]], runs[_COUNTS[-1]]
    slower = _slower(home)
    grown = many.own_mb - few.own_mb
    return [
        *(_cost(count, found, runs[_COUNTS[0]]) for count, found in list(runs.items())[1:]),
        Row(
            f"{_COUNTS[-1]:,} jobs: the last thousand",
            f"{slower:.2f}x the time",
            "the second thousand",
            "",
            f"{slower:.2f}x",
            f"at most {_MOST_SLOWER:g}x",
            slower <= _MOST_SLOWER,
        ),
        Row(
            f"{_COUNTS[-1]:,} jobs: memory of the program",
            f"{many.own_mb:.0f} MB",
            f"{_COUNTS[1]:,} jobs",
            f"{few.own_mb:.0f} MB",
            f"{grown:+.0f} MB",
            f"under +{_MOST_GROWTH_MB:.0f} MB",
            grown < _MOST_GROWTH_MB,
        ),
    ]


def _thumbnails(folder: Path, plan: Plan, home: Path, **environment: str) -> Run:
    fresh(home)
    out = fresh(plan.folder / "out" / "scaling")
    return measure(
        [PROGRAM, "thumbnail", folder, "--size", "32", "--quiet", "-o", out],
        environment={"DESKTOPPROC_HOME": str(home), **environment},
    )


def _cost(count: int, found: Run, start: Run) -> Row:
    """CPU time of all processes for each job, without what the start costs."""
    each_ms = 1000 * (found.cpu_s - start.cpu_s) / (count - _COUNTS[0])
    return Row(
        f"{count:,} jobs: cost of each",
        f"{found.wall_s:.1f} s, {each_ms:.2f} ms CPU a job",
        "",
        "",
        f"{each_ms:.2f} ms",
    )


def _slower(home: Path) -> float:
    """How much longer the last thousand jobs took than the second."""
    with closing(sqlite3.connect(home / "state" / "queue.sqlite3")) as queue:
        times = [when for (when,) in queue.execute("SELECT finished FROM jobs ORDER BY finished")]
    second = times[2 * _THOUSAND] - times[_THOUSAND]
    return float((times[-1] - times[-1 - _THOUSAND]) / second)


def _workers(plan: Plan) -> Row:
    folder = inputs.photos(plan.folder / f"photos-{_PHOTOS}", _PHOTOS)[0].parent
    one, two = (
        _thumbnails(folder, plan, plan.folder / "out" / "workers-home", **_with(workers))
        for workers in (1, 2)
    )
    ratio = one.wall_s / two.wall_s
    return Row(
        f"thumbnails of {_PHOTOS} photos, two workers",
        f"{two.wall_s:.2f} s",
        "one worker",
        f"{one.wall_s:.2f} s",
        f"{ratio:.2f}x",
    )


def _with(workers: int) -> dict[str, str]:
    return {"DESKTOPPROC_CPU_WORKERS": str(workers)}
