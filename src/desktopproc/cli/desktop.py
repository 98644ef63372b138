"""`desktopproc --install-desktop`: puts the program into this user's menus, or takes it out."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desktopproc.cli.command import Call, Command
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import add_json, write_json
from desktopproc.core.errors import StartError


def _install(call: Call) -> int:
    from desktopproc.engine import desktop  # deferred: --help needs none of it

    program = _program()
    return _told(call, desktop.install(_share(), program), "written")


def _uninstall(call: Call) -> int:
    from desktopproc.engine import desktop  # deferred: --help needs none of it

    return _told(call, desktop.uninstall(_share()), "removed")


def _told(call: Call, files: Sequence[Path], word: str) -> int:
    if call.flags.json:
        write_json({word: [str(file) for file in files]})
        return 0
    for file in files:
        write_line(shown(file))
    if word == "written":
        say("desktopproc is in your menu now, and in the menus of your file manager.")
        say("To take it out again: desktopproc --uninstall-desktop")
    else:
        say("desktopproc is no longer in your menus." if files else "It was not in your menus.")
    return 0


def _share() -> Path:
    """Where this user's menus are (XDG Base Directory specification)."""
    if not sys.platform.startswith("linux"):
        raise StartError("Menu entries are made by the installer on this system, not by this.")
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if named.startswith("/") else Path.home() / ".local" / "share"


def _program() -> list[str]:
    """How this program is started, whatever folder and PATH it is started from."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    for script in (Path(sys.argv[0]), Path(sys.executable).with_name("desktopproc")):
        if script.name == "desktopproc" and script.is_file():
            return [str(script.absolute())]
    return [sys.executable, "-m", "desktopproc"]


COMMANDS = (
    Command("--install-desktop", "Put the program into your menus.", _install, add_json),
    Command("--uninstall-desktop", "Take it out of your menus again.", _uninstall, add_json),
)
