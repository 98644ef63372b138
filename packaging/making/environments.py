"""Makes the two environments a package is built in: what is shipped, and the tools that see it.

Both are made anew where the lock files, the sources or the interpreter are others than last time.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "package"
_LOCK = ROOT / "packaging" / "locked.txt"
_TOOLS_LOCK = ROOT / "packaging" / "locked-tools.txt"


def shipped() -> Path:
    """The environment that holds the program and its libraries, and nothing else."""
    where = BUILD / "shipped"
    if not _is_fresh(where, _fingerprint(_LOCK)):
        venv.create(where, clear=True, with_pip=False)
        _install(where, "--require-hashes", "-r", str(_LOCK))
        _remember(where, _fingerprint(_LOCK))
    # The program itself is always as it is now.
    _install(where, "--no-deps", "--force-reinstall", str(ROOT))
    return where


def tools(where: Path) -> Path:
    """The interpreter of the tools, which also sees the libraries installed in `where`."""
    own = BUILD / "tools"
    if not _is_fresh(own, _fingerprint(_TOOLS_LOCK)):
        venv.create(own, clear=True, with_pip=False)
        _install(own, "--require-hashes", "-r", str(_TOOLS_LOCK))
        _remember(own, _fingerprint(_TOOLS_LOCK))
    (packages(own) / "shipped.pth").write_text(f"{packages(where)}\n", encoding="utf-8")
    return interpreter(own)


def interpreter(where: Path) -> Path:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return where / inside


def packages(where: Path) -> Path:
    """The folder of an environment that its libraries lie in."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    inside = "Lib/site-packages" if os.name == "nt" else f"lib/{version}/site-packages"
    return where / inside


def _install(where: Path, *words: str) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter(where)), "install"]
    subprocess.run([*pip, "--quiet", "--disable-pip-version-check", *words], check=True)


def _fingerprint(lock: Path) -> str:
    seen = sys.version.encode() + str(ROOT).encode() + lock.read_bytes()
    return hashlib.sha256(seen).hexdigest()


def _is_fresh(where: Path, fingerprint: str) -> bool:
    stamp = where / ".made-of"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint


def _remember(where: Path, fingerprint: str) -> None:
    (where / ".made-of").write_text(fingerprint, encoding="utf-8")
