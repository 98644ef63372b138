"""Decides which files of a watched folder are new work, by what the queue file remembers."""

import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from desktopproc.core.job import Conflict, Facts, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.schema import to_plain
from desktopproc.engine.enqueue import preview, resolved
from desktopproc.engine.plan import facts_of
from desktopproc.engine.reader import Rows
from desktopproc.engine.store import connect


@dataclass(frozen=True, slots=True)
class _Before:
    """The last job with a source: how it stands, and which result it has or is to have."""

    batch: int
    state: State
    facts: Facts
    is_same: bool  # the same options
    target: Path | None


def unfinished(request: Request, queue_file: Path) -> list[int]:
    """The batches of earlier runs like this one in which something is left to do."""
    with closing(connect(queue_file, read_only=True)) as rows:
        before = _before(rows, request)
    return sorted({b.batch for b in before.values() if b.is_same and not b.state.is_final})


def new_work(request: Request, operation: Operation, queue_file: Path) -> list[Request]:
    """What is left of a request without what is done, waits or has failed as it is.

    A source that has changed since replaces its own result; no other file is ever replaced.
    """
    with closing(connect(queue_file, read_only=True)) as rows:
        before = _before(rows, request)
    files = tuple((facts, root) for facts, root in request.files if not _is_known(before, facts))
    update = _under(replace(request, files=files), Conflict.UPDATE)
    planned = {job.inputs[0]: job for job in preview(update, operation, queue_file)}
    again: list[tuple[Facts, Path | None]] = []
    new: list[tuple[Facts, Path | None]] = []
    for facts, root in files:
        job = planned[facts.path]
        if job.cached or job.state is State.SKIPPED:
            continue
        earlier = before.get(facts.path)
        owns = earlier is not None and earlier.target in job.outputs
        (again if owns else new).append((facts, root))
    requests = [
        replace(update, files=tuple(again)),
        _under(replace(request, files=tuple(new)), Conflict.RENAME),
    ]
    return [part for part in requests if part.files]


def _under(request: Request, conflict: Conflict) -> Request:
    return replace(request, output=replace(request.output, conflict=conflict))


def _is_known(before: Mapping[Path, _Before], facts: Facts) -> bool:
    earlier = before.get(facts.path)
    if earlier is None or not earlier.is_same:
        return False
    if not earlier.state.is_final:
        return True
    now, then = facts, earlier.facts
    if (now.size_bytes, now.mtime_ns) != (then.size_bytes, then.mtime_ns):
        return False
    return earlier.state is not State.DONE or (
        earlier.target is not None and earlier.target.exists()
    )


def _before(rows: Rows, request: Request) -> dict[Path, _Before]:
    """The last job of each source with this operation and this output folder."""
    output = resolved(request).output
    options = to_plain(request.options)
    found = {}
    for batch, stored, state, path, facts, target in rows.execute(
        _JOBS, (request.operation, os.fsencode(output.folder))
    ):
        source = Path(os.fsdecode(path))
        found[source] = _Before(
            batch,
            State(state),
            facts_of(source, facts),
            json.loads(stored) == options,
            None if target is None else Path(os.fsdecode(target)),
        )
    return found


_JOBS = """
    SELECT batches.id, batches.options, jobs.state, files.path, files.facts, targets.path
    FROM batches JOIN jobs ON jobs.batch = batches.id JOIN files ON files.job = jobs.id
    LEFT JOIN targets ON targets.job = jobs.id
    WHERE batches.operation = ? AND batches.folder = ? ORDER BY jobs.id
"""
