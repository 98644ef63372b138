"""Puts the licence texts into the package that no Python library brings: Python, Qt, the system's.

`desktopproc.engine.components` reads them there, beside those that lie with each library.
"""

import json
import platform
import shutil
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

from system_libraries import system_libraries

_WHOLE_TEXTS = Path("/usr/share/common-licenses")  # of Debian
_LGPL = ("LGPL-3", "GPL-3")


def collect(folder: Path, packages: Path) -> list[dict[str, Any]]:
    """Write `resources/licences` of the frozen program; the parts as that says them."""
    inside = next(path for path in (folder / "_internal", folder) if path.is_dir())
    target = inside / "desktopproc" / "resources" / "licences"
    target.mkdir(parents=True, exist_ok=True)
    parts = [_python(target), *_qt(target, packages), *_of_the_system(folder, target)]
    (target / "parts.json").write_text(json.dumps(parts, indent=1), encoding="utf-8")
    return parts


def _part(name: str, version: str, licence: str, texts: list[str]) -> dict[str, Any]:
    return {"name": name, "version": version, "licence": licence, "texts": texts}


def _python(target: Path) -> dict[str, Any]:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.is_file():  # on Windows it lies beside the interpreter
        text = Path(sysconfig.get_path("stdlib")).parent / "LICENSE.txt"
    shutil.copyfile(text, target / "Python.txt")
    return _part("Python", platform.python_version(), "PSF-2.0", ["Python.txt"])


def _qt(target: Path, packages: Path) -> list[dict[str, Any]]:
    """Qt for Python's wheel has no text of its licence."""
    found = metadata.distributions(name="PySide6-Essentials", path=[str(packages)])
    texts = []
    for name in _LGPL:
        if (_WHOLE_TEXTS / name).is_file():
            shutil.copyfile(_WHOLE_TEXTS / name, target / f"{name}.txt")
            texts.append(f"{name}.txt")
    return [_part("Qt", each.version, "LGPL-3.0-only", texts) for each in found]


def _of_the_system(folder: Path, target: Path) -> list[dict[str, Any]]:
    parts = {}
    for library in system_libraries(folder):
        text = f"{library.package}.txt"
        shutil.copyfile(library.copyright, target / text)
        parts[library.package] = _part(library.package, library.version, "see its text", [text])
    return list(parts.values())
