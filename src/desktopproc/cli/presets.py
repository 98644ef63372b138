"""`desktopproc presets`: list, show, save, export and import named presets."""

import os
from argparse import ArgumentParser
from pathlib import Path

from desktopproc.cli.command import Call, Command
from desktopproc.cli.ordering import add_preset_flags, as_preset
from desktopproc.cli.streams import shown, write_line
from desktopproc.cli.tables import add_json, write_json, write_table
from desktopproc.core.errors import UsageError
from desktopproc.core.operation import Operation
from desktopproc.engine import presets


def _list(call: Call) -> int:
    rows: list[tuple[str, str | None, str]] = []
    for name in presets.names(call.home):
        try:
            rows.append((name, presets.load(call.home, name, call.operations()).operation, ""))
        except UsageError as e:  # one that is broken does not hide the others
            rows.append((name, None, str(e)))
    if call.flags.json:
        keys = ("name", "operation", "error")
        found = [dict(zip(keys, (*row[:2], row[2] or None), strict=True)) for row in rows]
        write_json({"presets": found})
    elif rows:
        write_table([(name, operation or "broken", error) for name, operation, error in rows])
    return 0


def _show(call: Call) -> int:
    preset = presets.load(call.home, call.words[0], call.operations())
    tables = presets.to_tables(preset)
    if call.flags.json:
        write_json({"name": preset.name, **tables})
        return 0
    rows = [("operation", preset.operation)]
    rows += [(f"{part}.{key}", value) for part in ("options", "output")
             for key, value in tables[part].items()]  # fmt: skip
    write_table(rows)
    return 0


def _save(call: Call, operation: Operation) -> int:
    preset = as_preset(call, operation, call.words[0])
    return _told(call, preset.name, presets.save(call.home, preset))


def _export(call: Call) -> int:
    name, file = call.words
    preset = presets.load(call.home, name, call.operations())
    target = Path(file)
    if os.path.lexists(target):
        raise UsageError(f"{shown(target)} exists already. Name another file or remove it.")
    presets.write(target, preset)
    return _told(call, preset.name, target)


def _import(call: Call) -> int:
    preset = presets.read(Path(call.words[0]), call.operations())
    if preset.name in presets.names(call.home):
        raise UsageError(
            f"There is a preset '{preset.name}' already. Rename the file, or remove the preset."
        )
    return _told(call, preset.name, presets.save(call.home, preset))


def _told(call: Call, name: str, file: Path) -> int:
    if call.flags.json:
        write_json({"name": name, "path": str(file)})
    else:
        write_line(shown(file))
    return 0


def _add_save_flags(parser: ArgumentParser, operation: Operation) -> None:
    add_preset_flags(parser, operation)
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
    Command("presets list", "Show the presets.", _list, add_json),
    Command("presets show", "Show one preset.", _show, add_json, operands="NAME", least=1, most=1),
    Command(
        "presets save",
        "Save flags under a name: presets save OPERATION NAME [flags]",
        inner=_save_command,
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
        add_json,
        operands="FILE",
        least=1,
        most=1,
    ),
)
