"""Finds templates: those that come with the program, the user's own, or any file."""

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from desktopproc.core.errors import UsageError
from desktopproc.core.reading import reading
from desktopproc.core.resources import resources
from desktopproc.formats.typesetting.template import Template
from desktopproc.formats.typesetting.template_reader import read_template

_SUFFIX = ".toml"
_LARGEST = 1 << 20


def own_folder() -> Path:
    """Where the user's templates lie: "templates" in the configuration."""
    if root := os.environ.get("DESKTOPPROC_HOME"):
        return Path(root).expanduser() / "config" / "templates"
    import platformdirs

    return platformdirs.PlatformDirs("desktopproc", appauthor=False).user_config_path / "templates"


def names() -> tuple[str, ...]:
    """The templates that come with the program, and the user's own that are not called like one."""
    found = [path.stem for path in sorted(resources("templates").glob(f"*{_SUFFIX}"))]
    found += [path.stem for path in sorted(own_folder().glob(f"*{_SUFFIX}"))]
    return tuple(dict.fromkeys(found))


def find(template: Path) -> Path:
    """The file of a template that is given by its name or its path; UsageError lists the names.

    The user's own go before those of the program, so that a copy can take its place.
    """
    word = str(template)
    if template.suffix.lower() == _SUFFIX or os.sep in word:
        if not template.is_file():
            raise UsageError(f"There is no template {word}. Check its path.")
        return template
    for folder in (own_folder(), resources("templates")):
        path = folder / f"{word}{_SUFFIX}"
        if path.is_file():
            return path
    raise UsageError(f"There is no template '{word}'. There are: {', '.join(names())}.")


def load(template: Path) -> Template:
    """A template that was found and read."""
    path = find(template)
    with reading(path):
        return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> Template:
    content = path.read_bytes()
    if len(content) > _LARGEST:
        raise UsageError(f"The template {path.name} is over 1 MB. Give a template in TOML.")
    try:
        return replace(read_template(path.name, content.decode("utf-8-sig")), folder=path.parent)
    except UnicodeDecodeError as e:
        raise UsageError(f"The template {path.name} is not UTF-8. Save it as UTF-8.") from e
