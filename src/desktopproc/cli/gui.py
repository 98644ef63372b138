"""`desktopproc gui`: opens the window, or says why there can be none."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from desktopproc.cli.command import Call, Command, Parser
from desktopproc.cli.streams import shown
from desktopproc.core.errors import StartError, UsageError

_NEEDS_DISPLAY = frozenset({"", "xcb", "wayland"})


OpenWindow = Callable[[Sequence[Path], str], int]
"""Opens the window with these files, and with an operation chosen unless its name is empty."""


def command(open_window: OpenWindow) -> Command:
    """The command, given who opens the window: only the window may import Qt."""

    def run(call: Call) -> int:
        if not has_display(os.environ, sys.platform):
            raise StartError(
                "There is no display for the window. Use the command line: desktopproc --help"
            )
        from desktopproc.engine.logfile import open_log  # deferred: --help needs no log

        open_log(call.home)
        return open_window([Path(word) for word in call.words], _wanted(call))

    return Command(
        "gui",
        "Open the window, with these files added.",
        run,
        _add_flags,
        operands="[PATH...]",
        most=None,
    )


def _add_flags(parser: Parser) -> None:
    words = "Choose this operation, as the menus of file managers do."
    parser.add_argument("--operation", metavar="NAME", default="", help=words)


def _wanted(call: Call) -> str:
    name: str = call.flags.operation
    if name and name not in call.operations():
        raise UsageError(f"There is no operation '{shown(name)}'. See: desktopproc operations")
    return name


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be shown; asks the X server, as Qt ends the process if it is gone."""
    if not platform.startswith("linux"):
        return True
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] not in _NEEDS_DISPLAY:
        return True
    if environment.get("WAYLAND_DISPLAY"):
        return True
    return _answers(environment.get("DISPLAY", ""))


def _answers(display: str) -> bool:
    if not display:
        return False
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True  # another machine's display: Qt will say
    path = f"/tmp/.X11-unix/X{local[1]}"
    return any(_accepts(address) for address in (path, "\0" + path))


def _accepts(address: str) -> bool:
    import socket  # deferred: --help asks no server

    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(address)
        except OSError:
            return False
        return True
