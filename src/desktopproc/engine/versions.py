"""Tells libraries, programs and fonts of this computer from later versions of themselves."""

import ctypes
import functools
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from desktopproc.engine.libraries import DISTRIBUTIONS
from desktopproc.formats.outside.programs import PROGRAMS, find
from desktopproc.formats.word.font_files import folders

_INSTALLED = re.compile(r"(.+?)-([^-]+)(-py\d.*)?\.(dist|egg)-info")  # PEP 376, and before it
_TURBO = {"darwin": "libturbojpeg.dylib", "win32": "turbojpeg.dll"}
_TESSERACT_DATA = ("share/tessdata", "share/tesseract-ocr/*/tessdata")


@functools.cache
def of_libraries() -> str:
    """Equal as long as every library that results are made with stays the same. Looks once."""
    wanted = {_plain(name) for name in DISTRIBUTIONS}
    found = []
    for folder in sys.path:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in entries:
                match = _INSTALLED.fullmatch(entry.name)
                if match and _plain(match[1]) in wanted:
                    found.append(entry.name)
    return _digest([*sorted(found), str(_has_turbo())])


def of_computer() -> str:
    """Equal as long as outside programs, fonts and the user's language stay as they are."""
    languages = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    return _digest([*languages, *map(_state, _programs()), *map(_state, _font_folders())])


def _programs() -> Iterator[Path]:
    """The outside programs, and what comes with them and is replaced when they are."""
    for program in PROGRAMS:
        path = find(program)
        if path is None:
            continue
        yield path
        real = path.resolve()
        yield real
        yield from (real.with_name(name) for name in ("soffice.bin", "versionrc", "version.ini"))
        for pattern in _TESSERACT_DATA:
            yield from sorted(real.parent.parent.glob(pattern))
    if data := os.environ.get("TESSDATA_PREFIX"):
        yield Path(data)


def _font_folders() -> Iterator[Path]:
    """All folders of fonts: each changes when a file comes, goes or is replaced."""
    for top in folders():
        for folder, _, _ in os.walk(top):
            yield Path(folder)


def _state(path: Path) -> str:
    with suppress(OSError):
        found = path.stat()
        return f"{path} {found.st_size} {found.st_mtime_ns} {found.st_ino}"
    return f"{path} -"


def _has_turbo() -> bool:
    """Whether JPEGs are turned without loss: by a library of the system, not a package."""
    try:
        ctypes.CDLL(_TURBO.get(sys.platform, "libturbojpeg.so.0"))
    except OSError:
        return False
    return True


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503


def _digest(parts: list[str]) -> str:
    return hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).hexdigest()
