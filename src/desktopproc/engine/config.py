"""Reads and writes the config file, keeping the user's own comments and order."""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from desktopproc.core.errors import StartError, UsageError
from desktopproc.core.schema import parse, specs
from desktopproc.core.settings import Layered, Settings, layer
from desktopproc.engine.home import Home
from desktopproc.engine.names import check_template

_CHECKS: Mapping[str, Callable[[Any], None]] = {"name_template": check_template}


def load(
    home: Home,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Layered:
    """The settings in force here and now; a file that is not TOML is a UsageError naming it."""
    return layer(_read(home.config_file), environment, flags or {})


def set_value(home: Home, name: str, raw: Any) -> None:
    """Write one setting into the config file after checking it; UsageError says what is right."""
    known = {spec.name: spec for spec in specs(Settings)}
    if name not in known:
        raise UsageError(f"There is no setting '{name}'. There are: {', '.join(known)}.")
    value = parse(known[name], raw)
    if name in _CHECKS:
        _CHECKS[name](value)
    if not _is_text(value):
        raise UsageError(f"The value for '{name}' holds bytes that are no text.")
    _edit(home.config_file, name, list(value) if isinstance(value, tuple) else value)


def unset_value(home: Home, name: str) -> None:
    """Remove one setting from the config file, so that its default holds again."""
    if name not in {spec.name for spec in specs(Settings)}:
        raise UsageError(f"There is no setting '{name}'.")
    _edit(home.config_file, name, None)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise UsageError(f"The config file {file} cannot be read: {e}. Mend or remove it.") from e


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as e:
        raise StartError(f"The config file {file} cannot be read: {e.strerror}.") from e


def _edit(file: Path, name: str, value: Any) -> None:
    import tomlkit  # deferred: only needed when a setting is written

    _read(file)  # a broken file is refused, not overwritten
    document = tomlkit.parse(_text(file))
    if value is None:
        document.pop(name, None)
    else:
        document[name] = str(value) if isinstance(value, str) else value
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temp = file.with_name(file.name + ".new")
        temp.write_text(tomlkit.dumps(document), encoding="utf-8")
        temp.replace(file)
    except OSError as e:
        raise StartError(
            f"The config file {file} cannot be written: {e.strerror}. Check its folder."
        ) from e


def _is_text(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    try:
        "".join(map(str, parts)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
