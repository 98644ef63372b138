"""`desktopproc scan`: what files are, read from their headers."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.interrupts import raised
from desktopproc.cli.tables import add_report_flags, write_json_with, write_table
from desktopproc.core.job import Facts, Family
from desktopproc.engine import config


def _run(call: Call) -> int:
    from desktopproc.cli.scanning import look_at  # deferred: --help needs no threads
    from desktopproc.engine.iopool import ThreadPool
    from desktopproc.engine.logfile import open_log

    open_log(call.home)
    threads = config.load(call.home).settings.io_threads
    with raised(), closing(ThreadPool(threads)) as io:
        found = look_at(call.words, io, threads=threads, is_quiet=call.flags.quiet)
    files = [item.facts for item in found]
    if call.flags.json:
        write_json_with({"counts": counts(files)}, "files", map(record, files))
    elif files:
        write_table([_row(facts) for facts in files])
    return 1 if any(facts.error for facts in files) else 0


def record(facts: Facts) -> dict[str, Any]:
    """One file as `scan --json` lists it; what is not known is null."""
    return {
        "path": str(facts.path),
        "kind": _printed(facts.kind),
        "format": facts.format,
        "bytes": facts.size_bytes,
        "width": facts.width,
        "height": facts.height,
        "pages": facts.pages,
        "taken": facts.taken,
        "make": facts.make,
        "model": facts.model,
        "orientation": facts.orientation,
        "latitude": facts.latitude,
        "longitude": facts.longitude,
        "needs_password": facts.needs_password,
        "error": None
        if facts.error is None
        else {"code": facts.error.code, "message": facts.error.message},
    }


def counts(files: Iterable[Facts]) -> dict[str, int]:
    """How many files there are of each kind, in all, and with an error."""
    files = list(files)
    kinds = Counter(_printed(facts.kind) for facts in files)
    return {
        "files": len(files),
        **{kind: kinds[kind] for kind in dict.fromkeys(map(_printed, Family))},
        "errors": sum(facts.error is not None for facts in files),
    }


def _printed(family: Family) -> str:
    """The kind as scripts know it; those that came later are "other", and the format tells."""
    return Family.OTHER.value if family is Family.TEXT else family.value


def _row(facts: Facts) -> tuple[object, ...]:
    size = f"{facts.width}x{facts.height}" if facts.width else ""
    pages = f"{facts.pages} pages" if facts.pages else ""
    said = facts.error.message if facts.error else ", ".join(filter(None, (size, pages)))
    return facts.path, facts.format or facts.kind.value, facts.taken or "", said


def _add_flags(parser: ArgumentParser) -> None:
    add_report_flags(parser)


COMMANDS = (
    Command(
        "scan",
        "Say what files are, without processing them.",
        _run,
        _add_flags,
        operands="PATH...",
        least=1,
        most=None,
    ),
)
