"""What photos cost beyond one copy each: reading their headers, several copies, ten thousand."""

import shutil
import sys
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import PROGRAM, Plan, fresh
from tests.benchmarks.measuring import Run, measure, median
from tests.benchmarks.rows import Row

_SCANNED = 10_000
_COPIES_OF = 60
_ALSO = ("format=jpeg long-edge=800 folder=middle", "format=jpeg long-edge=320 folder=small")
_EXIFREAD = (
    "import sys, exifread, pathlib\n"
    "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
    "    with path.open('rb') as file:\n"
    "        exifread.process_file(file, details=False)\n"
)


def run(plan: Plan) -> list[Row]:
    return [*_scan(plan), _three_copies(plan), _flat_memory(plan)]


def _measured(plan: Plan, words: list[str | Path]) -> Run:
    runs = []
    for turn in range(plan.rounds):
        home = fresh(plan.folder / "out" / f"looking-home-{turn}")
        runs.append(measure([PROGRAM, *words], environment={"DESKTOPPROC_HOME": str(home)}))
    return median(runs)


def _scan(plan: Plan) -> list[Row]:
    """Headers of ten thousand photos, as whole processes."""
    folder = plan.folder / f"camera-{_SCANNED}"
    inputs.tiny_photos(folder, _SCANNED, with_exif=True)
    ours = _measured(plan, ["scan", folder, "--json"])
    peers: list[tuple[str, list[str | Path], float]] = [
        ("exifread", [sys.executable, "-c", _EXIFREAD, folder], 10.0)
    ]
    if shutil.which("exiftool"):
        peers.append(("exiftool", ["exiftool", "-q", "-json", folder], 100.0))
    rows = []
    for name, words, bar in peers:
        theirs = measure(words)
        ratio = theirs.wall_s / ours.wall_s
        rows.append(
            Row(
                f"EXIF of {_SCANNED:,} photos",
                f"{ours.wall_s:.2f} s, CPU {ours.cpu_s:.2f} s",
                name,
                f"{theirs.wall_s:.2f} s, CPU {theirs.cpu_s:.2f} s",
                f"{ratio:.1f}x",
                f"at least {bar:g}x",
                ratio >= bar,
            )
        )
    return rows


def _three_copies(plan: Plan) -> Row:
    """Three files from one decode against the largest of them alone."""
    folder = inputs.photos(plan.folder / f"photos-{_COPIES_OF}", _COPIES_OF)[0].parent
    out = fresh(plan.folder / "out" / "copies")
    common: list[str | Path] = ["convert", folder, "--long-edge", "1600", "--on-conflict"]
    common += ["overwrite", "--quiet", "-o", out]
    alone = _measured(plan, common)
    further = [word for also in _ALSO for word in ("--also", also)]
    three = _measured(plan, [*common, *further])
    ratio = three.wall_s / alone.wall_s
    return Row(
        "three copies from one decode",
        f"{three.wall_s:.2f} s",
        "the largest alone",
        f"{alone.wall_s:.2f} s",
        f"{ratio:.2f}x the time",
        "under 1.6x",
        ratio < 1.6,
    )


def _flat_memory(plan: Plan) -> Row:
    """Ten thousand photos take no more memory than a thousand of them."""
    folder = plan.folder / f"camera-{_SCANNED}"
    files = inputs.tiny_photos(folder, _SCANNED, with_exif=True)
    out = fresh(plan.folder / "out" / "flat")
    words: list[str | Path] = ["convert", "--long-edge", "64", "--quiet", "-o", out]
    few = _measured(plan, [*words, *files[:1000]])
    fresh(out)
    home = fresh(plan.folder / "out" / "flat-home")
    many = measure([PROGRAM, *words, folder], environment={"DESKTOPPROC_HOME": str(home)})
    grown = many.memory_mb - few.memory_mb
    return Row(
        f"memory of {_SCANNED:,} photos",
        f"{many.memory_mb:.0f} MB",
        "1,000 photos",
        f"{few.memory_mb:.0f} MB",
        f"{grown:+.0f} MB",
        "under +60 MB",
        grown < 60,
    )
