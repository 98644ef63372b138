"""Programs of others end in time, with all they started, and tell what they wrote."""

import sys
from pathlib import Path

import psutil
import pytest

from desktopproc.core.errors import TimedOutError
from desktopproc.formats.outside.running import run, running

# starts a child of its own, tells both numbers, and hangs
_FAMILY = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.replace(sys.argv[1] + ".new", sys.argv[1])
signal.pause()
"""


def _are_gone(numbers: Path) -> bool:
    pids = [int(word) for word in numbers.read_text().split()]
    return all(
        not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        for pid in pids
    )


def test_what_it_wrote_and_how_it_ended_come_back() -> None:
    program = "import sys; print(sys.stdin.read().upper()); print('odd', file=sys.stderr); exit(3)"

    ended = run([sys.executable, "-c", program], timeout_s=30, given=b"hello")

    assert (ended.code, ended.out.strip(), ended.last_words) == (3, b"HELLO", "odd")


def test_more_output_than_a_pipe_holds_does_not_block() -> None:
    ended = run([sys.executable, "-c", "print('x' * 3_000_000)"], timeout_s=30)

    assert len(ended.out.strip()) == 3_000_000


def test_the_limit_ends_it_with_its_children(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"

    with pytest.raises(TimedOutError, match="took longer than 2 s"):
        run([sys.executable, "-c", _FAMILY, numbers], timeout_s=2)

    assert _are_gone(numbers)


def test_closing_the_steps_ends_it_with_its_children(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    steps = running([sys.executable, "-c", _FAMILY, numbers], timeout_s=60, at=(2, 5))
    while not numbers.exists():
        assert next(steps) == (2, 5)

    steps.close()

    assert _are_gone(numbers)


def test_a_program_that_is_not_there_is_an_os_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        run(["/nowhere/program"], timeout_s=1)


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_a_program_that_keeps_starting_others_leaves_none(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    script = (
        f"n=0; while [ $n -lt 400 ]; do sleep 600 & echo $! >> {numbers}; n=$((n+1)); done; wait"
    )
    steps = running(["/bin/sh", "-c", script], timeout_s=60)
    while not numbers.exists():
        next(steps)

    steps.close()

    assert _are_gone(numbers)
