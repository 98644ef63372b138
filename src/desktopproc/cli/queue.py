"""`desktopproc queue`: what waits, runs and has ended, and what to do with it."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from desktopproc.cli.command import Call, Command
from desktopproc.cli.following import NOTHING
from desktopproc.cli.ordering import add_order_flags, answered, order, settings_of
from desktopproc.cli.passwords import asked_for, given_passwords
from desktopproc.cli.queue_file import queue_reader
from desktopproc.cli.queue_flags import (
    add_cancel_flags,
    add_clear_flags,
    add_list_flags,
    add_retry_flags,
    add_run_flags,
    is_number,
)
from desktopproc.cli.records import all_counts, job_record, jobs_of
from desktopproc.cli.reports import report
from desktopproc.cli.run import look, running
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import add_json, write_json, write_json_with
from desktopproc.cli.words import ended, waiting
from desktopproc.core.errors import NeedsPasswordError, UsageError
from desktopproc.core.job import FINAL, MOVES, Batch, Counts, Job, State
from desktopproc.core.operation import Operation
from desktopproc.engine import config

if TYPE_CHECKING:
    from desktopproc.engine.engine import Engine
    from desktopproc.engine.reader import Reader

_AT_ONCE = 1000
_OPEN = frozenset(State) - FINAL
_NEEDS_PASSWORD = NeedsPasswordError.code


def _list(call: Call) -> int:
    states = _states(call)
    with queue_reader(call) as reader:
        counts = reader.counts(call.flags.batch) if reader else Counts()
        jobs = _page(reader, call, states) if reader else iter(())
        if call.flags.json:
            head = {"counts": all_counts(counts), "seconds_left": _seconds_left(call, reader)}
            write_json_with(head, "jobs", map(job_record, jobs))
            return 0
        for job in jobs:
            write_line("  ".join(_row(job)))
    return 0


def _seconds_left(call: Call, reader: "Reader | None") -> list[float] | None:
    """How long all that waits would take here, at least and at most, where that is known."""
    from desktopproc.engine.outlook import foretold  # deferred: plain lists need none of it

    if reader is None:
        return None
    left = foretold(reader, call.operations(), config.load(call.home).settings)
    return None if left is None else [round(seconds, 1) for seconds in left]


def _page(reader: "Reader", call: Call, states: Collection[State] | None) -> Iterator[Job]:
    offset, left = call.flags.offset, call.flags.limit
    while left is None or left > 0:
        limit = _AT_ONCE if left is None else min(left, _AT_ONCE)
        page = reader.page(states=states, batch=call.flags.batch, offset=offset, limit=limit)
        yield from page
        if len(page) < limit:
            return
        offset += limit
        left = None if left is None else left - limit


def _row(job: Job) -> tuple[str, ...]:
    state = "done (cached)" if job.cached else job.state.value
    said = job.error.message if job.error else _outputs(job)
    return f"{job.id:>6}", f"{state:<10}", f"{job.operation:<14}", shown(job.name), shown(said)


def _outputs(job: Job) -> str:
    more = f" and {len(job.outputs) - 1} more" if len(job.outputs) > 1 else ""
    return f"{job.outputs[0]}{more}" if job.outputs else ""


def _add(call: Call, operation: Operation) -> int:
    ordered = order(call, operation)
    with running(call, ordered.settings) as at_work:
        found = look(call, ordered, at_work.io)
        request = answered(ordered, found).request(found, start=False)
        batch = at_work.engine.submit(request).result()
    for sentence in at_work.mailbox.sentences():
        say(shown(sentence))
    with queue_reader(call) as reader:
        counts = reader.counts(batch) if reader else Counts()
    if call.flags.json:
        write_json({"batch": batch, "counts": all_counts(counts)})
    else:
        write_line(f"Batch {batch}: {waiting(counts.waiting)} Start: desktopproc queue start")
    return 1 if counts.failed else 0


def _start(call: Call) -> int:
    began = time.monotonic()
    with queue_reader(call) as reader:
        wanted = _batches(call, reader)
        batches = [batch.id for batch in wanted if batch.counts.open]
        earlier = _ended(reader, batches)
    if not batches:
        return report(call, NOTHING, time.monotonic() - began)
    with running(call, settings_of(call)) as at_work:
        started = at_work.engine.start_batches(batches)
        ending = at_work.follow(started, batches, earlier=earlier, is_quiet=call.flags.quiet)
    return report(call, ending, time.monotonic() - began)


def _ended(reader: "Reader | None", batches: Collection[int]) -> dict[int, State]:
    """The jobs of these batches that have ended, and how."""
    if reader is None:
        return {}
    return {job.id: job.state for job in jobs_of(reader, batches, FINAL)}


def _retry(call: Call) -> int:
    began = time.monotonic()
    with queue_reader(call) as reader:
        chosen = _chosen(call, reader, {State.FAILED})
        again = {job.id: job.batch for job in chosen if State.WAITING in MOVES[job.state]}
        batches = sorted(set(again.values()))
        earlier = {job: state for job, state in _ended(reader, batches).items() if job not in again}
    if not again:
        return report(call, NOTHING, time.monotonic() - began)
    locked = [job.name for job in chosen if job.error and job.error.code == _NEEDS_PASSWORD]
    passwords = given_passwords(call) or asked_for(locked)
    with running(call, settings_of(call)) as at_work:
        at_work.engine.retry(list(again), passwords).result()
        started = at_work.engine.start_batches(batches)
        ending = at_work.follow(started, batches, earlier=earlier, is_quiet=call.flags.quiet)
    return report(call, ending, time.monotonic() - began)


def _chosen(call: Call, reader: "Reader | None", states: Collection[State]) -> list[Job]:
    """The jobs that were named, or all of a batch or of the queue in these states."""
    wanted = _numbers(call, "job")
    if reader is None:
        found = []
    else:
        found = reader.jobs(wanted) if wanted else list(_page(reader, call, states))
    if missing := sorted(set(wanted) - {job.id for job in found}):
        raise UsageError(f"There is no job {missing[0]}. See: desktopproc queue list")
    return found


def _pause(call: Call) -> int:
    with queue_reader(call) as reader:
        batches = [batch.id for batch in _batches(call, reader)] if call.words else [None]

    def pause(engine: "Engine") -> None:
        for batch in batches:
            engine.pause(batch)

    return _tell(call, pause)


def _resume(call: Call) -> int:
    with queue_reader(call) as reader:
        batches = _batches(call, reader)

    def resume(engine: "Engine") -> None:
        for batch in batches:
            engine.resume(batch.id)

    code = _tell(call, resume)
    if any(batch.counts.open for batch in batches) and not _is_run_elsewhere(call):
        say("Nobody works on what waits. Start: desktopproc queue start")
    return code


def _is_run_elsewhere(call: Call) -> bool:
    """Whether another process of this user has the queue open to work on it."""
    from desktopproc.engine.neighbours import is_alive  # deferred: --help needs no queue
    from desktopproc.engine.store import Store

    with closing(Store(call.home.queue_file)) as store:
        return any(map(is_alive, store.leases()))


def _cancel(call: Call) -> int:
    """Named jobs, one batch, or with --all everything that is not finished."""
    if not call.words and call.flags.batch is None and not call.flags.all:
        raise UsageError("Name the jobs to cancel, or use --batch N or --all.")
    with queue_reader(call) as reader:
        jobs = _chosen(call, reader, _OPEN)
    return _tell(call, lambda engine: engine.cancel([job.id for job in jobs]))


def _undo(call: Call) -> int:
    """Answers 1 where something could not be taken back; each has its sentence."""
    with queue_reader(call) as reader:
        (batch,) = _batches(call, reader)
    with running(call, config.load(call.home).settings) as at_work:
        undone = at_work.engine.undo(batch.id).result()
    if call.flags.json:
        with queue_reader(call) as reader:
            counts = all_counts(reader.counts(batch.id) if reader else Counts())
        taken_back = {"batch": batch.id, "taken_back": undone.files, "left": list(undone.left)}
        write_json({**taken_back, "counts": counts})
    else:
        left = f", {len(undone.left):,} left" if undone.left else ""
        write_line(f"{undone.files:,} taken back{left}")
    for sentence in undone.left:
        say(shown(sentence))
    return 1 if undone.left else 0


def _clear_cache(call: Call) -> int:
    """Results in the user's folders stay; only what is kept besides goes."""
    from desktopproc.engine import shelf  # deferred: --help needs no engine

    if call.words or getattr(call.flags, "state", None):
        raise UsageError("--cache removes all that is kept. Leave out jobs and states.")
    size = shelf.clear(call.home.results)
    if call.flags.json:
        write_json({"freed_bytes": size})
    else:
        write_line(f"{size / 1e6:,.1f} MB freed")
    return 0


def _clear(call: Call) -> int:
    if call.flags.cache:
        return _clear_cache(call)
    states = _states(call) or FINAL
    if unfinished := [state.value for state in states if not state.is_final]:
        raise UsageError(f"Only finished jobs can be cleared, not {unfinished[0]} ones.")
    with queue_reader(call) as reader:
        jobs = [job.id for job in _chosen(call, reader, ())] if call.words else None
    return _tell(call, lambda engine: engine.clear(jobs, states=states))


def _tell(call: Call, command: "Callable[[Engine], object]") -> int:
    """Hand a command to the engine, and say how the queue stands after it."""
    with running(call, config.load(call.home).settings) as at_work:
        command(at_work.engine)
    for sentence in at_work.mailbox.sentences():
        say(shown(sentence))
    with queue_reader(call) as reader:
        counts = reader.counts() if reader else Counts()
    if call.flags.json:
        write_json({"counts": all_counts(counts)})
    else:
        write_line(ended(counts))
    return 0


def _batches(call: Call, reader: "Reader | None") -> list[Batch]:
    """The batches that were named, or all; UsageError where there is no such batch."""
    found = reader.batches() if reader else []
    wanted = _numbers(call, "batch")
    if missing := sorted(set(wanted) - {batch.id for batch in found}):
        raise UsageError(f"There is no batch {missing[0]}. See: desktopproc queue list --json")
    return [batch for batch in found if not wanted or batch.id in wanted]


def _numbers(call: Call, noun: str) -> list[int]:
    for word in call.words:
        if not is_number(word):
            raise UsageError(f"'{shown(word)}' is not the number of a {noun}.")
    return [int(word) for word in call.words]


def _states(call: Call) -> list[State] | None:
    words = getattr(call.flags, "state", None)
    if words is None:
        return None
    known = ", ".join(state.value for state in State)
    for word in words.split(","):
        if word not in set(State):
            raise UsageError(f"There is no state '{shown(word)}'. There are: {known}.")
    return [State(word) for word in words.split(",")]


def _add_command(operation: Operation) -> Command:
    return Command(
        f"queue add {operation.name}",
        f"Queue, without starting: {operation.help}",
        lambda call: _add(call, operation),
        lambda parser: add_order_flags(parser, operation),
        operands="PATH...",
        least=1,
        most=None,
    )


COMMANDS = (
    Command("queue list", "Show the jobs, oldest first.", _list, add_list_flags),
    Command(
        "queue add",
        "Queue files without starting: queue add OPERATION PATH... -o DIR",
        inner=_add_command,
    ),
    Command(
        "queue start",
        "Work off what waits, here and now.",
        _start,
        add_run_flags,
        operands="[BATCH...]",
        most=None,
    ),
    Command(
        "queue pause",
        "Start nothing new, of these batches or of all.",
        _pause,
        add_json,
        operands="[BATCH...]",
        most=None,
    ),
    Command(
        "queue resume",
        "Let paused batches go on where the queue runs.",
        _resume,
        add_json,
        operands="[BATCH...]",
        most=None,
    ),
    Command(
        "queue cancel",
        "Cancel jobs, wherever they run.",
        _cancel,
        add_cancel_flags,
        operands="[JOB...]",
        most=None,
    ),
    Command(
        "queue retry",
        "Try failed jobs again, here and now.",
        _retry,
        add_retry_flags,
        operands="[JOB...]",
        most=None,
    ),
    Command(
        "queue undo",
        "Take back what a batch made or moved, as far as nobody touched it since.",
        _undo,
        add_json,
        operands="BATCH",
        least=1,
        most=1,
    ),
    Command(
        "queue clear",
        "Take finished jobs off the list.",
        _clear,
        add_clear_flags,
        operands="[JOB...]",
        most=None,
    ),
)
