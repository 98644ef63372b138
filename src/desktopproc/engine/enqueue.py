"""Puts a planned batch into the queue a piece at a time, so that running jobs are not held up."""

import gc
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from desktopproc.core.errors import StartError, UsageError
from desktopproc.core.job import Facts, Job, OutputPlan, Request
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import to_plain
from desktopproc.engine.intake import Intake
from desktopproc.engine.itemising import items_of
from desktopproc.engine.names import check_template, key_of, numbered
from desktopproc.engine.outputs import measure
from desktopproc.engine.plan import Items, Plan
from desktopproc.engine.records import Planned, Result
from desktopproc.engine.register import NoRegister, Register
from desktopproc.engine.store import connect
from desktopproc.engine.twins import Twins

_PIECE = 2000


class Listing:
    """Which names exist in folders; every folder is listed once."""

    def __init__(self) -> None:
        self._names: dict[Path, set[bytes]] = {}

    def exists(self, folder: Path, key: bytes) -> bool:
        """Whether a file there has this name, or one that some file system takes for the same."""
        if folder not in self._names:
            try:
                self._names[folder] = {key_of(path) for path in folder.iterdir()}
            except OSError:
                self._names[folder] = set()
        return key in self._names[folder]


class Places(Listing):
    """The disk and the queue file together."""

    def __init__(self, register: Register) -> None:
        super().__init__()
        self._register = register

    def is_held(self, key: bytes) -> bool:
        return self._register.is_held(key)

    def is_made_by(self, path: Path, recipe: bytes) -> bool:
        """Whether the last result under this name was made by this recipe, and lies there still."""
        made = self._register.result_at(path)
        return made is not None and made.recipe == recipe and _is_untouched(path, made)

    def current(self, paths: Sequence[Path], recipe: bytes) -> list[Path]:
        """Those that the last run of this recipe made, if all it made lies there untouched."""
        results = [(path, self._register.result_at(path)) for path in paths]
        made = [(path, result) for path, result in results if result and result.recipe == recipe]
        is_whole = all(len(made) == r.files and _is_untouched(path, r) for path, r in made)
        return [path for path, _ in made] if is_whole else []

    def is_result(self, facts: Facts, operation: str) -> bool:
        """Whether an earlier run of this operation made the file."""
        made = self._register.result_at(facts.path.resolve())
        if made is None or made.operation != operation:
            return False
        return (facts.size_bytes, facts.mtime_ns) == (made.size, made.mtime_ns)


def _is_untouched(path: Path, made: Result) -> bool:
    try:
        now = measure(path)
    except OSError:
        return False
    return (now.size, now.mtime_ns, now.inode) == (made.size, made.mtime_ns, made.inode)


class Renamer:
    """Finds another name for a job whose name somebody else took."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def another(self, job: int, position: int, taken: Path) -> Path:
        """Reserve the next free "name (2)" for one of this job's outputs."""
        return self._reserve(job, position, taken, first=2)

    def restore(self, job: int) -> None:
        """Reserve the names again that an ended job had given up, or the next free ones."""
        for position, lost in self._intake.lost_names(job):
            self._reserve(job, position, lost, first=1)

    def _reserve(self, job: int, position: int, wanted: Path, *, first: int) -> Path:
        places = Places(self._intake.register)
        with self._intake.planning():
            free = (
                path
                for number in count(first)
                if not places.exists(wanted.parent, key_of(path := numbered(wanted, number)))
                and not places.is_held(key_of(path))
            )
            path = next(free)
            self._intake.rename(job, position, key_of(path), path)
        return path


class Enqueue:
    """One request on its way into the queue; `step` until it says that it is whole."""

    def __init__(
        self,
        intake: Intake,
        lease: int,
        request: Request,
        operation: Operation,
        items: Items,
        twins: Twins,
    ) -> None:
        """Check the request as a whole first: UsageError or StartError, and nothing is stored."""
        check(request)
        request = resolved(request)
        self._intake = intake
        self._request = request
        self.batch = intake.begin_batch(
            lease,
            {
                "operation": operation.name,
                "options": json.dumps(to_plain(request.options)),
                "preset": request.preset,
                "folder": os.fsencode(request.output.folder),
                "template": request.output.template,
                "conflict": request.output.conflict.value,
                "keep_tree": request.output.keep_tree,
                "reuse": request.reuse,
                "priority": int(request.priority),
            },
        )
        plan = Plan(request, operation, Places(intake.register), items, twins)
        self._jobs: Iterator[Planned] = plan.jobs()
        self._makes_folders = operation.shape(request.options) is Shape.ONE_TO_FOLDER
        self._met: set[str] = set()
        self._first: dict[bytes, int] = {}  # the first job of each twin

    def step(self) -> bool:
        """Store the next piece; True when the batch is whole and may run."""
        with self._intake.planning(self.batch), _nothing_collected():
            piece = list(islice(self._jobs, _PIECE))
            added = self._intake.add(self.batch, int(self._request.priority), piece)
            self._intake.pair(zip(added, piece, strict=True), self._first)
            self._intake.expect_folders(self.batch, self._new_folders(piece))
        if len(piece) == _PIECE:
            return False
        self._intake.end_batch(self.batch, is_paused=not self._request.start)
        return True

    def _new_folders(self, piece: Sequence[Planned]) -> list[Path]:
        """The folders below the output folder that will be made for these jobs."""
        root = str(self._request.output.folder)
        paths = [str(path) for planned in piece for _, path in planned.targets]
        folders = paths if self._makes_folders else map(os.path.dirname, paths)
        new = []
        for folder in dict.fromkeys(folders):
            at = folder
            while at not in self._met and at != root:
                self._met.add(at)
                if os.path.lexists(at):
                    break
                new.append(Path(at))
                at = os.path.dirname(at)  # noqa: PTH120 - for each of 100,000 jobs
        return new


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Hold back the collector: it would go through a request of 100,000 files again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def check(request: Request) -> None:
    """Refuse what cannot work for any file of the request."""
    check_template(request.output.template)
    if not request.files:
        raise UsageError("There is nothing to do: no files were found.")
    _check_folder(request.output)


def _check_folder(output: OutputPlan) -> None:
    folder = output.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise StartError(
            f"The output folder {folder} cannot be made: {e.strerror}. Choose another one."
        ) from e
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartError(f"The output folder {folder} cannot be written. Choose another one.")


def resolved(request: Request) -> Request:
    """The same with its output folder spelled in the one way that is compared."""
    output = replace(request.output, folder=request.output.folder.resolve())
    return replace(request, output=output)


def preview(request: Request, operation: Operation, queue_file: Path) -> list[Job]:
    """What a request would become, with nothing stored, made or reserved.

    The queue file tells what is up to date and which names are held; it need not exist. Data
    files are read.
    """
    check_template(request.output.template)
    request = resolved(request)
    if not queue_file.exists():
        return _previewed(request, operation, Places(NoRegister()))
    with closing(connect(queue_file, read_only=True)) as rows:
        return _previewed(request, operation, Places(Register(rows)))


def _previewed(request: Request, operation: Operation, places: Places) -> list[Job]:
    plan = Plan(request, operation, places, items_of(request, operation))
    return [
        Job(
            id=number,
            batch=0,
            operation=operation.name,
            inputs=tuple(path for path, _ in planned.files),
            outputs=tuple(path for _, path in planned.targets),
            state=planned.state,
            priority=request.priority,
            cached=planned.cached,
            size_in=planned.size_in,
            error=planned.failure,
            item=planned.item,
        )
        for number, planned in enumerate(plan.jobs(), 1)
    ]
