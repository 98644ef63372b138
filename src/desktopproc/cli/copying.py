"""`desktopproc queue command` and `presets command`: the line that does the same again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.ordering import results_folder
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import add_json, write_json
from desktopproc.core.errors import UsageError
from desktopproc.core.settings import Settings
from desktopproc.core.spelling import quoted, settings_flags, words
from desktopproc.engine import config, presets

_MOST_DIGITS = 18  # of a number in the queue file


def _of_jobs(call: Call) -> int:
    usual = config.load(call.home).settings
    lines = [(job, _line(call, job, usual)) for job in map(_number, call.words)]
    if call.flags.json:
        write_json({"commands": [{"job": job, **_record(line)} for job, line in lines]})
    else:
        for _, line in lines:
            write_line(quoted(line))
    return 0


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit()) or len(word) > _MOST_DIGITS:
        raise UsageError(f"'{shown(word)}' is not the number of a job.")
    return int(word)


def _line(call: Call, number: int, usual: Settings) -> list[str]:
    from desktopproc.engine.orders import ordered  # deferred: --help needs no queue
    from desktopproc.engine.store import Store

    file = call.home.queue_file
    if not file.exists():
        raise UsageError(f"There is no job {number}. The queue is empty.")
    store = Store(file)  # an older file is brought up to date, a broken one is set aside
    store.close()
    if store.set_aside:
        say(f"The queue file was damaged and a new one was started. Kept: {store.set_aside}")
    job = ordered(file, number, call.operations())
    return words(job.operation, job.options, job.paths, job.output, usual, job.items)


def _of_preset(call: Call) -> int:
    name, *paths = call.words
    operations = call.operations()
    preset = presets.load(call.home, name, operations)
    usual = config.load(call.home).settings
    place = getattr(call.flags, "output", None)
    folder = results_folder(Path(place)) if place else preset.folder
    operation = operations[preset.operation]
    line = words(operation, preset.options, [Path(path) for path in paths], folder)
    line[2:2] = settings_flags(preset.output, usual)
    if call.flags.json:
        write_json({"name": preset.name, **_record(line)})
    else:
        write_line(quoted(line))
    return 0


def _record(line: list[str]) -> dict[str, Any]:
    """As `--json` tells it: the words for a program, and the line for a shell."""
    return {"command": quoted(line), "words": line}


def _add_preset_flags(parser: ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="DIR", help="Where the results go.")
    add_json(parser)


COMMANDS = (
    Command(
        "queue command",
        "Write the command that does the same as a job.",
        _of_jobs,
        add_json,
        operands="JOB...",
        least=1,
        most=None,
    ),
    Command(
        "presets command",
        "Write the command that does the same as a preset.",
        _of_preset,
        _add_preset_flags,
        operands="NAME [PATH...]",
        least=1,
        most=None,
    ),
)
