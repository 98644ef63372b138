"""Writes the lock files: the exact version and hashes of all that is shipped, and of the tools.

`make lock` after a change of dependencies. The files hold for all three systems, so that one of
them can be checked on another; nothing in them says where the packages were fetched.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_EXTRAS = ("raw", "jxl")  # not `ocr`: 250 MB for what Tesseract does in less time
_HEAD = "# Made by `make lock`: {what}, for CPython {python}. Do not edit.\n"


def main() -> None:
    """Write both files beside this folder."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [flag for extra in _EXTRAS for flag in ("--extra", extra)]
    _lock("locked.txt", "what the packages ship", [str(ROOT / "pyproject.toml"), *extras])
    tools = "\n".join(project["dependency-groups"]["package"])
    _lock("locked-tools.txt", "the tools that build them", ["-"], given=tools)


def _lock(name: str, what: str, words: list[str], given: str = "") -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    uv += ["--generate-hashes", "--no-header", "--no-annotate", "--python-version", python]
    uv += ["--no-emit-index-url", "--no-emit-find-links", "--upgrade"]
    done = subprocess.run([*uv, *words], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    text = _HEAD.format(what=what, python=python) + done.stdout
    (ROOT / "packaging" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
