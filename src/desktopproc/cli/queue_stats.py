"""`desktopproc queue stats`: how the queue has fared, how it fares, and what may be changed."""

from desktopproc.cli.command import Call, Command
from desktopproc.cli.queue_file import queue_reader
from desktopproc.cli.streams import write_line
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.engine import config


def _stats(call: Call) -> int:
    from desktopproc.engine.report import Report, report  # deferred: --help needs no queue
    from desktopproc.engine.report_text import tables

    settings = config.load(call.home).settings
    with queue_reader(call) as reader:
        found = report(reader, call.home, settings, call.operations()) if reader else Report()
    if call.flags.json:
        write_json(found.plain())
        return 0
    for number, (title, table) in enumerate(tables(found).items()):
        write_line(f"{chr(10) * (number > 0)}{title}")
        write_table([row for row in table if any(row)])
    return 0


COMMANDS = (
    Command(
        "queue stats",
        "Say how long jobs took and why they failed, and what would help.",
        _stats,
        add_json,
    ),
)
