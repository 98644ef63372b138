"""The packaged program in a process of its own, with a home folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer

Run = Callable[..., Answer]


@pytest.fixture
def command(packaged: Path) -> list[str]:
    return [str(packaged / ("desktopproc.exe" if os.name == "nt" else "desktopproc"))]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine without settings, display or Python of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESKTOPPROC_", "PYTHON"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "VIRTUAL_ENV"):
        kept.pop(name, None)
    return {**kept, "DESKTOPPROC_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(command: list[str], environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the packaged program with these arguments in `tmp_path`, to its end."""
    return _runner(command, environment, tmp_path)


@pytest.fixture
def run_source(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the program as it is in the checkout, likewise."""
    home = {**environment, "DESKTOPPROC_HOME": str(tmp_path / "source-home")}
    return _runner([sys.executable, "-m", "desktopproc"], home, tmp_path)


def _runner(command: list[str], environment: dict[str, str], folder: Path) -> Run:
    def run(*words: str | Path, more: dict[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [*command, *(os.fspath(word) for word in words)],
            cwd=folder,
            env={**environment, **(more or {})},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=400,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
