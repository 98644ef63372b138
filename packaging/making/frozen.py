"""Puts the program into one folder with PyInstaller, then takes out what it never uses."""

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ELF = b"\x7fELF"
_RENAMED = re.compile(r"-[0-9a-f]{8}\b")

# Of what Babel knows of a language: the program writes numbers, money and days, nothing else.
_UNUSED = {
    *("compact_currency_formats", "compact_decimal_formats", "compound_unit_patterns"),
    *("currency_names_plural", "date_fields", "datetime_skeletons", "interval_formats"),
    *("languages", "meta_zones", "scripts", "territories", "time_zones", "unit_display_names"),
    *("unit_patterns", "variants"),
}

# Libraries that are linked, but of which the program calls nothing; stand-ins for them are made
# with the symbols that are asked for. `_ICU` is the data library that ICU itself comes with
# before its data are put in: Qt asks it for sorting by language alone, which we do not. HEIC
# files are read, and never made, so that x265 is asked for nothing but its absence.
_ICU = """
const struct {{ unsigned short header, magic; unsigned char rest[28]; int count, more[3]; }}
  {symbol} __attribute__((aligned(16))) = {{32, 0x27da, {{20, 0, 0, 0, 0, 0, 2, 0,
  'T', 'o', 'C', 'P', 1, 0, 0, 0}}, 0, {{0}}}};
"""
_NOTHING = "void *{symbol}(void) {{ return 0; }}\n"
_STAND_INS = {"libicudata.so.": _ICU, "libx265": _NOTHING}


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
        _drop_unasked(inside)
        _stand_in(inside)
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


def _stand_in(folder: Path) -> None:
    libraries = [path for path in _elves(folder) if ".so" in path.name]
    for stem, code in _STAND_INS.items():
        for library in [path for path in libraries if path.name.startswith(stem)]:
            defined = _symbols(library, "--defined-only")
            users = [path for path in libraries if library.name in _needed(path)]
            asked = {name for path in users for name in _symbols(path, "--undefined-only")}
            source = "".join(code.format(symbol=name) for name in sorted(asked & defined))
            words = ["gcc", "-shared", "-fPIC", "-s", "-Wl,--build-id=none", "-x", "c", "-"]
            words += ["-o", str(library), f"-Wl,-soname,{library.name}"]
            subprocess.run(words, input=source, text=True, check=True)


def _symbols(library: Path, which: str) -> set[str]:
    return {line.split()[-1].partition("@")[0] for line in _said("nm", "-D", which, library)}


def _needed(library: Path) -> set[str]:
    lines = _said("objdump", "-p", library)
    return {line.split()[1] for line in lines if line.split()[:1] == ["NEEDED"]}


def _said(*words: str | Path) -> list[str]:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.strip()]


def _strip(folder: Path) -> None:
    """Of the libraries alone: the program's own file carries its modules behind its code.

    Those that were renamed for a wheel (libx-1a2b3c4d.so), and those that ask for them, have their
    tables at places that strip does not expect, and would be broken by it.
    """
    for path in _elves(folder):
        if path.parent == folder or any(map(_RENAMED.search, (path.name, *_needed(path)))):
            continue
        shorter = path.with_name("shorter")
        words = ["strip", "--strip-unneeded", "-o", str(shorter), str(path)]
        done = subprocess.run(words, capture_output=True, check=False)
        is_whole = done.returncode == 0 and not done.stderr
        if is_whole and shorter.stat().st_size < path.stat().st_size:
            shorter.replace(path)
        shorter.unlink(missing_ok=True)


def _drop_unasked(folder: Path) -> None:
    """Libraries that only plugins asked for which are not in the package."""
    while True:
        asked = {name for path in _elves(folder) for name in _needed(path)}
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
    for path in sorted(_elves(folder)):
        first = seen.setdefault(path.read_bytes(), path)
        if first != path:
            path.unlink()
            path.symlink_to(os.path.relpath(first, path.parent))


def _elves(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path
