"""Finds the command that was typed, runs it, and turns every ending into an exit code."""

import logging
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from types import TracebackType

from desktopproc import __version__
from desktopproc.cli import (
    completion,
    copying,
    demo,
    desktop,
    doctor,
    gui,
    licences,
    operations,
    presets,
    queue,
    queue_stats,
    scan,
    settings,
    streams,
    watch,
)
from desktopproc.cli import (
    run as running,
)
from desktopproc.cli.command import Call, Command, parser_of, read
from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.operation import Operation
from desktopproc.engine.home import Home

log = logging.getLogger(__name__)

INTERRUPTED = 130
_HELP = frozenset({"-h", "--help", "help"})


def run(arguments: Sequence[str], open_window: gui.OpenWindow) -> int:
    """Do what these arguments ask for; every expected failure is one sentence on stderr."""
    streams.prepare()
    sys.excepthook = _unexpected
    try:
        return _dispatch(arguments, open_window)
    except ProcError as e:
        streams.say(f"desktopproc: {streams.shown(e)}")  # it may quote what was typed
        return e.exit_code
    except KeyboardInterrupt:
        streams.say("desktopproc: Interrupted. Nothing was started.")
        return INTERRUPTED


@cache
def _operations() -> Mapping[str, Operation]:
    from desktopproc import ops  # deferred: `settings` and `queue` need no operation
    from desktopproc.core.catalogue import Catalogue

    return Catalogue([ops])


def commands(open_window: gui.OpenWindow) -> dict[str, Command]:
    """Every command but the operations, by name; "queue list" is one of `queue`'s."""
    found = [
        gui.command(open_window),
        *scan.COMMANDS,
        *operations.COMMANDS,
        *queue.COMMANDS,
        *queue_stats.COMMANDS,
        *settings.COMMANDS,
        *presets.COMMANDS,
        *copying.COMMANDS,
        *watch.COMMANDS,
        *doctor.COMMANDS,
        *demo.COMMANDS,
        *licences.COMMANDS,
        *desktop.COMMANDS,
    ]
    found.append(completion.command(found))
    return {command.name: command for command in found}


def _dispatch(arguments: Sequence[str], open_window: gui.OpenWindow) -> int:
    known = commands(open_window)
    first = arguments[0]
    if first in _HELP:
        streams.write_result(_overview(known))
        return 0
    if arguments in (["--version"], ["-V"]):  # only where it could not be told quickly
        streams.write_result([f"desktopproc {__version__}\n"])
        return 0
    command, rest = _find(known, arguments)
    if command is None:
        streams.write_result(_group_overview(known, first))
        return 0
    if any(word in {"-h", "--help"} for word in rest[: (*rest, "--").index("--")]):
        streams.write_result([parser_of(command).format_help()])
        return 0
    words, flags = read(command, rest)
    return command.run(Call(words, flags, Home.find(), _operations))


def _find(
    commands: Mapping[str, Command], arguments: Sequence[str]
) -> tuple[Command | None, Sequence[str]]:
    """The command and what follows it; None for the help of a group such as `queue`."""
    first, *rest = arguments
    if first in commands:
        return commands[first], rest
    if members := _members(commands, first):
        if rest and rest[0] in _HELP:
            return None, rest
        if rest and f"{first} {rest[0]}" in commands:
            return _inner(commands[f"{first} {rest[0]}"], rest[1:])
        raise UsageError(f"'{first}' needs one of: {', '.join(members)}.")
    if first in _operations():
        return running.command(_operations()[first]), rest
    if first.startswith("-"):
        raise UsageError(
            f"The command comes first, then its flags; '{streams.shown(first)}' is no command. "
            "See: desktopproc --help"
        )
    import difflib  # deferred: only a wrong word needs it

    groups = {name.split()[0] for name in commands}
    near = difflib.get_close_matches(first, {*groups, *_operations()}, 1)
    hint = f"Did you mean '{near[0]}'?" if near else "See: desktopproc --help"
    raise UsageError(f"There is no command '{streams.shown(first)}'. {hint}")


def _inner(command: Command, rest: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
    """Where an operation's name has to follow, what the command is for that operation."""
    if command.inner is None or (rest and rest[0] in {"-h", "--help"}):
        return command, rest
    if rest and rest[0] in _operations():
        return command.inner(_operations()[rest[0]]), rest[1:]
    raise UsageError(f"'{command.name}' needs one of: {', '.join(_operations())}.")


def _members(commands: Mapping[str, Command], group: str) -> list[str]:
    return [name.split()[1] for name in commands if name.startswith(group + " ")]


def _overview(commands: Mapping[str, Command]) -> list[str]:
    lines = ["Process photos and documents in bulk; the queue survives whatever happens.", ""]
    lines += ["usage: desktopproc                                open the window"]
    lines += ["       desktopproc OPERATION PATH... -o DIR       process files now"]
    lines += ["       desktopproc COMMAND [flags]", ""]
    group = ""
    for operation in _operations().values():
        if operation.group != group:
            group = operation.group
            lines += [f"{group}:"]
        lines += [f"  {operation.name:<20}{operation.help}"]
    lines += ["", "Commands:"]
    lines += [f"  {command.name:<20}{command.summary}" for command in commands.values()]
    lines += ["", "Flags and options of each: desktopproc COMMAND --help"]
    lines += ["Exit codes: 0 all done, 1 some failed, 2 wrong usage, 3 could not start, "]
    lines[-1] += "130 interrupted."
    return [line + "\n" for line in lines]


def _group_overview(commands: Mapping[str, Command], group: str) -> list[str]:
    shown = [command for name, command in commands.items() if name.startswith(group + " ")]
    return [f"desktopproc {command.name:<18}{command.summary}\n" for command in shown]


def _unexpected(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    """A bug of ours: one sentence for the person, the traceback for the log."""
    from desktopproc.engine.logfile import log_file, open_log  # deferred: rarely needed

    try:
        home = Home.find()
    except ProcError:
        streams.say(f"desktopproc: Unexpected error ({kind.__name__}). Report it.")
        return
    open_log(home)
    log.error("Unexpected error", exc_info=(kind, error, at))
    streams.say(
        f"desktopproc: Unexpected error ({kind.__name__}). Report it with the log: {log_file(home)}"
    )
