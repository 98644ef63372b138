"""Tells what a job in the queue was ordered as: its operation, options, files and results."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import UsageError
from desktopproc.core.job import Conflict, OutputPlan
from desktopproc.core.operation import Operation, Shape
from desktopproc.core.schema import build
from desktopproc.engine.plan import root_of
from desktopproc.engine.reader import Rows
from desktopproc.engine.records import stored_path
from desktopproc.engine.store import connect


@dataclass(frozen=True, slots=True)
class Ordered:
    """One job, as if it had been ordered alone."""

    operation: Operation
    options: object
    paths: tuple[Path, ...]
    output: OutputPlan
    items: tuple[int, ...] = ()


def ordered(queue_file: Path, job: int, operations: Mapping[str, Operation]) -> Ordered:
    """What this job would be ordered as by itself; UsageError where there is no such job."""
    with closing(connect(queue_file, read_only=True)) as rows:
        return _ordered(rows, job, operations)


def _ordered(rows: Rows, job: int, operations: Mapping[str, Operation]) -> Ordered:
    batch = next(iter(rows.execute(_BATCH, (job,))), None)
    if batch is None:
        raise UsageError(f"There is no job {job}. See: desktopproc queue list")
    name, options, folder, template, conflict, keep_tree, item = batch
    if name not in operations:
        raise UsageError(f"Job {job} is for '{name}', an operation that is not there any more.")
    built: object = build(operations[name].options, json.loads(options))
    files = [(stored_path(path), root_of(facts)) for path, facts in rows.execute(_FILES, (job,))]
    place = stored_path(folder)
    if operations[name].shape(built) is Shape.MANY_TO_ONE:
        template = _named_after_folder(template, files)
    elif keep_tree:
        targets = [stored_path(path) for (path,) in rows.execute(_TARGETS, (job,))]
        place = _kept(place, files, targets)
    return Ordered(
        operations[name],
        built,
        tuple(path for path, _ in files),
        OutputPlan(place, template, Conflict(conflict)),
        () if item is None else (item,),
    )


_Files = Sequence[tuple[Path, Path | None]]


def _named_after_folder(template: str, files: _Files) -> str:
    """Files of one folder that become one file are named after the folder, not after the first."""
    roots = {root for _, root in files if root is not None}
    if len(roots) != 1 or files[0][1] is None:
        return template
    (root,) = roots
    return template.replace("{stem}", root.name.replace("{", "{{").replace("}", "}}"))


def _kept(place: Path, files: _Files, targets: Sequence[Path]) -> Path:
    """The folder below `place` that repeats where the source lies: alone, it has no tree."""
    for path, root in files:
        if root is not None and path.is_relative_to(root):
            inside = path.parent.relative_to(root)
            likely = [place / root.name / inside, place / inside]
            return next((f for f in likely if targets and targets[0].is_relative_to(f)), likely[1])
    return place


_BATCH = """
    SELECT operation, options, folder, template, conflict, keep_tree, item
    FROM jobs JOIN batches ON batches.id = batch WHERE jobs.id = ?
"""
_FILES = "SELECT path, facts FROM files WHERE job = ? ORDER BY position"
_TARGETS = "SELECT path FROM targets WHERE job = ?"
