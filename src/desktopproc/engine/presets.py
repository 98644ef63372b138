"""Named presets: the built-in ones, which nobody changes, and the user's own beside them.

A preset's name is its file's name, and upper or lower case makes no other name of it. Where an
earlier version let the user take a name that is built in now, the user's own preset stands.
"""

import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from desktopproc.core.errors import OutputError, StartError, UsageError
from desktopproc.core.operation import Operation
from desktopproc.core.resources import resources
from desktopproc.engine.home import Home
from desktopproc.engine.preset_files import Preset, read, to_tables, write

__all__ = [
    "Preset",
    "add",
    "broken",
    "builtin_title",
    "clone",
    "delete",
    "listed",
    "load",
    "names",
    "problems",
    "read",
    "rename",
    "save",
    "to_tables",
    "write",
]

_SUFFIX = ".toml"
_NAME = re.compile(r"[^\s./\\:*?\"<>|\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]{0,99}")


def names(home: Home) -> list[str]:
    """The presets that exist: the built-in ones, then the user's, each in alphabetical order."""
    return [file.stem for file in _files(home)]


def listed(home: Home, operations: Mapping[str, Operation]) -> list[Preset]:
    """Every preset that can be used, the built-in ones first; `problems` tells of the others."""
    found = []
    for file in _files(home):
        try:
            found.append(_read(file, operations))
        except UsageError:  # one that is broken does not hide the others
            continue
    return found


def broken(home: Home, operations: Mapping[str, Operation]) -> dict[str, str]:
    """The presets that cannot be used, by name, each with a sentence that says why."""
    found = {}
    for file in _files(home):
        try:
            _read(file, operations)
        except UsageError as e:
            found[file.stem] = str(e)
    return found


def problems(home: Home, operations: Mapping[str, Operation]) -> list[str]:
    """What is wrong with the presets, a sentence each."""
    hidden = [
        f"Your preset '{file.stem}' hides the built-in one of that name. Rename yours to use both."
        for file in _own(home)
        if _builtin_file(file.stem) is not None
    ]
    return [*broken(home, operations).values(), *hidden]


def load(home: Home, name: str, operations: Mapping[str, Operation]) -> Preset:
    """Read one preset and check all of it; UsageError names what is wrong."""
    file = _own_file(home, name) or _builtin_file(name)
    if file is None:
        raise _unknown(home, name)
    return _read(file, operations)


def save(home: Home, preset: Preset) -> Path:
    """Write a preset under its name, replacing an older one of the user's of that name."""
    _refuse_builtin(preset.name, "Save it under another name.")
    _check(preset.name)
    file = _own_file(home, preset.name) or _path(home, preset.name)
    write(file, preset)
    return file


def add(home: Home, preset: Preset) -> Path:
    """Write a preset under a name that is free, as for an import."""
    file = _free(home, preset.name)
    write(file, preset)
    return file


def delete(home: Home, name: str) -> None:
    """Remove one of the user's presets."""
    _changing(_users(home, name, "It cannot be deleted."), Path.unlink)


def rename(home: Home, old: str, new: str) -> Path:
    """Give one of the user's presets another name, and nobody else's; its content stays."""
    file = _users(home, old, "Clone it under another name.")
    target = _free(home, new, instead_of=file)
    _changing(file, lambda path: path.rename(target))
    return target


def clone(home: Home, name: str, new: str, operations: Mapping[str, Operation]) -> Preset:
    """Save a copy of any preset under a name that is free, as the user's own."""
    copy = replace(load(home, name, operations), name=new, title="", is_builtin=False)
    add(home, copy)
    return copy


def builtin_title(name: str) -> str | None:
    """What the built-in preset of this name is called; None where there is none."""
    file = _builtin_file(name)
    if file is None:
        return None
    return str(tomllib.loads(file.read_text(encoding="utf-8")).get("title", file.stem))


def _read(file: Path, operations: Mapping[str, Operation]) -> Preset:
    return replace(read(file, operations), is_builtin=file.parent == resources("presets"))


def _files(home: Home) -> list[Path]:
    """All presets; a built-in one only where the user has none of that name."""
    own = _own(home)
    hidden = {_builtin_file(file.stem) for file in own}
    return [*(file for file in _builtin() if file not in hidden), *own]


def _builtin() -> list[Path]:
    return sorted(resources("presets").glob("*" + _SUFFIX))


def _own(home: Home) -> list[Path]:
    try:
        found = os.listdir(home.presets)  # noqa: PTH208 - names only
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as e:
        raise StartError(f"The presets in {home.presets} cannot be listed: {e.strerror}.") from e
    kept = (name for name in found if name.endswith(_SUFFIX) and not name.startswith("."))
    return [home.presets / name for name in sorted(kept)]


def _key(name: str) -> str:
    """Equal for two names that a file system or a person takes for the same."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded)


def _own_file(home: Home, name: str) -> Path | None:
    """The user's file of this name: as it is spelled, else in other letters."""
    alike = [file for file in _own(home) if _key(file.stem) == _key(name)]
    return next((file for file in alike if file.stem == name), alike[0] if alike else None)


def _builtin_file(name: str) -> Path | None:
    """The built-in preset of this name or title: "strip-gps" and "Strip GPS" are one."""
    wanted = _key(name.replace(" ", "-"))
    return next((file for file in _builtin() if _key(file.stem) == wanted), None)


def _users(home: Home, name: str, advice: str) -> Path:
    """The user's preset of this name, or why it cannot be changed."""
    file = _own_file(home, name)
    if file is None:
        _refuse_builtin(name, advice)
        raise _unknown(home, name)
    return file


def _free(home: Home, name: str, *, instead_of: Path | None = None) -> Path:
    """The file for a new name that no other preset has."""
    _refuse_builtin(name, "Choose another name.")
    _check(name)
    there = _own_file(home, name)
    if there is not None and there != instead_of:
        raise UsageError(f"There is a preset '{there.stem}' already. Choose another name.")
    return _path(home, name)


def _refuse_builtin(name: str, advice: str) -> None:
    if (title := builtin_title(name)) is not None:
        raise UsageError(f"{title} is built in. {advice}")


def _changing(file: Path, change: Callable[[Path], object]) -> None:
    try:
        change(file)
    except OSError as e:
        raise OutputError(f"The preset {file} cannot be changed: {e.strerror}.") from e


def _unknown(home: Home, name: str) -> UsageError:
    _check(name)
    return UsageError(f"There is no preset '{name}'. There are: {', '.join(names(home))}.")


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or name.endswith((" ", ".")):
        raise UsageError(f"A preset cannot be called '{name}'. Use letters, digits and hyphens.")


def _path(home: Home, name: str) -> Path:
    return home.presets / (name + _SUFFIX)
