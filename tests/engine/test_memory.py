"""Jobs start only while the memory that they are likely to need is there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopproc import ops
from desktopproc.core.job import Facts, Family, OutputPlan, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine.admission import need_mb
from desktopproc.engine.memory import Budget
from desktopproc.ops import load
from tests.engine.harness import OPERATIONS, Bench, facts, make_files

REAL = load(ops)


def submit(bench: Bench, files: list[Path], edge: int) -> int:
    """Queue files as if they were square pictures."""
    pictures = [replace(facts(file), width=edge, height=edge) for file in files]
    operation = OPERATIONS["copy"]
    request = Request(
        operation="copy",
        options=operation.options(),
        files=tuple((picture, None) for picture in pictures),
        output=OutputPlan(bench.out),
        start=True,
    )
    return bench.engine.submit(request).result(30)


def test_large_pictures_are_worked_on_one_at_a_time_where_memory_is_short(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 12)
    bench = Bench(tmp_path, cpu_workers=4, memory_mb=1000)

    batch = submit(bench, files, edge=7000)  # 784 MB each
    bench.settle(batch)

    states = [job.state for job in bench.rows(batch)]
    most = max(update.busy_workers for update in bench.watch.updates)
    bench.close()
    assert states == [State.DONE] * 12
    assert most <= 1  # a run may be over between two updates


def test_a_picture_larger_than_the_budget_is_worked_on_alone(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 3)
    bench = Bench(tmp_path, cpu_workers=2, memory_mb=300)

    batch = submit(bench, files, edge=12_000)  # 2.3 GB each
    bench.settle(batch)

    states = [job.state for job in bench.rows(batch)]
    bench.close()
    assert states == [State.DONE] * 3


def budget(root: Path, settings: Settings, *, total_mb: int, free_mb: int, waiting: int) -> Budget:
    """That of four workers on a computer whose /proc lies in a folder."""
    (root / "proc/pressure").mkdir(parents=True)
    sizes = (("MemTotal", total_mb), ("MemAvailable", free_mb))
    lines = [f"{name}: {round(size * 1e6 / 1024)} kB" for name, size in sizes]
    (root / "proc/meminfo").write_text("\n".join(lines))
    (root / "proc/pressure/memory").write_text(f"some avg10={waiting:.2f} avg60=0.00")
    return Budget(settings, 4, root)


@pytest.mark.parametrize(
    ("wanted", "total", "free", "waiting", "room", "fair"),
    [
        (1000, 8000, 8000, 0, 660, 190),  # 60 of each of four idle workers are gone
        (0, 8000, 8000, 0, 3660, 940),  # half of what there is
        (4000, 8000, 1000, 0, 1000, 250),  # others have the rest; what runs has its share already
        (1000, 8000, 8000, 20, 0, 0),  # programs wait for memory
    ],
)
def test_the_budget_counts_workers_what_runs_and_other_programs(
    tmp_path: Path, wanted: int, total: int, free: int, waiting: int, room: float, fair: float
) -> None:
    settings = Settings(memory_mb=wanted)

    found = budget(tmp_path, settings, total_mb=total, free_mb=free, waiting=waiting)

    assert found.fair_mb() == pytest.approx(fair, abs=1)
    assert found.room_mb(100, 150) == pytest.approx(room, abs=1)


@pytest.mark.parametrize("operation", REAL.values(), ids=lambda operation: operation.name)
def test_every_operation_tells_what_it_needs(operation: Operation) -> None:
    unknown = Facts(Path("unknown"))
    large = Facts(Path("large.jpg"), Family.PHOTO, "jpeg", 13_000_000, width=12_000, height=9000)
    options = operation.options()

    assert 0 <= need_mb(operation, options, [unknown]) < 500
    assert need_mb(operation, options, [unknown]) <= need_mb(operation, options, [large])


@pytest.mark.parametrize(
    ("operation", "options", "at_most"),
    [
        ("thumbnail", {}, 500),  # decoded at an eighth of its size
        ("convert", {"long_edge": 1600}, 500),
        ("organize", {}, 100),  # never decoded
        ("convert", {}, 1500),
        ("convert", {"format": "avif"}, 2800),
    ],
)
def test_a_photo_of_a_hundred_megapixels_needs_what_is_done_with_it(
    operation: str, options: dict[str, Any], at_most: float
) -> None:
    large = Facts(Path("large.jpg"), Family.PHOTO, "jpeg", 13_000_000, width=12_000, height=9000)
    chosen: object = build(REAL[operation].options, options)

    assert at_most / 2.5 < need_mb(REAL[operation], chosen, [large]) < at_most
