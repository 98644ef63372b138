"""`desktopproc doctor`: what this computer offers, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import StartError


def _run(call: Call) -> int:
    from desktopproc.engine.examination import examine  # deferred: asks other programs

    found = examine(call.home)
    if call.flags.json:
        write_json(found)
    else:
        write_table([row for name, value in found.items() for row in _rows(name, value)])
    return StartError.exit_code if found["problems"] else 0


def _rows(name: str, value: Any) -> list[tuple[str, str]]:
    """A value with parts becomes a row for each part."""
    if isinstance(value, Mapping):
        return [(f"{name} {key}", _text(part)) for key, part in value.items()]
    if isinstance(value, list):
        return [(name, _text(part)) for part in value] or [(name, "none")]
    return [(name, _text(value))]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(str(part) for part in value.values() if part is not None) or "not found"
    return "-" if value is None else str(value)


COMMANDS = (Command("doctor", "Say what this computer offers, and what is wrong.", _run, add_json),)
