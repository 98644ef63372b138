"""`desktopproc settings`: what is in force, where it comes from, and how to change it."""

from typing import Any

from desktopproc.cli.command import Call, Command
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import UsageError
from desktopproc.core.schema import to_plain
from desktopproc.core.settings import Layered
from desktopproc.engine import config


def _list(call: Call) -> int:
    layered = config.load(call.home)
    values = to_plain(layered.settings)
    if call.flags.json:
        write_json({"settings": {name: _one(layered, name) for name in values}})
    else:
        write_table(
            [(name, _text(value), f"({layered.origins[name]})") for name, value in values.items()]
        )
    return 0


def _get(call: Call) -> int:
    layered = config.load(call.home)
    name = _known(layered, call.words[0])
    if call.flags.json:
        write_json({"name": name, **_one(layered, name)})
    else:
        write_line(shown(_text(to_plain(layered.settings)[name])))
    return 0


def _set(call: Call) -> int:
    name, *values = call.words
    name = name.replace("-", "_")
    config.set_value(call.home, name, values[0] if len(values) == 1 else values)
    return _changed(call, name)


def _unset(call: Call) -> int:
    name = call.words[0].replace("-", "_")
    config.unset_value(call.home, name)
    return _changed(call, name)


def _changed(call: Call, name: str) -> int:
    """Show what is in force now, which the environment may hold against the file."""
    layered = config.load(call.home)
    if call.flags.json:
        write_json({"name": name, **_one(layered, name)})
    elif layered.origins[name].is_locked:
        say(f"The {layered.origins[name]} holds {name}; the file's value waits until it does not.")
    return 0


def _path(call: Call) -> int:
    if call.flags.json:
        write_json({"path": str(call.home.config_file)})
    else:
        write_line(shown(call.home.config_file))
    return 0


def _known(layered: Layered, name: str) -> str:
    name = name.replace("-", "_")
    if name not in layered.origins:
        raise UsageError(
            f"There is no setting '{shown(name)}'. There are: {', '.join(layered.origins)}."
        )
    return name


def _one(layered: Layered, name: str) -> dict[str, Any]:
    return {"value": to_plain(layered.settings)[name], "origin": layered.origins[name].value}


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


COMMANDS = (
    Command("settings list", "Show every setting and where it comes from.", _list, add_json),
    Command("settings get", "Show one setting.", _get, add_json, operands="NAME", least=1, most=1),
    Command(
        "settings set",
        "Write one setting into the config file.",
        _set,
        add_json,
        operands="NAME VALUE...",
        least=2,
        most=None,
    ),
    Command(
        "settings unset",
        "Let a setting's default hold again.",
        _unset,
        add_json,
        operands="NAME",
        least=1,
        most=1,
    ),
    Command("settings path", "Show where the config file is.", _path, add_json),
)
