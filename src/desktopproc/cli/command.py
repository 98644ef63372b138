"""What a command of the terminal is, and how its words are read."""

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from desktopproc.cli.streams import shown
from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation
from desktopproc.engine.home import Home


@dataclass(frozen=True, slots=True)
class Call:
    """One command as the user typed it, with what it may need to do its work."""

    words: tuple[str, ...]
    flags: Namespace
    home: Home
    operations: Callable[[], Mapping[str, Operation]]


class Parser(ArgumentParser):
    """The flags of one command. `explanations` are made for its help only."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words)
        self.explanations: list[Callable[[], str]] = []

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        raise UsageError(f"{shown(sentence)}. See: {self.prog} --help")

    def format_help(self) -> str:
        parts = [*(explain() for explain in self.explanations), self.epilog or ""]
        self.explanations = []
        self.epilog = "\n\n".join(part for part in parts if part)
        return super().format_help()


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, what it says of itself, its flags, and what it does.

    `operands` is how the words after the command are shown ("PATH..."), with how many there must
    and may be (None: as many as wanted). `run` returns the exit code. A command with `inner` is
    followed by the name of an operation, which decides what it does.
    """

    name: str
    summary: str
    run: Callable[[Call], int] = lambda _call: 0
    add_flags: Callable[[Parser], None] = lambda _parser: None
    operands: str = ""
    least: int = 0
    most: int | None = 0
    more: str = ""
    inner: "Callable[[Operation], Command] | None" = None


def parser_of(command: Command) -> Parser:
    """The flags of a command. Operands are read by `read`: they may stand between flags."""
    parser = Parser(
        prog=f"desktopproc {command.name}",
        usage=f"desktopproc {command.name} {command.operands + ' ' if command.operands else ''}"
        "[flags]",
        description=command.summary,
        epilog=command.more,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=SUPPRESS,
    )
    command.add_flags(parser)
    return parser


def read(command: Command, arguments: Sequence[str]) -> tuple[tuple[str, ...], Namespace]:
    """Split what was typed into operands and flags; what follows `--` is never a flag."""
    parser = parser_of(command)
    arguments = list(arguments)
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    flags, rest = parser.parse_known_args(arguments[:cut])
    for word in rest:
        if word.startswith("-") and word != "-":
            parser.error(f"there is no flag '{word}'")
    words = (*rest, *arguments[cut + 1 :])
    if len(words) < command.least:
        parser.error(f"'{command.name}' needs {command.operands.rstrip('.')}")
    if command.most is not None and len(words) > command.most:
        parser.error(f"'{words[command.most]}' is one word too many")
    if "" in words:
        parser.error("an empty word is not a name")
    return words, flags
