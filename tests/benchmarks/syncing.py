"""What it costs for each file that results survive a power cut: in groups, and one by one."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from desktopproc.engine.outputs import Placement, final_files, measure, place_group, sync_folder
from tests.benchmarks.contests import Plan, fresh
from tests.benchmarks.rows import Row

_GROUP = 200  # what the engine gathers, see `engine.committer`
_SIZE = 30_000  # as large as a thumbnail is
_ROUNDS = 5


def run(plan: Plan) -> list[Row]:
    grouped = _each_ms(plan, _in_a_group)
    alone = _each_ms(plan, _one_by_one)
    return [
        Row(
            f"durable names for {_GROUP} results of {_SIZE // 1000} kB",
            f"{grouped:.3f} ms each",
            "fsync of each file",
            f"{alone:.3f} ms each",
            f"{alone / grouped:.1f}x",
        )
    ]


def _each_ms(plan: Plan, place: Callable[[list[Path], Path], None]) -> float:
    times = []
    for _ in range(_ROUNDS):
        folder = fresh(plan.folder / "out" / "syncing")
        os.sync()  # what others have left to write is not part of this
        temps = [folder / f".temp-{number}" for number in range(_GROUP)]
        for temp in temps:
            temp.write_bytes(os.urandom(_SIZE))
        began = time.perf_counter()
        place(temps, folder)
        times.append(time.perf_counter() - began)
        assert len(list(folder.glob("result-*"))) == _GROUP
    return 1000 * statistics.median(times) / _GROUP


def _in_a_group(temps: list[Path], folder: Path) -> None:
    group = []
    for number, temp in enumerate(temps):
        target = folder / f"result-{number}"
        files = final_files(temp, target, [measure(temp)])
        group.append([Placement(0, temp, target, folder, files)])
    assert not any(failure for job in place_group(group) for failure in job)


def _one_by_one(temps: list[Path], folder: Path) -> None:
    for number, temp in enumerate(temps):
        with temp.open("rb") as file:
            os.fsync(file.fileno())
        temp.rename(folder / f"result-{number}")
    sync_folder(folder)
