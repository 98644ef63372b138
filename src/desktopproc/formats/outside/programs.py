"""Finds the programs of others that desktopproc uses where they are installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program by the names it goes by, and where its makers' installers put it.

    `variable` is the environment variable that names it and wins over every search: a path to the
    program, or "none" for "do as if it were not there". Patterns of folders may hold `*`.
    """

    title: str
    variable: str
    commands: tuple[str, ...]
    folders: Mapping[str, tuple[str, ...]]


LIBREOFFICE = Program(
    "LibreOffice",
    "DESKTOPPROC_LIBREOFFICE",
    ("soffice", "libreoffice"),
    {
        "linux": (
            "/usr/lib/libreoffice/program",
            "/usr/lib64/libreoffice/program",
            "/opt/libreoffice*/program",
            "/usr/local/lib/libreoffice/program",
        ),
        "darwin": (
            "/Applications/LibreOffice.app/Contents/MacOS",
            "~/Applications/LibreOffice.app/Contents/MacOS",
        ),
        "win32": (
            "$ProgramFiles/LibreOffice*/program",
            "${ProgramFiles(x86)}/LibreOffice*/program",
        ),
    },
)
TESSERACT = Program(
    "Tesseract",
    "DESKTOPPROC_TESSERACT",
    ("tesseract",),
    {
        "linux": ("/usr/local/bin", "/opt/tesseract/bin"),
        "darwin": ("/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin"),
        "win32": (
            "$ProgramFiles/Tesseract-OCR",
            "${ProgramFiles(x86)}/Tesseract-OCR",
            "$LOCALAPPDATA/Programs/Tesseract-OCR",
        ),
    },
)
PROGRAMS = (LIBREOFFICE, TESSERACT)


def find(program: Program) -> Path | None:
    """Where the program is: as its variable says, on the PATH, or where it is usually installed."""
    named = os.environ.get(program.variable, "").strip()
    if named.lower() == "none":
        return None
    if named:
        found = shutil.which(named)
        return Path(found) if found else None
    for command in program.commands:
        if found := shutil.which(command):
            return Path(found)
    for folder in _usual_folders(program):
        for command in program.commands:
            if found := shutil.which(command, path=str(folder)):
                return Path(found)
    return None


def version(path: Path, flag: str = "--version") -> str | None:
    """What a program says of itself in its first line; it gets a few seconds for that."""
    try:
        said = subprocess.run([path, flag], capture_output=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (said.stdout or said.stderr).decode("utf-8", "replace").splitlines()
    return lines[0].strip() if lines else None


def _usual_folders(program: Program) -> Iterator[Path]:
    """The folders that are there; of several versions the newest by name comes first."""
    for pattern in program.folders.get(sys.platform, ()):
        base = Path(os.path.expandvars(pattern)).expanduser()
        star = next((at for at, part in enumerate(base.parts) if "*" in part), None)
        if star is None:
            yield base
        elif (top := Path(*base.parts[:star])).is_dir():
            yield from sorted(top.glob(str(Path(*base.parts[star:]))), reverse=True)
