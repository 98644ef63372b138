"""Jobs start only while the memory that they are likely to need is there."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktopproc.core.job import OutputPlan, Request, State
from desktopproc.core.settings import Settings
from desktopproc.engine.memory import need_of, room_mb
from tests.engine.harness import OPERATIONS, Bench, facts, make_files


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


def test_the_budget_counts_workers_and_what_runs(tmp_path: Path) -> None:
    (file,) = make_files(tmp_path, 1)
    need = need_of([replace(facts(file), width=1000, height=1000), facts(file)])

    assert need == pytest.approx(16)
    assert room_mb(Settings(memory_mb=1000), 4, 100) == pytest.approx(500)
    assert room_mb(Settings(memory_mb=4_000_000), 4, 0) < 4_000_000 - 400
