"""Jobs as `--json` lists them: the shapes that scripts rely on."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktopproc.core.job import Counts, Job, State

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader

_AT_ONCE = 1000


def job_record(job: Job) -> dict[str, Any]:
    """One job. `outputs` are files that exist, so a job that made nothing has none."""
    return {
        "id": job.id,
        "operation": job.operation,
        "input": str(job.inputs[0]) if job.inputs else None,
        "outputs": [str(path) for path in job.outputs] if job.state is State.DONE else [],
        "state": job.state.value,
        "cached": job.cached,
        "attempts": job.attempts,
        "seconds": job.seconds,
        "error": {"code": job.error.code, "message": job.error.message} if job.error else None,
        "batch": job.batch,
        "item": job.item,
        "inputs": [str(path) for path in job.inputs],
        "notes": list(job.notes),
    }


def ended_counts(counts: Counts) -> dict[str, int]:
    """What became of the jobs of a run."""
    return {
        "done": counts.done,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "skipped": counts.skipped,
    }


def all_counts(counts: Counts) -> dict[str, int]:
    """How many jobs stand in each state."""
    return {state.value: getattr(counts, state.value) for state in State}


def add(one: Counts, other: Counts) -> Counts:
    """Both together."""
    return Counts(
        **{state.value: getattr(one, state.value) + getattr(other, state.value) for state in State}
    )


def without(counts: Counts, earlier: Collection[State]) -> Counts:
    """The counts but for jobs that had ended in these states before."""
    ended = Counter(earlier)
    return replace(
        counts,
        **{state.value: max(0, getattr(counts, state.value) - n) for state, n in ended.items()},
    )


def jobs_of(
    reader: "Reader", batches: Collection[int], states: Collection[State] | None = None
) -> Iterator[Job]:
    """All jobs of these batches, however many, a thousand in memory at a time."""
    for batch in sorted(batches):
        offset = 0
        while page := reader.page(batch=batch, states=states, offset=offset, limit=_AT_ONCE):
            yield from page
            offset += len(page)
