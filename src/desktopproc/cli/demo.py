"""`desktopproc demo`: generated photos and documents through the same engine as anybody's files."""

import time
from argparse import ArgumentParser
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.ordering import results_folder
from desktopproc.cli.streams import say, shown
from desktopproc.cli.tables import add_report_flags
from desktopproc.core.errors import StartError
from desktopproc.core.job import Conflict, Family, OutputPlan, Request
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build
from desktopproc.engine import config

if TYPE_CHECKING:
    from desktopproc.engine.scan import Found

DEFAULT_FOLDER = "desktopproc-demo"
_ASKED: Mapping[str, Mapping[str, Any]] = {
    "arrange-pdf": {"reverse": True},
    "protect-pdf": {"copying": False},
    "stamp-pdf": {"text": "SAMPLE"},
}
"""What is asked for where an operation does nothing unasked."""
_ONLY: Mapping[str, Collection[Family]] = {"ocr-pdf": {Family.PDF}}
"""Sample photos have no text to be read."""


def _run(call: Call) -> int:
    from desktopproc.cli.reports import report  # deferred: --help needs none of these
    from desktopproc.cli.run import running
    from desktopproc.cli.scanning import look_at
    from desktopproc.formats.samples import make_samples

    folder = results_folder(Path(call.flags.output))
    try:
        made = list(make_samples(folder / "samples"))
    except OSError as e:
        raise StartError(f"Samples cannot be made in {shown(folder)}: {e.strerror}.") from e
    if not call.flags.quiet:
        say(f"Made {len(made)} sample photos and documents in {folder / 'samples'}")
    settings = config.load(call.home).settings
    began = time.monotonic()
    with running(call, settings) as at_work:
        found = look_at(
            [str(folder / "samples")],
            at_work.io,
            threads=settings.io_threads,
            is_quiet=call.flags.quiet,
        )
        requests = [
            _request(operation, found, folder / "results" / operation.name)
            for operation in call.operations().values()
        ]
        submitted = [at_work.engine.submit(request) for request in requests if request.files]
        batches = [future.result() for future in submitted]
        started = at_work.engine.start_batches(batches)
        ending = at_work.follow(started, batches, is_quiet=call.flags.quiet)
    return report(call, ending, time.monotonic() - began, folder / "results")


def _request(operation: Operation, found: "list[Found]", folder: Path) -> Request:
    """Every sample that this operation takes, with its options as they are."""
    takes = _ONLY.get(operation.name, operation.takes)
    options: object = build(operation.options, _ASKED.get(operation.name, {}))
    return Request(
        operation=operation.name,
        options=options,
        files=tuple((f.facts, f.root) for f in found if f.facts.kind in takes),
        output=OutputPlan(folder, conflict=Conflict.UPDATE),
        start=False,
    )


def _add_flags(parser: ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        default=DEFAULT_FOLDER,
        help=f"Where samples and results go. Default: {DEFAULT_FOLDER}.",
    )
    add_report_flags(parser)


COMMANDS = (
    Command("demo", "Make sample photos and documents, and process them.", _run, _add_flags),
)
