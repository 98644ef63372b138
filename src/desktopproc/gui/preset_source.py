"""Presets as the window wants them, and the command line that does the same as the window."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.errors import OutputError, UsageError
from desktopproc.core.job import OutputPlan
from desktopproc.core.operation import Operation
from desktopproc.core.schema import specs, to_plain
from desktopproc.engine import presets
from desktopproc.engine.home import Home


@dataclass(frozen=True, slots=True)
class Preset:
    """An operation with its options and, where the preset says so, where its results go."""

    name: str
    operation: str
    options: object
    folder: Path | None = None
    output: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    help: str = ""
    is_builtin: bool = False


def listed(home: Home, operations: Mapping[str, Operation]) -> list[Preset]:
    """Every preset that can be used."""
    found = []
    for name in presets.names(home):
        try:
            found.append(_taken(presets.load(home, name, operations)))
        except UsageError:  # one that is broken does not hide the others
            continue
    return found


def save(home: Home, preset: Preset) -> Path:
    """Write a preset under its name, replacing an older one of that name."""
    return presets.save(home, _given(preset))


def delete(home: Home, name: str) -> None:
    """Remove a preset."""
    _file(home, name).unlink()


def rename(home: Home, old: str, new: str) -> Path:
    """Give a preset another name, and nobody else's."""
    target = _file(home, new)
    if target.exists():
        raise UsageError(f"There is a preset '{new}' already. Choose another name.")
    try:
        return _file(home, old).rename(target)
    except OSError as e:
        raise OutputError(f"The preset cannot be renamed: {e.strerror}.") from e


def read(file: Path, operations: Mapping[str, Operation]) -> Preset:
    """Read a preset from any file, as for an import."""
    return _taken(presets.read(file, operations))


def write(file: Path, preset: Preset) -> None:
    """Write a preset to any file, as for an export."""
    presets.write(file, _given(preset))


def command(
    operation: Operation, options: object, paths: Sequence[Path], output: OutputPlan | None
) -> str:
    """The line for a shell that does the same."""
    words = ["desktopproc", operation.name, *map(str, paths)]
    now, usual = to_plain(options), to_plain(operation.options())
    for spec in specs(operation.options):
        if spec.name not in now or now[spec.name] == usual[spec.name]:
            continue
        values = now[spec.name] if spec.many else [now[spec.name]]
        for value in values:
            words += [spec.flag, str(value)]
    if output is not None:
        words += ["-o", str(output.folder)]
    return shlex.join(words)


def _taken(preset: presets.Preset) -> Preset:
    return Preset(preset.name, preset.operation, preset.options, preset.folder, preset.output)


def _given(preset: Preset) -> presets.Preset:
    return presets.Preset(
        preset.name, preset.operation, preset.options, preset.folder, preset.output
    )


def _file(home: Home, name: str) -> Path:
    return home.presets / f"{name}.toml"
