"""Finds the libraries in the frozen folder that came from Debian's packages, not from a wheel."""

import functools
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_DOCS = Path("/usr/share/doc")


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A file that was copied in, and the Debian package that has it."""

    file: Path
    package: str
    version: str

    @property
    def copyright(self) -> Path:
        return _DOCS / self.package / "copyright"


@functools.cache
def system_libraries(folder: Path) -> tuple[SystemLibrary, ...]:
    """Those that lie beside the packages of Python; none where there is no dpkg."""
    inside = folder / "_internal"
    files = {path.name: path for path in inside.glob("*.so*") if not path.is_symlink()}
    found = {}
    for line in _said("dpkg", "-S", *(f"*/{name}" for name in files)).splitlines():
        package, _, path = line.partition(": ")
        file = files.get(Path(path).name)
        if file is not None and _is_same(file, Path(path)):
            version = _said("dpkg-query", "-W", "-f", "${Version}", package)
            found[file.name] = SystemLibrary(file, package.partition(":")[0], version)
    return tuple(found[name] for name in sorted(found))


def newest_glibc(folder: Path) -> str:
    """The newest version of the C library that any file asks for, such as 2.35."""
    newest = (0, 0)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or not _is_elf(path):
            continue
        said = _said("objdump", "-p", str(path))
        asked = re.findall(r"GLIBC_(\d+)\.(\d+)", said)
        newest = max([newest, *((int(major), int(minor)) for major, minor in asked)])
    return "{}.{}".format(*newest)


def _is_same(file: Path, other: Path) -> bool:
    """Python's own library, or a module of it, may have the name of Debian's."""
    return other.is_file() and other.read_bytes() == file.read_bytes()


def _said(*words: str) -> str:
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"
