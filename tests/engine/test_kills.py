"""kill -9 of the whole program at random moments: nothing half, nothing twice, nothing lost."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from desktopproc.core.job import State
from desktopproc.engine.store import open_reader

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
FILES = 600
CONTENT = "whole " * 500


def start(tmp_path: Path, operation: str, *options: str) -> "subprocess.Popen[str]":
    folders = [str(tmp_path / name) for name in ("home", "in", "out")]
    command = [sys.executable, "-m", "tests.engine.victim", *folders, operation, *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> bool:
    """Let it live so long, then kill it; whether it was still alive."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def check_promises(out: Path) -> int:
    """Every output that has its name is whole and there once; answers how many there are."""
    visible = (
        [path for path in out.iterdir() if not path.name.startswith(".")] if out.exists() else []
    )
    for path in visible:
        assert "(" not in path.name, "an output was made twice"
        if path.is_dir():
            assert {p.name for p in path.iterdir()} == {f"part-{n}.txt" for n in range(4)}
        else:
            assert path.read_text() == CONTENT
    return len(visible)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("operation", "options"), [("copy", ["steps=40"]), ("split", ["parts=4"])])
def test_kill_at_any_moment_and_go_on(tmp_path: Path, operation: str, options: list[str]) -> None:
    chance = random.Random(os.urandom(8))
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        (tmp_path / "in" / f"f{number:04}.txt").write_text(CONTENT)

    kills, seen = 0, 0
    while kills < KILLS // 2:
        process = start(tmp_path, operation, *options)
        assert process.stdout is not None
        for _ in range(chance.choice((0, 1, 2, 2, 2))):
            process.stdout.readline()  # with 0 it may be killed before it is even there
        if not kill_after(process, chance.uniform(0.0, 0.7)):
            seen = 0  # it had finished everything: begin again
            shutil.rmtree(tmp_path / "home")
            shutil.rmtree(tmp_path / "out")
            continue
        kills += 1
        found = check_promises(tmp_path / "out")
        assert found >= seen, "an output was lost"
        seen = found

    process = start(tmp_path, operation, *options)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert stdout.endswith("done\n")
    assert check_promises(tmp_path / "out") == FILES
    assert not list((tmp_path / "out").rglob(".*")), "a temp file was left"
    assert all(p.read_text() == CONTENT for p in (tmp_path / "in").iterdir())
    queue = tmp_path / "home" / "state" / "queue.sqlite3"
    reader = open_reader(queue)
    assert reader.count(states=[State.DONE]) == reader.count() == FILES
    reader.close()
    check = sqlite3.connect(queue)
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()
