"""Decides which files of a watched folder are new work, by what the queue file remembers."""

import json
import os
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from desktopproc.core.job import Conflict, Facts, Job, Request, State
from desktopproc.core.operation import Operation
from desktopproc.core.schema import to_plain
from desktopproc.engine.enqueue import preview, resolved
from desktopproc.engine.plan import facts_of
from desktopproc.engine.reader import Rows
from desktopproc.engine.records import stored_path
from desktopproc.engine.store import connect


@dataclass(frozen=True, slots=True)
class _Before:
    """A job of the last batch with a source: how it stands, and which result it has or gets."""

    batch: int
    state: State
    facts: Facts
    is_same: bool  # the same options
    target: Path | None


_Jobs = Mapping[Path, Sequence[_Before]]


def unfinished(request: Request, queue_file: Path) -> list[int]:
    """The batches of earlier runs like this one in which something is left to do."""
    with closing(connect(queue_file, read_only=True)) as rows:
        before = _before(rows, request)
    jobs = [job for of_source in before.values() for job in of_source]
    return sorted({job.batch for job in jobs if job.is_same and not job.state.is_final})


def new_work(request: Request, operation: Operation, queue_file: Path) -> list[Request]:
    """What is left of a request without what is done, waits or has failed as it is.

    A source that has changed since replaces its own result; no other file is ever replaced.
    """
    with closing(connect(queue_file, read_only=True)) as rows:
        before = _before(rows, request)
    files = tuple((facts, root) for facts, root in request.files if not _is_known(before, facts))
    update = _under(replace(request, files=files), Conflict.UPDATE)
    planned: dict[Path, list[Job]] = {}
    for job in preview(update, operation, queue_file):
        planned.setdefault(job.inputs[0], []).append(job)
    again: list[tuple[Facts, Path | None]] = []
    new: list[tuple[Facts, Path | None]] = []
    for facts, root in files:
        jobs = planned[facts.path]
        if all(job.cached or job.state is State.SKIPPED for job in jobs):
            continue
        owns = _owns({earlier.target for earlier in before.get(facts.path, ())}, jobs)
        (again if owns else new).append((facts, root))
    requests = [
        replace(update, files=tuple(again)),
        _under(replace(request, files=tuple(new)), Conflict.RENAME),
    ]
    return [part for part in requests if part.files]


def _under(request: Request, conflict: Conflict) -> Request:
    return replace(request, output=replace(request.output, conflict=conflict))


def _owns(targets: AbstractSet[Path | None], jobs: Sequence[Job]) -> bool:
    """Whether the jobs of a source would replace its own earlier results, and nothing else."""
    owned = [not targets.isdisjoint(job.outputs) for job in jobs]
    free = (not any(map(os.path.lexists, job.outputs)) for job in jobs)
    return any(owned) and all(own or none for own, none in zip(owned, free, strict=True))


def _is_known(before: _Jobs, facts: Facts) -> bool:
    earlier = before.get(facts.path)
    if earlier is None or not earlier[0].is_same:
        return False
    if any(not job.state.is_final for job in earlier):
        return True
    return all(_is_current(job, facts) for job in earlier)


def _is_current(earlier: _Before, facts: Facts) -> bool:
    now, then = facts, earlier.facts
    if (now.size_bytes, now.mtime_ns) != (then.size_bytes, then.mtime_ns):
        return False
    return earlier.state is not State.DONE or (
        earlier.target is not None and earlier.target.exists()
    )


def _before(rows: Rows, request: Request) -> _Jobs:
    """The last jobs of each source with this operation and this output folder."""
    output = resolved(request).output
    options = to_plain(request.options)
    found: dict[Path, list[_Before]] = {}
    for batch, stored, state, path, facts, target in rows.execute(
        _JOBS, (request.operation, os.fsencode(output.folder))
    ):
        source = stored_path(path)
        job = _Before(
            batch,
            State(state),
            facts_of(source, facts),
            json.loads(stored) == options,
            None if target is None else stored_path(target),
        )
        if source not in found or found[source][0].batch != batch:
            found[source] = []
        found[source].append(job)
    return found


_JOBS = """
    SELECT batches.id, batches.options, jobs.state, files.path, files.facts, targets.path
    FROM batches JOIN jobs ON jobs.batch = batches.id JOIN files ON files.job = jobs.id
    LEFT JOIN targets ON targets.job = jobs.id
    WHERE batches.operation = ? AND batches.folder = ? ORDER BY jobs.id
"""
