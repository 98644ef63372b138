"""`desktopproc OPERATION PATH... -o DIR`: looks at the files, queues them, works and reports."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.cli.command import Call, Command, Parser
from desktopproc.cli.following import Ending, Follower, Mailbox
from desktopproc.cli.interrupts import raised
from desktopproc.cli.ordering import (
    Order,
    absolute,
    add_machine_flags,
    add_order_flags,
    answered,
    order,
)
from desktopproc.cli.progress import view
from desktopproc.cli.reports import report, report_plan
from desktopproc.core.errors import OutputError, StartError
from desktopproc.core.job import State
from desktopproc.core.operation import Operation
from desktopproc.core.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from desktopproc.engine.engine import Engine
    from desktopproc.engine.iopool import IoPool
    from desktopproc.engine.scan import Found

log = logging.getLogger(__name__)


def command(operation: Operation) -> Command:
    """The command that runs this operation."""
    return Command(
        operation.name,
        operation.help,
        lambda call: _run(call, operation),
        lambda parser: _add_flags(parser, operation),
        operands="PATH...",
        least=1,
        most=None,
        more="Put -- before names that begin with a hyphen.",
    )


def _add_flags(parser: Parser, operation: Operation) -> None:
    add_order_flags(parser, operation)
    here = parser.add_argument_group("This computer")
    add_machine_flags(here)
    here.add_argument(
        "--dry-run", action="store_true", default=False, help="Show what would be made."
    )


@dataclass(frozen=True, slots=True)
class Running:
    """An engine at work for one command, with the threads and the mailbox that go with it."""

    engine: "Engine"
    io: "IoPool"
    mailbox: Mailbox

    def follow(
        self,
        started: "Future[Any]",
        batches: Collection[int] = (),
        *,
        earlier: Mapping[int, State] | None = None,
        is_quiet: bool,
    ) -> Ending:
        """Wait for these batches, or the one `started` makes; the engine is closed afterwards.

        `earlier` are jobs of them that had ended before and will not be run again.
        """
        shown = view(is_quiet=is_quiet)
        return Follower(self.engine, self.mailbox, shown, earlier or {}).follow(started, batches)


@contextmanager
def running(call: Call, settings: Settings, *likely: Operation) -> Iterator[Running]:
    """Start an engine, made ready for the `likely` operations; closed whatever happened."""
    from desktopproc.engine.engine import Engine  # deferred: --help needs no engine
    from desktopproc.engine.iopool import ThreadPool
    from desktopproc.engine.logfile import open_log

    call.home.make()
    open_log(call.home)
    mailbox = Mailbox()
    with raised(), closing(ThreadPool(settings.io_threads)) as io:
        tell = mailbox.deliver
        engine = Engine(call.home, settings, call.operations(), io=io, listener=tell, likely=likely)
        try:
            engine.start()
        except OutputError as e:  # nothing was begun: another exit code than for a failed write
            raise StartError(str(e)) from e
        except RuntimeError as e:  # the system allows no more threads
            log.exception("The engine could not be started")
            raise StartError(f"No work can be started: {e}. Close other programs.") from e
        try:
            yield Running(engine, io, mailbox)
        finally:
            engine.close()


def look(call: Call, order: Order, io: "IoPool") -> "list[Found]":
    """The files to work on. Results of earlier runs inside a source folder are not sources."""
    from desktopproc.cli.scanning import look_at  # deferred: --help needs no threads

    output = order.output.folder
    sources = [absolute(Path(word)) for word in call.words]
    is_inside = any(output.is_relative_to(source) and output != source for source in sources)
    return look_at(
        call.words,
        io,
        threads=order.settings.io_threads,
        exclude=[output] if is_inside else [],
        is_quiet=call.flags.quiet,
    )


def _run(call: Call, operation: Operation) -> int:
    ordered = order(call, operation)
    if call.flags.dry_run:
        return _dry_run(call, ordered)
    began = time.monotonic()
    with running(call, ordered.settings, operation) as at_work:
        found = look(call, ordered, at_work.io)
        request = answered(ordered, found).request(found)
        ending = at_work.follow(at_work.engine.submit(request), is_quiet=call.flags.quiet)
    return report(call, ending, time.monotonic() - began, ordered.output.folder)


def _dry_run(call: Call, ordered: Order) -> int:
    from desktopproc.engine.enqueue import preview  # deferred: --help needs no engine
    from desktopproc.engine.iopool import ThreadPool
    from desktopproc.engine.logfile import open_log

    open_log(call.home)
    began = time.monotonic()
    with raised(), closing(ThreadPool(ordered.settings.io_threads)) as io:
        found = look(call, ordered, io)
    planned = preview(ordered.request(found), ordered.operation, call.home.queue_file)
    return report_plan(call, planned, time.monotonic() - began)
