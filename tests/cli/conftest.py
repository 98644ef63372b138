"""The real command in a process of its own, with a home folder of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktopproc.cli import main
from desktopproc.engine.store import open_reader


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line on stderr that a failed command owes."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("desktopproc: ")
        return lines[0].removeprefix("desktopproc: ")


Cli = Callable[..., Answer]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine without settings, display or queue of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DESKTOPPROC_", "COV_"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        kept.pop(name, None)
    return {**kept, "DESKTOPPROC_HOME": str(tmp_path / "home")}


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "desktopproc"]


@pytest.fixture
def cli(environment: dict[str, str], command: list[str], tmp_path: Path) -> Cli:
    """Run `desktopproc` with these arguments in `tmp_path`, to its end."""

    def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [*command, *(os.fspath(argument) for argument in arguments)],
            cwd=tmp_path,
            env={**environment, **(env or {})},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=100,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def cli_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """The same in this process, for commands that start no work: a tenth of the time."""
    monkeypatch.setenv("DESKTOPPROC_HOME", str(tmp_path / "home"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.chdir(tmp_path)

    def no_window(paths: Sequence[Path], _operation: str) -> int:
        raise AssertionError(f"a window was opened with {paths}")

    def run(*arguments: str | Path) -> Answer:
        code = main.run([os.fspath(argument) for argument in arguments], no_window)
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


def wait_until_running(queue: Path, run: "subprocess.Popen[str]") -> None:
    """Until a worker has begun with a job; the run must not end before."""
    while run.poll() is None:
        if queue.exists() and queue.stat().st_size:
            with closing(open_reader(queue)) as reader, suppress(sqlite3.OperationalError):
                if reader.counts().running:
                    return
        with suppress(subprocess.TimeoutExpired):
            run.wait(0.05)
    raise AssertionError("the run ended before it could be interrupted")
