"""What the pool promises: quick hand-over, a cheap parent, an idle engine, memory in its budget."""

import os
import shutil
import statistics
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from desktopproc.core.settings import Settings
from desktopproc.engine.capacity import Capacity, available_cores
from desktopproc.engine.engine import preloaded
from desktopproc.engine.memory import Budget
from desktopproc.engine.pool import Pool
from desktopproc.engine.task import Finished, Task
from tests.benchmarks import inputs
from tests.benchmarks.contests import PROGRAM, Plan, Words
from tests.benchmarks.measuring import Run, measure, median
from tests.benchmarks.rows import Row
from tests.engine.harness import OPERATIONS, Bench, facts, make_files
from tests.engine.worker_memory import WorkerMemory

_TASKS = 2000
_PACED = 500  # jobs of 40 ms for two workers: 50 a second
_IDLE_S = 5.0
_LARGE = 12  # photos of 12 megapixels, of which each takes 120 MB
_BUDGET_MB = 600


def run(plan: Plan) -> list[Row]:
    return [*_latency(plan), _parent(plan), _idle(plan), _memory(plan), *_huge(plan), _busy(plan)]


def _latency(plan: Plan) -> list[Row]:
    """From giving a task that does next to nothing to hearing of its result."""
    folder = _fresh(plan.folder / "out" / "latency")
    (file,) = make_files(folder / "in", 1)
    operation = OPERATIONS["copy"]
    run, settings = operation.run, Settings()
    pool = Pool(
        settings,
        Capacity(1, 1),
        Budget(settings, 1),
        preload=preloaded([operation]),
        noise=folder / "noise",
        say=print,
    )
    task = Task(
        job=0,
        module=run.__module__,
        function=run.__name__,
        options=operation.options(),
        sources=(facts(file),),
        temps=(folder / ".copy.txt",),
        root=folder,
        is_folder=False,
        max_pixels=1,
    )
    times = []
    for number in range(_TASKS):
        began = time.perf_counter()
        pool.send(replace(task, job=number))
        while not any(isinstance(event, Finished) for event in pool.wait(10)):
            pass
        times.append(time.perf_counter() - began)
    pool.close()
    times.sort()
    return [
        _limit("pool: a task that copies a tiny file, median", statistics.median(times), 0.002),
        _limit("pool: the same, 99th percentile", times[_TASKS * 99 // 100], 0.01),
    ]


def _parent(plan: Plan) -> Row:
    """The share of one core that the engine's process takes for 50 jobs a second."""
    folder = _fresh(plan.folder / "out" / "paced")
    files = make_files(folder / "in", _PACED)
    with closing(Bench(folder)) as bench:
        bench.run("crowd", files[:2])
        began, began_cpu = time.perf_counter(), time.process_time()
        bench.run("crowd", files, steps=13)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    pace = _PACED / seconds
    share = cpu / seconds * 50 / pace
    title = f"parent's share of a core at 50 jobs/s (measured at {pace:.0f})"
    return Row(title, f"{share:.1%}", "", "", "", "under 5 %", share < 0.05)


def _idle(plan: Plan) -> Row:
    """How often an idle engine with a worker wakes up."""
    folder = _fresh(plan.folder / "out" / "idle")
    with closing(Bench(folder)) as bench:
        bench.run("copy", make_files(folder / "in", 4))
        (engine,) = [thread for thread in threading.enumerate() if thread.name == "engine"]
        threading.Event().wait(1.0)  # the last update is out
        before = _wakes(engine.native_id)
        threading.Event().wait(_IDLE_S)
        wakes = _wakes(engine.native_id) - before
    return Row(
        f"wakes of an idle engine in {_IDLE_S:g} s", f"{wakes}", "", "", "", "none", wakes == 0
    )


def _wakes(thread: int | None) -> int:
    status = Path(f"/proc/self/task/{thread}/status").read_text("ascii")
    return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)


def _memory(plan: Plan) -> Row:
    """What all workers take at the worst moment, when there is little for them."""
    photos = inputs.photos(plan.folder / "photos", _LARGE)
    folder = _fresh(plan.folder / "out" / "budget")
    process = subprocess.Popen(
        [PROGRAM, "convert", *photos, "-o", folder / "out", "--format", "webp", "--quiet"],
        env=_environment(folder, MEMORY_MB=_BUDGET_MB, CPU_WORKERS=4),
        stdin=subprocess.DEVNULL,
    )
    with WorkerMemory(process.pid) as memory:
        code = process.wait()
    assert code == 0, code
    return Row(
        f"memory of 4 workers, {_LARGE} photos of 12 MP to WebP",
        f"{memory.peak_mb:.0f} MB",
        "",
        "",
        "",
        f"within {_BUDGET_MB} MB",
        memory.peak_mb <= _BUDGET_MB,
    )


def _huge(plan: Plan) -> list[Row]:
    """One photo of 108 megapixels: all cores for it, against one thread."""
    rows = []
    photo = inputs.huge_photo(plan.folder / "huge.jpg")
    for words in (
        ("--format", "avif", "--effort", "fast"),
        ("--format", "jpeg", "--step", "sharpen"),
    ):
        runs: dict[str, list[Run]] = {"one": [], "many": []}
        for _ in range(plan.rounds):
            for kind, found in runs.items():
                folder = _fresh(plan.folder / "out" / "huge")
                command: Words = [
                    PROGRAM,
                    "convert",
                    photo,
                    "-o",
                    folder / "out",
                    *words,
                    "--quiet",
                ]
                found.append(measure(command, environment=_environment(folder, CONCURRENCY=kind)))
        one, many = (median(runs[kind]).wall_s for kind in ("one", "many"))
        title = f"one huge photo: convert {' '.join(words)}"
        ratio = many / one
        cells = (
            f"{one:.2f} s",
            "the same with one thread",
            f"{many:.2f} s",
            f"{ratio:.1f}x faster",
        )
        rows.append(Row(title, *cells, "faster", ratio > 1))
    return rows


def _busy(plan: Plan) -> Row:
    """How busy the cores are from the first look at the files to the last name."""
    photos = inputs.photos(plan.folder / "photos", plan.photos)
    shares = []
    for _ in range(plan.rounds):
        folder = _fresh(plan.folder / "out" / "busy")
        command: Words = [PROGRAM, "thumbnail", photos[0].parent, "-o", folder / "out", "--quiet"]
        found = measure(command, environment=_environment(folder))
        shares.append(found.cpu_s / found.wall_s / available_cores())
    share = statistics.median(shares)
    title = f"cores busy, start and end included, {plan.photos} thumbnails"
    return Row(title, f"{share:.0%}", "", "", "", "90 % at least", share >= 0.9)


def _limit(title: str, seconds: float, bar_s: float) -> Row:
    shown = f"{1000 * seconds:.2f} ms"
    return Row(title, shown, "", "", "", f"under {1000 * bar_s:g} ms", seconds < bar_s)


def _environment(folder: Path, **settings: object) -> dict[str, str]:
    named = {f"DESKTOPPROC_{name}": str(value) for name, value in settings.items()}
    return {**os.environ, **named, "DESKTOPPROC_HOME": str(folder / "home")}


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
