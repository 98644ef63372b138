"""What the queue and the workers cost by themselves: enqueue, page, tiny jobs, cancel."""

import gc
import shutil
import statistics
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from desktopproc.core.job import Facts, Family, OutputPlan, Request, State
from tests.benchmarks import inputs
from tests.benchmarks.contests import PROGRAM, Plan, Words
from tests.benchmarks.measuring import measure, median
from tests.benchmarks.rows import Row
from tests.engine.harness import OPERATIONS, Bench, Watch, make_files

_MANY = 100_000
_TINY = 1000
_CANCELS = 5


def run(plan: Plan) -> list[Row]:
    return [*_enqueue(plan), _tiny(plan), _cancel(plan)]


def _enqueue(plan: Plan) -> list[Row]:
    """A hundred thousand jobs in one request, then pages from everywhere in the list."""
    folder = _fresh(plan.folder / "out" / "many")
    files = tuple(
        (Facts(folder / "in" / f"{number}.txt", kind=Family.OTHER, size_bytes=1, mtime_ns=1), None)
        for number in range(_MANY)
    )
    options = OPERATIONS["copy"].options()
    request = Request("copy", options, files, OutputPlan(folder / "out"), start=False)
    with closing(Bench(folder)) as bench:
        began = time.perf_counter()
        bench.engine.submit(request).result()
        stored_s = time.perf_counter() - began
        del request, files  # a collection of these in the middle of a page is not the queue's time
        gc.collect()
        pages_s = _page_times(bench)
    return [
        _limit(f"queue: {_MANY:,} jobs stored", stored_s, 5.0),
        _limit(f"queue: slowest page of {_MANY:,}", max(pages_s), 0.05),
    ]


def _page_times(bench: Bench) -> list[float]:
    times = []
    with closing(bench.engine.reader()) as reader:
        for number in range(20):
            began = time.perf_counter()
            page = reader.page(
                states=[State.WAITING] if number % 2 else None,
                offset=number * _MANY // 20,
                newest_first=number % 3 == 0,
            )
            reader.counts()
            times.append(time.perf_counter() - began)
            assert len(page) == 200
    return times


def _tiny(plan: Plan) -> Row:
    folder = inputs.tiny_photos(plan.folder / "tiny", _TINY)[0].parent
    runs = []
    for turn in range(plan.rounds):
        out = _fresh(plan.folder / "out" / "tiny")
        words: Words = [PROGRAM, "thumbnail", folder, "-o", out]
        home = _fresh(plan.folder / "out" / f"tiny-home-{turn}")
        runs.append(measure([*words, "--quiet"], environment={"DESKTOPPROC_HOME": str(home)}))
    return _limit(f"{_TINY:,} tiny jobs", median(runs).wall_s, 3.0)


def _cancel(plan: Plan) -> Row:
    """From cancelling a job that hangs to the next result of the same worker."""
    folder = _fresh(plan.folder / "out" / "cancel")
    (hanging,) = make_files(folder / "bad", 1, "bad")
    (good,) = make_files(folder / "good", 1)
    times = []
    with closing(Bench(folder, cpu_workers=1)) as bench:
        for _ in range(_CANCELS):
            stuck = bench.submit("hang", [hanging])
            (job,) = bench.rows(stuck)
            bench.watch.until(partial(_is_running, job=job.id))
            following = bench.submit("copy", [good])
            began = time.perf_counter()
            bench.engine.cancel([job.id])
            bench.settle(following)
            times.append(time.perf_counter() - began)
    return _limit("cancel of a hanging job to the next result", statistics.median(times), 0.5)


def _is_running(watch: Watch, job: int) -> bool:
    return job in watch.jobs and watch.jobs[job].state is State.RUNNING


def _limit(title: str, seconds: float, bar_s: float) -> Row:
    def shown(value: float) -> str:
        return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.2f} s"

    return Row(title, shown(seconds), "", "", "", f"under {shown(bar_s)}", seconds < bar_s)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
