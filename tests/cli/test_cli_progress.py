"""What is said of a running batch, in a pipe and on a terminal, and what a second Ctrl-C does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from desktopproc.cli.progress import Plain, Quiet, failure_line, status
from desktopproc.cli.streams import shown
from desktopproc.cli.words import ended, took
from desktopproc.core.errors import Failure
from desktopproc.core.job import Counts, Job, State
from desktopproc.engine.update import Update

FAILED = Job(
    id=1,
    batch=1,
    operation="thumbnail",
    inputs=(Path("in/a.jpg"),),
    outputs=(),
    state=State.FAILED,
    error=Failure("damaged", "a.jpg is damaged."),
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.21, "4.2 s"), (200, "3 min 20 s"), (7260, "2 h 1 min"), (180_000, "2 d 2 h")],
)
def test_time_taken_has_two_units_at_most(seconds: float, words: str) -> None:
    assert took(seconds) == words


def test_status_says_everything_in_one_line() -> None:
    counts = Counts(waiting=1540, running=2, done=461, failed=10)

    line = status(counts, Update(rate=37.2, seconds_left=(41, 49), is_idle=False))

    assert line == "471 of 2,013, 10 failed, 37 files/s, about 45 s left"
    assert status(counts, Update(rate=0.05)).endswith("3 files/min")
    assert ended(counts) == "461 done, 10 failed, 1,542 waiting"


def test_a_pipe_gets_a_line_every_five_seconds_and_each_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    plain = Plain(lambda: now[0])

    for now[0] in range(12):
        plain.show(Counts(waiting=9, done=1), Update(jobs=(FAILED,) if now[0] == 3 else ()))

    assert capsys.readouterr().err.splitlines() == [
        "Failed: a.jpg is damaged.",
        "1 of 10",
        "1 of 10",
    ]


def test_quiet_tells_failures_only(capsys: pytest.CaptureFixture[str]) -> None:
    Quiet().show(Counts(waiting=9, failed=1), Update(jobs=(FAILED,)))

    assert capsys.readouterr().err == "Failed: a.jpg is damaged.\n"


def test_a_failure_that_does_not_name_its_file_is_given_the_name() -> None:
    nameless = Job(2, 1, "copy", (Path("b\n.jpg"),), (), State.FAILED, error=Failure("x", "Gone."))

    assert failure_line(nameless) == "Failed: b\\n.jpg: Gone."


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("plain é 写真.jpg", "plain é 写真.jpg"),
        ("back\\slash.jpg", "back\\slash.jpg"),
        ("new\nline\\.jpg", "new\\nline\\\\.jpg"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        (os.fsdecode(b"\xff.jpg"), "\\udcff.jpg"),
    ],
)
def test_a_shown_name_is_one_harmless_line(name: str, line: str) -> None:
    assert shown(name) == line
    assert shown(name).isprintable()


def test_a_terminal_gets_a_bar_that_leaves_no_trace(
    command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    pty = pytest.importorskip("pty")
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "a.jpg")
    ours, theirs = pty.openpty()
    words = [*command, "thumbnail", "a.jpg", "gone.jpg", "-o", "out"]

    run = subprocess.Popen(
        words, cwd=tmp_path, env={**environment, "TERM": "xterm"}, stdout=-1, stderr=theirs
    )
    os.close(theirs)
    told = b""
    while chunk := _read(ours):
        told += chunk
    out, _ = run.communicate(timeout=30)

    assert run.returncode == 1
    assert b" of 2" in told
    assert told.count(b"Failed: gone.jpg") == 1
    assert told.rstrip().endswith(b"desktopproc queue retry")
    assert out.startswith(b"1 done, 1 failed in ")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end was closed
        return b""


def test_a_second_interrupt_ends_the_process_at_once() -> None:
    code = (
        "import os, signal\n"
        "from desktopproc.cli.interrupts import Interrupts\n"
        "with Interrupts(lambda: print('asked', flush=True)) as interrupts:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    assert interrupts.is_interrupted\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "print('never')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 130
    assert done.stdout == "asked\n"
    assert "desktopproc queue start" in done.stderr
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
