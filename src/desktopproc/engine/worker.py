"""The process that runs operations: one pipe, one job at a time, never Qt.

The parent may kill it at any moment; only temp files are open then, and the parent sweeps them.
"""

import faulthandler
import functools
import gc
import importlib
import os
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from io import RawIOBase
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc.core.errors import (
    BadInputError,
    ChangedInputError,
    Failure,
    OutOfMemoryError,
    ProcError,
    VolumeGoneError,
)
from desktopproc.core.operation import Expected, Operation, Work, described_in
from desktopproc.core.outside import Outside
from desktopproc.core.reading import reading
from desktopproc.core.stages import Stage, Stopwatch, during, measuring
from desktopproc.engine import shortage
from desktopproc.engine.child import THREADS
from desktopproc.engine.joining import join, sources_of
from desktopproc.engine.names import subfolder
from desktopproc.engine.outputs import measure, sweep
from desktopproc.engine.records import Leaving, MadeFile
from desktopproc.engine.reusing import Reusing
from desktopproc.engine.task import (
    Asked,
    Cancel,
    Cancelled,
    Failed,
    Finished,
    Missed,
    PartFinished,
    Progress,
    Recall,
    Report,
    Returned,
    Skipped,
    Started,
    Task,
)
from desktopproc.formats.verify import verify
from desktopproc.formats.writing import writing

_REPORT_EVERY_S = 0.05
_NOISE_BYTES = 2_000_000


class _StoppedError(Exception):
    """The parent asked for this job to stop."""


def serve_process(conn: "Connection[Any, Any]", nice: int, threads: int, noise: Path) -> None:
    """Be a worker process: what libraries print, and the last words of a crash, go to `noise`."""
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    with suppress(OSError), _opened(noise) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    faulthandler.enable(file=2)
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    serve(conn)


def _opened(noise: Path) -> RawIOBase:
    """The file for what is printed; a large one gives way, and the one before it is forgotten."""
    with suppress(OSError):
        if noise.stat().st_size > _NOISE_BYTES:
            noise.replace(noise.with_name(f"{noise.name}.1"))
    return noise.open("ab", buffering=0)


def serve(conn: "Connection[Any, Any]") -> None:
    """Run tasks from the pipe until it closes or None arrives."""
    inbox = Inbox(conn)
    with suppress(EOFError, OSError):  # the parent is gone, or has closed us
        while (task := inbox.next()) is not None:
            inbox.send(run(task, inbox))


class Inbox:
    """Our end of the pipe: tasks wait here, and cancels are seen between two steps."""

    def __init__(self, conn: "Connection[Any, Any]") -> None:
        self._conn = conn
        self._tasks: deque[Task] = deque()
        self._cancelled: set[int] = set()
        self._is_closing = False
        self._reported_at = 0.0

    def next(self) -> Task | None:
        """The next task that is still wanted; None when there will be no more."""
        while True:
            self._take_all()
            if self._tasks:
                return self._tasks.popleft()
            if self._is_closing:
                return None
            self._sort(self._conn.recv())

    def begin(self, task: Task) -> None:
        """Say that a task begins; its progress is told a little later at the earliest."""
        self._reported_at = time.monotonic()
        self.send(Started(task.job))

    def send(self, report: Report) -> None:
        self._conn.send(report)

    def report(self, task: Task, done: int, total: int) -> None:
        """Tell how far a job is, not too often; raise if it is to stop."""
        now = time.monotonic()
        if now - self._reported_at >= _REPORT_EVERY_S:
            self._reported_at = now
            self.send(Progress(task.job, done, total))
        self._take_all()
        if task.job in self._cancelled:
            raise _StoppedError

    def tell(self, task: Task, program: str, *, is_well: bool) -> None:
        """Tell at once how a program of others did, so that other workers profit."""
        self.send(Asked(task.job, program, is_well))

    def _take_all(self) -> None:
        while self._conn.poll():
            self._sort(self._conn.recv())

    def _sort(self, message: Task | Cancel | Recall | None) -> None:
        match message:
            case Task():
                self._tasks.append(message)
            case Cancel(job):
                self._cancel(job)
            case Recall():
                while self._tasks:
                    self.send(Returned(self._tasks.popleft().job))
            case None:
                self._is_closing = True

    def _cancel(self, job: int) -> None:
        waiting = [task for task in self._tasks if task.job == job]
        if not waiting:
            self._cancelled.add(job)
        for task in waiting:
            self._tasks.remove(task)
            self.send(Cancelled(job))


def run(task: Task, inbox: Inbox) -> Report:
    """Do one task; whatever happens inside becomes a report, and failures leave no file."""
    inbox.begin(task)
    with measuring() as watch:
        return _measured(task, inbox, watch)


def _measured(task: Task, inbox: Inbox, watch: Stopwatch) -> Report:
    began, began_cpu = time.monotonic(), time.process_time()
    try:
        reusing = Reusing(task)
        work, sources, is_found = _attempt(task, reusing, inbox)
        with during(Stage.WRITE):
            files = [_made(temp) for temp in task.temps]
        moves = _moves(work, sources)
        reusing.keep(work, files, time.monotonic() - began)
    except _StoppedError:
        _sweep(task)
        return Cancelled(task.job)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        _sweep(task)
        raise
    except Exception as e:  # noqa: BLE001 - the worker loop: a bug must cost one job, not all
        _sweep(task)
        return Failed(task.job, _failure(e, task), time.monotonic() - began, _memory())
    seconds, cpu = time.monotonic() - began, time.process_time() - began_cpu
    notes, stages = tuple(work.notes), watch.times()
    if task.part is not None:
        return _part(task, work, tuple(sources.values()), cpu, stages)
    if not is_found:
        _sweep(task)
        return Missed(task.job, reusing.told.stamps, _memory())
    if not any(files):
        _sweep(task)
        return Skipped(task.job, work.reason, seconds, _memory())
    told = reusing.told
    return Finished(task.job, tuple(files), moves, seconds, cpu, notes, _memory(), stages, told)


def _part(
    task: Task,
    work: Work[Any],
    sources: tuple[MadeFile, ...],
    cpu_seconds: float,
    stages: tuple[float, ...],
) -> PartFinished:
    file = work.target if _is_made(work.target) else None
    notes, reason = tuple(work.notes), work.reason
    return PartFinished(
        task.job,
        file,
        reason,
        sources,
        notes,
        work.expected,
        cpu_seconds,
        _memory(),
        stages,
        work.outside.has_failed,
    )


def _sweep(task: Task) -> None:
    for temp in task.temps:
        sweep(temp)


def _attempt(
    task: Task, reusing: Reusing, inbox: Inbox
) -> tuple[Work[Any], dict[Path, MadeFile], bool]:
    """Run the operation and verify what it made, unless its result was kept.

    Answers the work, the sources as they are, and whether there is a result.
    """
    with during(Stage.READ):
        before = sources_of(task.joins) or {f.path: _identity(f.path) for f in task.sources}
    with during(Stage.WRITE):
        _make_room(task)
    work: Work[Any] = Work(
        sources=reusing.sources(),
        target=task.temps[0],
        more_targets=task.temps[1:],
        options=task.options,
        max_pixels=task.max_pixels,
        threads=task.threads,
        passwords=task.passwords,
        item=task.item,
        part=task.part,
        outside=Outside(task.resting, functools.partial(inbox.tell, task)),
    )
    is_found = reusing.find(work)
    if not is_found and not reusing.only_looks:
        _run(task, work, inbox)
        is_found = True
    with during(Stage.WRITE):
        for path, identity in before.items():
            if _identity(path) != identity:
                raise ChangedInputError(f"{path.name} changed while it was read.")
        _keep_dates(work)
    return work, before, is_found


def _run(task: Task, work: Work[Any], inbox: Inbox) -> None:
    operation = _operation(task.module, task.function)
    steps = join(work, task.joins, operation.join) if task.joins else operation.run(work)
    try:
        for done, total in steps:
            inbox.report(task, done, total)
    finally:
        close = getattr(steps, "close", None)
        if close is not None:
            close()
    with during(Stage.WRITE):
        _verify(work)


def _verify(work: Work[Any]) -> None:
    """Open every target that was made; one at least must be, unless there is a reason."""
    made = [target for target in work.targets if _is_made(target)]
    if (work.reason and not made) or (made and work.part is not None):
        return  # the whole is verified, when its parts are joined
    for target in made or [work.target]:
        expected = work.expected if target == work.target else work.more_expected.get(target)
        verify(target, expected or Expected())
    if work.reason:
        work.note(work.reason)


def _is_made(target: Path) -> bool:
    return any(target.iterdir()) if target.is_dir() else os.path.lexists(target)


def _keep_dates(work: Work[Any]) -> None:
    for source, target in work.dates:
        with reading(source):
            found = source.stat()
        if target.exists():
            with writing(target):
                os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _moves(work: Work[Any], sources: Mapping[Path, MadeFile]) -> tuple[Leaving, ...]:
    """What is to leave its place, as it was when it was read."""
    strange = [move.source for move in work.moves if move.source not in sources]
    if strange:
        raise ValueError(f"{strange[0]} is no source of this job and may not be moved")
    return tuple(
        Leaving(
            position,
            sources[move.source],
            move.digest,
            None if move.target is None else subfolder(move.target or "."),
        )
        for position, move in enumerate(work.moves)
    )


@functools.cache
def _operation(module: str, function: str) -> Operation:
    found = described_in({function: getattr(importlib.import_module(module), function)})
    return found[0]


def _identity(path: Path) -> MadeFile:
    """What changes when a file changes; also the first proof that it can be had."""
    with reading(path):
        found = path.stat()
    return MadeFile(path, found.st_size, found.st_mtime_ns, found.st_ino)


def _make_room(task: Task) -> None:
    """Make the folders below the output folder; that one itself must be there."""
    with writing(task.temps[0]):
        if not task.root.is_dir():
            raise VolumeGoneError(
                f"The output folder {task.root} is not there any more. Bring it back, then resume."
            )
    for temp in task.temps:
        with writing(temp):
            folder = temp if task.is_folder else temp.parent
            folder.mkdir(parents=True, exist_ok=True)


def _made(temp: Path) -> tuple[MadeFile, ...]:
    if not os.path.lexists(temp):
        return ()
    return tuple(measure(file) for file in (sorted(temp.iterdir()) if temp.is_dir() else [temp]))


def _failure(error: Exception, task: Task) -> Failure:
    names = ", ".join(facts.path.name for facts in task.sources[:3])
    if isinstance(error, MemoryError):
        sentence = f"{names} needs more memory than one worker may use. Raise the limit."
        gc.collect()
        return Failure.of(OutOfMemoryError(sentence))
    is_unclear = type(error) is BadInputError or not isinstance(error, ProcError | OSError)
    if is_unclear and shortage.may_be(task.sources):
        short = OutOfMemoryError(
            f"{names} cannot be opened with the memory that one worker may use. Raise the limit "
            "in the settings; a file that fails then too is damaged."
        )
        short.__cause__ = error
        return Failure.of(short)
    if isinstance(error, OSError):
        return _os_failure(error, task)
    return Failure.of(error)


def _os_failure(error: OSError, task: Task) -> Failure:
    """An operating system error that nobody put into words nearer to where it happened."""
    try:
        with writing(task.temps[0]):
            raise error
    except ProcError as e:
        return Failure.of(e)


def _memory() -> int:
    """Memory of this process that is in use now, in bytes; 0 where it cannot be told."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - thousands of times an hour
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
