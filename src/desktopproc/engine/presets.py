"""Named presets: readable TOML files with an operation, its options and how results are written."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.errors import OutputError, StartError, UsageError
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build, parse, specs, to_plain
from desktopproc.core.settings import Settings
from desktopproc.engine.home import Home

_SUFFIX = ".toml"
_OUTPUT_SETTINGS = ("on_conflict", "name_template", "keep_tree")
_KEYS = frozenset({"operation", "options", "output"})


@dataclass(frozen=True, slots=True)
class Preset:
    """An operation with its options and, where the preset says so, where its results go.

    `output` holds some of on_conflict, name_template and keep_tree; what it does not hold comes
    from the settings.
    """

    name: str
    operation: str
    options: object
    folder: Path | None = None
    output: Mapping[str, Any] = field(default_factory=dict)


def names(home: Home) -> list[str]:
    """The presets that exist, in alphabetical order."""
    try:
        found = [file for file in os.listdir(home.presets) if file.endswith(_SUFFIX)]  # noqa: PTH208  # names only
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as e:
        raise StartError(f"The presets in {home.presets} cannot be listed: {e.strerror}.") from e
    return sorted(file.removesuffix(_SUFFIX) for file in found)


def load(home: Home, name: str, operations: Mapping[str, Operation]) -> Preset:
    """Read one preset and check all of it; UsageError names what is wrong."""
    file = _file_of(home, name)
    if name not in names(home):
        known = ", ".join(names(home)) or "none yet"
        raise UsageError(f"There is no preset '{name}'. There are: {known}.")
    return read(file, operations)


def read(file: Path, operations: Mapping[str, Operation]) -> Preset:
    """Read a preset from any file, as for an import."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise UsageError(f"The preset {file} cannot be read: {e}. Mend or remove it.") from e
    except OSError as e:
        raise UsageError(f"The preset {file} cannot be read: {e.strerror}.") from e
    try:
        return _checked(file.stem, content, operations)
    except UsageError as e:
        raise UsageError(f"The preset {file}: {e}") from None


def save(home: Home, preset: Preset) -> Path:
    """Write a preset under its name, replacing an older one of that name."""
    file = _file_of(home, preset.name)
    write(file, preset)
    return file


def write(file: Path, preset: Preset) -> None:
    """Write a preset to any file, as for an export."""
    import tomlkit  # deferred: only needed when a preset is written

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temp = file.with_name(file.name + ".new")
        temp.write_text(tomlkit.dumps(to_tables(preset)), encoding="utf-8")
        temp.replace(file)
    except OSError as e:
        raise OutputError(f"The preset {file} cannot be written: {e.strerror}.") from e


def to_tables(preset: Preset) -> dict[str, Any]:
    """The preset as TOML and JSON hold it; `read` takes it back."""
    plain = to_plain(preset.options)
    options = {name: "none" if value is None else value for name, value in plain.items()}
    output = {name: _plain_output(name, value) for name, value in preset.output.items()}
    if preset.folder is not None:
        output = {"folder": str(preset.folder), **output}
    return {"operation": preset.operation, "options": options, "output": output}


def _plain_output(name: str, value: Any) -> Any:
    return value if name == "keep_tree" else str(value)


def _checked(name: str, content: Mapping[str, Any], operations: Mapping[str, Operation]) -> Preset:
    if unknown := sorted(set(content) - _KEYS):
        raise UsageError(f"There is no part '{unknown[0]}'. Use operation, options and output.")
    operation = operations.get(str(content.get("operation")))
    if operation is None:
        raise UsageError(f"There is no operation '{content.get('operation')}'.")
    options, output = content.get("options", {}), content.get("output", {})
    if not isinstance(options, dict) or not isinstance(output, dict):
        raise UsageError("'options' and 'output' are tables.")
    known = {spec.name: spec for spec in specs(Settings) if spec.name in _OUTPUT_SETTINGS}
    for key in output:
        if key not in known and key != "folder":
            raise UsageError(f"There is no output setting '{key}'.")
    return Preset(
        name=name,
        operation=operation.name,
        options=build(operation.options, options),
        folder=Path(str(output["folder"])).expanduser() if "folder" in output else None,
        output={key: parse(known[key], raw) for key, raw in output.items() if key in known},
    )


def _file_of(home: Home, name: str) -> Path:
    if not re.fullmatch(r"[^\s./\\:*?\"<>|\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]{0,99}", name):
        raise UsageError(f"A preset cannot be called '{name}'. Use letters, digits and hyphens.")
    return home.presets / (name + _SUFFIX)
