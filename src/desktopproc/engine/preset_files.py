"""One preset as one readable TOML file: read and checked as a whole, written as a whole."""

import contextlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopproc.core.errors import OutputError, UsageError
from desktopproc.core.operation import Operation
from desktopproc.core.schema import build, parse, specs, to_plain
from desktopproc.core.settings import Settings
from desktopproc.engine.names import check_template
from desktopproc.engine.preset_versions import VERSION, migrated

_OUTPUT = {
    spec.name: spec
    for spec in specs(Settings)
    if spec.name in {"on_conflict", "name_template", "keep_tree"}
}
_KEYS = frozenset({"version", "title", "help", "operation", "options", "output"})


@dataclass(frozen=True, slots=True)
class Preset:
    """An operation with its options and, where the preset says so, where its results go.

    `output` holds some of on_conflict, name_template and keep_tree; what it does not hold comes
    from the settings. `title` and `help` are for people; a preset without a title goes by `name`.
    """

    name: str
    operation: str
    options: object
    folder: Path | None = None
    output: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    help: str = ""
    is_builtin: bool = False


def read(file: Path, operations: Mapping[str, Operation]) -> Preset:
    """Read a preset from any file, as for an import; UsageError names what is wrong.

    An older file is understood as it is; it changes only when the preset is saved again.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as e:
        reason = "it is nested too deeply" if isinstance(e, RecursionError) else e
        raise UsageError(f"The preset {file} cannot be read: {reason}. Mend or remove it.") from e
    except OSError as e:
        raise UsageError(f"The preset {file} cannot be read: {e.strerror}.") from e
    try:
        return _checked(file.stem, migrated(content), operations)
    except UsageError as e:
        raise UsageError(f"The preset {file}: {e}") from None


def write(file: Path, preset: Preset) -> None:
    """Write a preset to any file, as for an export; a reader sees the old one or the new one."""
    try:
        text = _toml(to_tables(preset)).encode("utf-8")
    except UnicodeEncodeError as e:
        raise UsageError(
            f"The preset '{preset.name}' holds a name with bytes that are no text. "
            "Rename that file or folder first."
        ) from e
    temp = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with temp.open("wb") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            temp.replace(file)
        finally:
            with contextlib.suppress(OSError):
                temp.unlink(missing_ok=True)
    except OSError as e:
        raise OutputError(f"The preset {file} cannot be written: {e.strerror}.") from e


def to_tables(preset: Preset) -> dict[str, Any]:
    """The preset as TOML and JSON hold it; `read` takes it back."""
    output = {name: _plain_output(name, value) for name, value in preset.output.items()}
    if preset.folder is not None:
        output = {"folder": str(preset.folder), **output}
    words = {"title": preset.title, "help": preset.help}
    return {
        "version": VERSION,
        **{key: text for key, text in words.items() if text},
        "operation": preset.operation,
        "options": _without_none(to_plain(preset.options)),
        "output": output,
    }


def _plain_output(name: str, value: Any) -> Any:
    return value if name == "keep_tree" else str(value)


def _without_none(value: Any) -> Any:
    """TOML has no word for "not set"; the options understand "none"."""
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_none(part) for part in value]
    return "none" if value is None else value


def _toml(tables: Mapping[str, Any]) -> str:
    import tomlkit  # deferred: only needed when a preset is written

    document = tomlkit.document()
    _fill(document, tables)
    return tomlkit.dumps(document)


def _fill(table: Any, values: Mapping[str, Any]) -> None:
    """Put plain values first: in TOML, what follows the head of a table belongs to that table."""
    import tomlkit

    for key, value in sorted(values.items(), key=lambda item: _is_table(item[1])):
        if isinstance(value, dict):
            inner: Any = tomlkit.table()
            _fill(inner, value)
        elif _is_table(value):
            inner = tomlkit.aot()
            for part in value:
                inner.append(tomlkit.table())
                _fill(inner[-1], part)
        elif isinstance(value, list):
            inner = tomlkit.array()
            inner.extend(value)
            inner.multiline(len(value) > 1)  # a stack of steps reads from top to bottom
        else:
            inner = value
        table.add(key, inner)


def _is_table(value: Any) -> bool:
    parts = value if isinstance(value, list) and value else [value]
    return all(isinstance(part, dict) for part in parts)


def _checked(name: str, content: Mapping[str, Any], operations: Mapping[str, Operation]) -> Preset:
    if unknown := sorted(set(content) - _KEYS):
        known = "version, title, help, operation, options and output"
        raise UsageError(f"There is no part '{unknown[0]}'. Use {known}.")
    operation = operations.get(str(content.get("operation")))
    if operation is None:
        raise UsageError(f"There is no operation '{content.get('operation')}'.")
    options, output = content.get("options", {}), content.get("output", {})
    if not isinstance(options, dict) or not isinstance(output, dict):
        raise UsageError("'options' and 'output' are tables.")
    for key in output:
        if key not in _OUTPUT and key != "folder":
            raise UsageError(f"There is no output setting '{key}'.")
    values = {key: parse(_OUTPUT[key], raw) for key, raw in output.items() if key in _OUTPUT}
    if "name_template" in values:
        check_template(values["name_template"])
    return Preset(
        name=name,
        operation=operation.name,
        options=build(operation.options, options),
        folder=_folder(output["folder"]) if "folder" in output else None,
        output=values,
        title=_text(content, "title"),
        help=_text(content, "help"),
    )


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"'{key}' is text.")
    return " ".join(value.split())


def _folder(value: Any) -> Path:
    try:
        return Path(str(value)).expanduser()
    except RuntimeError:
        raise UsageError(f"The folder '{value}' begins with a user that is not known.") from None
