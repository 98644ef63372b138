"""`desktopproc --print-completion`: what makes a shell complete our commands with the Tab key."""

import argparse
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

from desktopproc.cli import run as running
from desktopproc.cli.command import Call, Command, Parser
from desktopproc.cli.streams import shown, write_result
from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation

SHELLS = ("bash", "zsh", "fish")


def command(others: Sequence[Command]) -> Command:
    """The command, given all the others."""

    def run(call: Call) -> int:
        (shell,) = call.words
        if shell not in SHELLS:
            known = ", ".join(SHELLS)
            raise UsageError(f"There is no completion for '{shown(shell)}'. There is for: {known}.")
        write_result([completion(shell, others, call.operations()), "\n"])
        return 0

    return Command(
        "--print-completion",
        "Write what makes a shell complete commands: bash, zsh or fish.",
        run,
        operands="SHELL",
        least=1,
        most=1,
        more="bash: put it into ~/.local/share/bash-completion/completions/desktopproc\n"
        "zsh:  put it into a file _desktopproc in a folder of $fpath\n"
        "fish: put it into ~/.config/fish/completions/desktopproc.fish",
    )


def completion(shell: str, commands: Sequence[Command], operations: Mapping[str, Operation]) -> str:
    """The script for one shell, made from the flags as they are."""
    import shtab  # deferred: nothing else needs it

    written: str = shtab.complete(_grammar(commands, operations), shell, root_prefix="desktopproc")
    return written


def _grammar(commands: Sequence[Command], operations: Mapping[str, Operation]) -> ArgumentParser:
    """All commands as one parser; `command.read` reads one at a time, which is quicker."""
    root = Parser(prog="desktopproc", allow_abbrev=False)
    root.add_argument("--version", action="store_true", help="Tell the version.")
    top = root.add_subparsers(parser_class=Parser)
    groups: dict[str, Any] = {}
    runs = [running.command(operation) for operation in operations.values()]
    for each in (*runs, *commands):
        group, _, name = each.name.rpartition(" ")
        if name.startswith("--"):
            root.add_argument(name, action="store_true", help=_plain(each.summary))
            continue
        if group and group not in groups:
            parser = top.add_parser(group, help=f"Commands of {group}.", allow_abbrev=False)
            groups[group] = parser.add_subparsers(parser_class=Parser)
        _add(groups[group] if group else top, name, each, list(operations))
    return root


def _add(place: Any, name: str, each: Command, operations: Sequence[str]) -> None:
    import shtab  # deferred: nothing else needs it

    words = {"allow_abbrev": False, "argument_default": SUPPRESS}
    parser = place.add_parser(name, help=_plain(each.summary), **words)
    each.add_flags(parser)
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list of them
        _complete(action, shtab)
    if each.inner is not None or each.operands == "[NAME]":
        parser.add_argument("operation", nargs="?", choices=list(operations))
    elif "PATH" in each.operands or "FILE" in each.operands:
        parser.add_argument("paths", nargs="*").complete = shtab.FILE
    elif "DIR" in each.operands:
        parser.add_argument("folder", nargs="?").complete = shtab.DIRECTORY


def _complete(action: argparse.Action, shtab: Any) -> None:
    """Say what may follow a flag; help is one short line there."""
    action.help = _plain(action.help or "")
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if metavar.startswith("{"):
        action.choices = metavar.strip("{}").split(",")
    elif metavar == "DIR":
        action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    elif metavar == "FILE":
        action.complete = shtab.FILE  # type: ignore[attr-defined]


def _plain(text: str) -> str:
    """The first sentence, without what shells or argparse take for signs of their own."""
    first = text.replace("%%", "%").partition(". ")[0].rstrip(".")
    return "".join(sign for sign in first if sign not in "\"'`$\\[]{}:%")
