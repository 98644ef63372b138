"""Puts the program into one folder with PyInstaller, then takes out what it never uses."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from compacting import compacted
from elves import elves, needed
from stand_ins import stand_in
from system_libraries import system_libraries

ROOT = Path(__file__).resolve().parents[2]
_RENAMED = re.compile(r"-[0-9a-f]{8}\b")

# Of what Babel knows of a language: the program writes numbers, money and days, nothing else.
_UNUSED = {
    *("compact_currency_formats", "compact_decimal_formats", "compound_unit_patterns"),
    *("currency_names_plural", "date_fields", "datetime_skeletons", "interval_formats"),
    *("languages", "meta_zones", "scripts", "territories", "time_zones", "unit_display_names"),
    *("unit_patterns", "variants"),
}


def freeze(python: Path, where: Path, work: Path, epoch: int) -> Path:
    """Make `where/desktopproc`; the same inputs give the same folder."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "1"}
    words = [python, "-m", "PyInstaller", ROOT / "packaging" / "desktopproc.spec"]
    words += ["--noconfirm", "--clean", "--log-level", "WARN", "--distpath", where]
    words += ["--workpath", work]
    subprocess.run([str(word) for word in words], check=True, env=environment)
    folder = where / "desktopproc"
    inside = next(path for path in (folder / "_internal", folder) if path.is_dir())
    _shorten_locales(inside / "babel" / "locale-data")
    if sys.platform == "linux":
        _tell_qt(folder)
        stand_in(inside)
        _drop_unasked(inside)
        _strip(folder)
        _make_aliases(folder)
    return folder


def _shorten_locales(folder: Path) -> None:
    for file in sorted(folder.glob("*.dat")):
        known = pickle.loads(file.read_bytes())
        kept = {key: value for key, value in known.items() if key not in _UNUSED}
        file.write_bytes(pickle.dumps(kept, 2))


def _tell_qt(folder: Path) -> None:
    """Where its plugins are; the hook that would tell every program we start was taken out."""
    (folder / "qt.conf").write_text("[Paths]\nPrefix = _internal/PySide6/Qt\n", encoding="utf-8")


def _strip(folder: Path) -> None:
    """Of the libraries alone: the program's own file carries its modules behind its code.

    Those that were renamed for a wheel (libx-1a2b3c4d.so), and those that ask for them, have their
    tables at places that strip does not expect, and would be broken by it. What Debian has stays
    as Debian has it.
    """
    of_debian = {library.file for library in system_libraries(folder)}
    for path in elves(folder):
        if path.parent == folder or path in of_debian:
            continue
        content = path.read_bytes()
        if any(map(_RENAMED.search, (path.name, *needed(path)))):
            shorter = compacted(content)
        else:
            shorter = _stripped(path)
        if len(shorter) < len(content):
            path.write_bytes(shorter)


def _stripped(path: Path) -> bytes:
    """Without what debuggers read, or as it is where strip is not sure of itself."""
    with NamedTemporaryFile() as result:
        words = ["strip", "--strip-unneeded", "-o", result.name, str(path)]
        done = subprocess.run(words, capture_output=True, check=False)
        is_whole = done.returncode == 0 and not done.stderr
        return Path(result.name).read_bytes() if is_whole else path.read_bytes()


def _drop_unasked(folder: Path) -> None:
    """Libraries that only plugins asked for which are not in the package."""
    while True:
        asked = {name for path in elves(folder) for name in needed(path)}
        unasked = [
            path
            for path in folder.glob("lib*.so*")
            if path.name not in asked and not path.name.startswith("libpython")
        ]
        if not unasked:
            return
        for path in unasked:
            path.unlink()


def _make_aliases(folder: Path) -> None:
    """Files that are there twice become links to one of them."""
    seen: dict[bytes, Path] = {}
    for path in sorted(elves(folder)):
        first = seen.setdefault(path.read_bytes(), path)
        if first != path:
            path.unlink()
            path.symlink_to(os.path.relpath(first, path.parent))
