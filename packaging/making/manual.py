"""Writes the manual page from the commands, the operations and the settings as they are."""

import argparse
import re
import time
from collections.abc import Iterable, Iterator

from desktopproc import __version__, ops
from desktopproc.cli import main, run
from desktopproc.cli.command import Command, parser_of
from desktopproc.cli.flags import help_of
from desktopproc.core.operation import Operation
from desktopproc.core.schema import specs
from desktopproc.core.settings import Settings

_EXIT = (
    ("0", "All done; skipped files are no failure."),
    ("1", "Some failed, were cancelled, or still wait."),
    ("2", "The command is wrong; nothing was started."),
    ("3", "Nothing could be started."),
    ("130", "Interrupted. \\fBdesktopproc queue start\\fR goes on."),
)


def manual(epoch: int) -> str:
    """The page for section 1, in man(7)'s language."""
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    operations = ops.load()
    commands = main.commands(lambda _paths, _operation: 0).values()
    lines = [
        f'.TH DESKTOPPROC 1 "{date}" "desktopproc {__version__}" "User commands"',
        ".SH NAME",
        "desktopproc \\- process photos and documents in bulk",
        ".SH SYNOPSIS",
        ".B desktopproc",
        *_synopsis("OPERATION PATH... -o DIR [flags]"),
        *_synopsis("COMMAND [flags]"),
        ".SH DESCRIPTION",
        "Without arguments the window opens. An operation works on files and folders at once and",
        "tells how far it is. Window and command line share one queue, which survives whatever",
        "ends the program. Nothing is sent anywhere, and sources are never changed unless an",
        "operation says so by name.",
        ".SH OPERATIONS",
        *_operations(operations.values()),
        ".SS Flags of every operation",
        *_shared(operations["thumbnail"], run.command(operations["thumbnail"])),
        ".SH COMMANDS",
        *(line for each in commands for line in _command(each)),
        ".SH ENVIRONMENT",
        *_entry("DESKTOPPROC_HOME", "One folder for configuration, queue, cache and logs."),
        *_entry("DESKTOPPROC_PASSWORD", "Opens protected files."),
        *_entry("DESKTOPPROC_LIBREOFFICE, DESKTOPPROC_TESSERACT", "Which is used; none for none."),
        *(line for spec in specs(Settings) for line in _entry(spec.environment, help_of(spec))),
        ".SH EXIT STATUS",
        *(line for code, words in _EXIT for line in (".TP", f".B {code}", words)),
        ".SH FILES",
        *_entry("~/.config/desktopproc/config.toml", "Settings; see desktopproc settings path."),
        *_entry("~/.config/desktopproc/presets", "Presets, one file each."),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(words: str) -> list[str]:
    return [".br", ".B desktopproc", _text(words)]


def _operations(operations: Iterable[Operation]) -> Iterator[str]:
    for operation in operations:
        yield f".SS {operation.name}"
        yield _text(operation.help)
        for spec in specs(operation.options):
            yield from _entry(spec.flag, help_of(spec))


def _shared(operation: Operation, command: Command) -> Iterator[str]:
    own = {spec.flag for spec in specs(operation.options)}
    for action in _flags(command):
        if own.isdisjoint(action.option_strings):
            yield from _flag(action)


def _command(command: Command) -> Iterator[str]:
    yield from _entry(f"{command.name} {command.operands}".strip(), command.summary)
    for action in _flags(command):
        yield ".RS"
        yield from _flag(action)
        yield ".RE"


def _flags(command: Command) -> list[argparse.Action]:
    actions = parser_of(command)._actions  # noqa: SLF001 - argparse has no public list of them
    return [action for action in actions if "--help" not in action.option_strings]


def _flag(action: argparse.Action) -> Iterator[str]:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    words = (action.help or "").replace("%%", "%")
    yield from _entry(f"{', '.join(action.option_strings)} {metavar}".strip(), words)


def _entry(head: str, words: str) -> list[str]:
    return [".TP", f"\\fB{_text(head)}\\fR", _text(words)]


def _text(words: str) -> str:
    """As one line of text: no sign of it is a request or an escape."""
    text = re.sub(r"\s+", " ", words).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in {".", "'"} else text
