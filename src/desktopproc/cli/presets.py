"""`desktopproc presets`: list, show, save, copy, rename, delete, export and import presets."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktopproc.cli.command import Call, Command, Parser
from desktopproc.cli.ordering import add_preset_flags, as_preset
from desktopproc.cli.streams import say, shown, write_line
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation
from desktopproc.engine import presets
from desktopproc.engine.presets import Preset


def _list(call: Call) -> int:
    """The broken ones come last and hide no other."""
    found = presets.listed(call.home, call.operations())
    broken = presets.broken(call.home, call.operations())
    if call.flags.json:
        rows = [*map(_record, found), *(_broken_record(*item) for item in broken.items())]
        write_json({"presets": rows})
        return 0
    write_table(
        [
            *(_row(preset) for preset in found),
            *((name, "", "broken", "", sentence) for name, sentence in broken.items()),
        ]
    )
    for sentence in presets.problems(call.home, call.operations()):
        if sentence not in broken.values():
            say(shown(sentence))
    return 0


def _row(preset: Preset) -> tuple[str, ...]:
    whose = "built-in" if preset.is_builtin else "yours"
    return preset.name, preset.title, preset.operation, whose, preset.help


def _record(preset: Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "title": preset.title or preset.name,
        "help": preset.help or None,
        "operation": preset.operation,
        "builtin": preset.is_builtin,
        "error": None,
    }


def _broken_record(name: str, sentence: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": name,
        "help": None,
        "operation": None,
        "builtin": False,
        "error": sentence,
    }


def _show(call: Call) -> int:
    preset = presets.load(call.home, call.words[0], call.operations())
    tables = presets.to_tables(preset)
    if call.flags.json:
        write_json({"name": preset.name, "builtin": preset.is_builtin, **tables})
        return 0
    write_table([row for key, value in tables.items() for row in _rows(key, value)])
    return 0


def _rows(key: str, value: Any) -> list[tuple[str, object]]:
    """A value with parts becomes a row for each part."""
    if isinstance(value, Mapping):
        return [row for name, part in value.items() for row in _rows(f"{key}.{name}", part)]
    if isinstance(value, list):
        return [row for part in value for row in _rows(key, part)]
    return [(key, {True: "yes", False: "no"}[value] if isinstance(value, bool) else value)]


def _save(call: Call, operation: Operation) -> int:
    preset = as_preset(call, operation, call.words[0])
    return _told(call, presets.save(call.home, preset))


def _clone(call: Call) -> int:
    name, new = call.words
    made = presets.clone(call.home, name, new, call.operations())
    return _told(call, call.home.presets / f"{made.name}.toml")


def _rename(call: Call) -> int:
    return _told(call, presets.rename(call.home, *call.words))


def _delete(call: Call) -> int:
    (name,) = call.words
    presets.delete(call.home, name)
    if call.flags.json:
        write_json({"deleted": name})
    return 0


def _export(call: Call) -> int:
    name, file = call.words
    preset = presets.load(call.home, name, call.operations())
    target = Path(file)
    if os.path.lexists(target):
        raise UsageError(f"{shown(target)} exists already. Name another file or remove it.")
    presets.write(target, preset)
    return _told(call, target, preset.name)


def _import(call: Call) -> int:
    preset = presets.read(Path(call.words[0]), call.operations())
    preset = replace(preset, name=getattr(call.flags, "name", preset.name))
    file = presets.add(call.home, preset)
    return _told(call, file)


def _told(call: Call, file: Path, name: str = "") -> int:
    if call.flags.json:
        write_json({"name": name or file.stem, "path": str(file)})
    else:
        write_line(shown(file))
    return 0


def _add_save_flags(parser: Parser, operation: Operation) -> None:
    add_preset_flags(parser, operation)
    add_json(parser)


def _add_import_flags(parser: ArgumentParser) -> None:
    parser.add_argument("--name", metavar="NAME", help="Take it over under this name.")
    add_json(parser)


def _save_command(operation: Operation) -> Command:
    return Command(
        f"presets save {operation.name}",
        f"Save options under a name: {operation.help}",
        lambda call: _save(call, operation),
        lambda parser: _add_save_flags(parser, operation),
        operands="NAME",
        least=1,
        most=1,
    )


COMMANDS = (
    Command("presets list", "Show the presets, built-in ones first.", _list, add_json),
    Command("presets show", "Show one preset.", _show, add_json, operands="NAME", least=1, most=1),
    Command(
        "presets save",
        "Save flags under a name: presets save OPERATION NAME [flags]",
        inner=_save_command,
    ),
    Command(
        "presets clone",
        "Copy any preset under a name of your own.",
        _clone,
        add_json,
        operands="NAME NEW",
        least=2,
        most=2,
    ),
    Command(
        "presets rename",
        "Give a preset of yours another name.",
        _rename,
        add_json,
        operands="NAME NEW",
        least=2,
        most=2,
    ),
    Command(
        "presets delete",
        "Remove a preset of yours.",
        _delete,
        add_json,
        operands="NAME",
        least=1,
        most=1,
    ),
    Command(
        "presets export",
        "Write a preset to a file of its own.",
        _export,
        add_json,
        operands="NAME FILE",
        least=2,
        most=2,
    ),
    Command(
        "presets import",
        "Take over a preset from a file, under the file's name.",
        _import,
        _add_import_flags,
        operands="FILE",
        least=1,
        most=1,
    ),
)
