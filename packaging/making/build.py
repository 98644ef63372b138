"""Builds the packages of this system into dist/: `make package`.

On Linux a .deb and a tar.gz; elsewhere the folder, from which NSIS or hdiutil make the rest. Two
builds of one commit are the same: files are as old as the commit, or as SOURCE_DATE_EPOCH says.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import archive
import bill
import deb
import environments
import frozen
import licences
from environments import BUILD, ROOT

DIST = ROOT / "dist"


def main() -> None:
    """Build everything that can be built here, and say what it is."""
    os.umask(0o022)
    version, epoch = program_version(), commit_time()
    shipped = environments.shipped()
    tools = environments.tools(shipped)
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    folder = frozen.freeze(tools, DIST, BUILD / "work", epoch)
    parts = licences.collect(folder, environments.packages(shipped))
    made = [DIST / f"desktopproc-{version}-{_system()}.cdx.json"]
    bill.write(tools, shipped, parts, made[0])
    if sys.platform == "linux":
        made += [DIST / f"desktopproc_{version}_{_architecture()}.deb"]
        tree = _desktop_files(tools, epoch)
        deb.pack(folder, tree, made[-1], version=version, epoch=epoch)
        made += [DIST / f"desktopproc-{version}-{_system()}.tar.gz"]
        archive.pack(folder, made[-1], version=version, epoch=epoch)
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")


def _desktop_files(python: Path, epoch: int) -> Path:
    """A tree with what the desktop reads, as `integration.py` writes it."""
    tree = BUILD / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    words = [python, Path(__file__).with_name("integration.py"), tree / "usr" / "share"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run([str(word) for word in words], check=True, env=environment)
    return tree


def program_version() -> str:
    """As the program itself says it, which is the one place where it is written."""
    text = (ROOT / "src" / "desktopproc" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        sys.exit("src/desktopproc/__init__.py names no version.")
    return found[1]


def commit_time() -> int:
    """Seconds since 1970: SOURCE_DATE_EPOCH, else the time of the commit that is built."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    words = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def _system() -> str:
    names = {"linux": "linux", "win32": "windows", "darwin": "macos"}
    return f"{names[sys.platform]}-{platform.machine().lower()}"


def _architecture() -> str:
    words = ["dpkg", "--print-architecture"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
