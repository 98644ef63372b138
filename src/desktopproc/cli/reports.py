"""Says on stdout how a run ended, or what it would do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from desktopproc.cli.command import Call
from desktopproc.cli.following import Ending
from desktopproc.cli.records import ended_counts, job_record, jobs_of
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import write_json_with, write_table
from desktopproc.cli.words import ended, took, waiting
from desktopproc.core.job import Counts, Job, State

RESUME = "Go on with: desktopproc queue start"


def report(call: Call, ending: Ending, seconds: float, folder: Path | None = None) -> int:
    """Write the result of a run to stdout, what to do next to stderr; answers the exit code."""
    if call.flags.json:
        head = {
            "batch": ending.batches[0] if len(ending.batches) == 1 else None,
            "counts": ended_counts(ending.counts),
            "seconds": round(seconds, 3),
        }
        write_json_with(head, "jobs", map(job_record, _jobs(call, ending)))
    else:
        rate = f" ({ending.counts.done / seconds:.1f} a second)" if ending.counts.done else ""
        how = ended(ending.counts, reused=_reused(call, ending))
        write_line(f"{how} in {took(seconds)}{rate}")
        if folder is not None and ending.counts.done:
            write_line(f"Results are in {shown(folder)}")
    for sentence in _what_next(ending, is_quiet=call.flags.quiet):
        say(sentence)
    return ending.exit_code


def _reused(call: Call, ending: Ending) -> int:
    """How many of the done jobs had nothing to make anew."""
    from desktopproc.engine.store import open_reader  # deferred: --help needs no queue

    if not ending.counts.done:
        return 0
    with closing(open_reader(call.home.queue_file)) as reader:
        return reader.reused(ending.batches, ending.earlier)


def _jobs(call: Call, ending: Ending) -> Iterator[Job]:
    """What this run worked on; there may be no queue file where it worked on nothing."""
    from desktopproc.engine.store import open_reader  # deferred: --help needs no queue

    if not ending.batches:
        return
    with closing(open_reader(call.home.queue_file)) as reader:
        yield from (job for job in jobs_of(reader, ending.batches) if job.id not in ending.earlier)


def _what_next(ending: Ending, *, is_quiet: bool) -> list[str]:
    if ending.is_interrupted:
        return [f"Interrupted. {RESUME}"]
    if ending.counts.open:
        return [*ending.pauses, f"{waiting(ending.counts.open)} {RESUME}"]
    if ending.counts.failed and not is_quiet:
        return ["What failed can be tried again: desktopproc queue retry"]
    return []


def report_plan(call: Call, jobs: Sequence[Job], seconds: float) -> int:
    """Write what a run would make, in the shape that the run would have; nothing was stored."""
    if call.flags.json:
        states = Counter(job.state.value for job in jobs)
        head = {
            "batch": None,
            "counts": ended_counts(Counts(**states)),
            "seconds": round(seconds, 3),
        }
        write_json_with(
            head,
            "jobs",
            ({**job_record(job), "outputs": [str(path) for path in job.outputs]} for job in jobs),
        )
    else:
        write_table([row for job in jobs for row in _plan_rows(job)])
    return 1 if any(job.state is State.FAILED for job in jobs) else 0


def _plan_rows(job: Job) -> list[tuple[object, ...]]:
    """One line for each file that a job would make."""
    if job.error is not None:
        return [(job.name, job.state.value, job.error.message)]
    state = "up to date" if job.cached else "would be made"
    return [(job.name, state, output) for output in job.outputs]
