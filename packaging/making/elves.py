"""Finds programs and libraries of Linux (ELF), and reads what they ask for."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"\x7fELF"


def elves(folder: Path) -> Iterator[Path]:
    """Programs and libraries below `folder`; links are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _MAGIC:
                    yield path


def symbols(library: Path, which: str) -> set[str]:
    """The names that `nm -D` tells, without their versions."""
    return {line.split()[-1].partition("@")[0] for line in _said("nm", "-D", which, library)}


def needed(library: Path) -> set[str]:
    """The libraries that this one asks for."""
    lines = _said("objdump", "-p", library)
    return {line.split()[1] for line in lines if line.split()[:1] == ["NEEDED"]}


def _said(*words: str | Path) -> list[str]:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.strip()]
