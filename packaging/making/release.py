"""Cuts a release: `make release` checks, builds, tries and tags; nothing is sent anywhere.

`release.py version` and `release.py notes` print what their names say, for the workflow.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from build import DIST, program_version
from environments import ROOT

_NOT_SHIPPED = {"SHA256SUMS", "RELEASE_NOTES.md"}


def main() -> None:
    """Do what the argument says; a whole release without one."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word == "version":
        print(program_version())
    elif word == "notes":
        print(notes(program_version()))
    else:
        cut(program_version())


def notes(version: str) -> str:
    """The section of this version in CHANGELOG.md; ends the program where there is none."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wanted = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)"
    found = re.search(wanted, text, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        sys.exit(f"CHANGELOG.md has no section '## [{version}] - YYYY-MM-DD'. Write it first.")
    return found[1].strip() + "\n"


def cut(version: str) -> None:
    """Every step ends the release where it fails, before anything is tagged."""
    said = notes(version)
    tag = f"v{version}"
    if _output("git", "status", "--porcelain"):
        sys.exit("The checkout has changes that are not committed. Commit them, then release.")
    if _output("git", "tag", "--list", tag):
        sys.exit(f"{tag} is there already. Raise __version__ in src/desktopproc/__init__.py.")
    steps: list[tuple[str, Callable[[], object]]] = [
        ("checks", lambda: _make("check")),
        ("tests", lambda: _make("test")),
        ("packages", lambda: _make("package")),
        ("wheel", _make_wheel),
        ("package tests", lambda: _make("trypackage")),
        ("notes and checksums", lambda: _write_sums(said)),
        ("clean checkout", _demand_clean),
    ]
    for title, step in steps:
        print(f"-- {title}", flush=True)
        step()
    subprocess.run(["git", "-C", str(ROOT), "tag", "-a", tag, "-m", said], check=True)
    print(f"{tag} is tagged, its files are in dist/. To publish: git push origin {tag}")


def _make(target: str) -> None:
    if subprocess.run(["make", "-C", str(ROOT), target], check=False).returncode:
        sys.exit(f"make {target} failed. Nothing was tagged.")


def _make_wheel() -> None:
    for old in DIST.glob("*.whl"):
        old.unlink()
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(DIST)]
    subprocess.run([*words, str(ROOT)], check=True)


def _write_sums(said: str) -> None:
    """Of every file that is published, and read once more from the disk."""
    (DIST / "RELEASE_NOTES.md").write_text(said, encoding="utf-8")
    files = [p for p in sorted(DIST.iterdir()) if p.is_file() and p.name not in _NOT_SHIPPED]
    lines = [f"{_digest(path)}  {path.name}\n" for path in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=DIST, check=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _demand_clean() -> None:
    if changed := _output("git", "status", "--porcelain"):
        sys.exit(f"Building has changed the checkout:\n{changed}\nNothing was tagged.")


def _output(*words: str) -> str:
    return subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
