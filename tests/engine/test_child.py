"""A child starts clean, is killed with all it has started, and dies with its parent."""

import mmap
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

import psutil
import pytest

from desktopproc.core.errors import StartError
from desktopproc.engine.child import ENVIRONMENT, Child

Start = Callable[..., Child]
Conn: TypeAlias = "Connection[Any, Any]"

# A program as a user would run it: starts a child that hangs, tells who is there, and is killed.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import test_child
from desktopproc.engine.child import Child
child = Child.start(test_child.hang_with_a_process)
print(*child.conn.recv(), flush=True)
child.join()
"""


# No fork server runs, and none is started by a child that leaves its imports to others.
ALONE = """
import sys
sys.path.insert(0, sys.argv[1])
import psutil
import test_child
from desktopproc.engine.child import Child
child = Child.start(test_child.describe, preload=None)
pid, group, main, environment, has_qt = child.conn.recv()
print(pid == group == child.pid, main is None, end=" ")
print(any("forkserver" in " ".join(p.cmdline()) for p in psutil.Process().children()))
child.close()
"""


# A fork server was started ahead, and children come out of it with what it has loaded.
AHEAD = """
import os, sys
sys.path.insert(0, sys.argv[1])
import psutil
import test_child
from desktopproc.engine.child import Child, start_server
start_server(["wave"], {"COLOUR": "blue"})
servers = [p for p in psutil.Process().children() if "forkserver" in " ".join(p.cmdline())]
child = Child.start(test_child.tell_of_wave, preload=None)
print(len(servers), *child.conn.recv(), os.environ.get("COLOUR"))
child.close()
"""


def tell_of_wave(conn: Conn) -> None:
    names = ("OMP_NUM_THREADS", "COLOUR")
    conn.send(("wave" in sys.modules, *map(os.environ.get, names)))


def describe(conn: Conn) -> None:
    main = getattr(sys.modules["__main__"], "__file__", None)
    wanted = {name: os.environ.get(name) for name in ENVIRONMENT}
    conn.send((os.getpid(), os.getpgrp(), main, wanted, "PySide6" in sys.modules))


def print_and_end(conn: Conn) -> None:
    os.write(1, b"from C\n")
    conn.send("done")


def allocate(conn: Conn) -> None:
    try:
        with mmap.mmap(-1, 2 << 30) as block:
            conn.send(len(block))
    except OSError:
        conn.send("refused")


def hang_with_a_process(conn: Conn) -> None:
    process = subprocess.Popen(["sleep", "1000"])
    conn.send((os.getpid(), process.pid))
    re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter for years


def start_another(conn: Conn) -> None:
    try:
        Child.start(describe)
    except StartError as e:
        conn.send(str(e))


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts children that are gone after the test, whatever happens."""
    with ExitStack() as stack:

        def make(*args: Any, **options: Any) -> Child:
            child = Child.start(*args, **options)
            stack.callback(child.close)
            return child

        yield make


def gone(pids: list[int], timeout_s: float = 5.0) -> bool:
    """Whether all these processes have ended, or end within the time."""
    processes = []
    for pid in pids:
        try:
            processes.append(psutil.Process(pid))
        except psutil.NoSuchProcess:
            continue
    live = [p for p in processes if p.status() != psutil.STATUS_ZOMBIE]
    return not psutil.wait_procs(live, timeout_s)[1]


def test_a_child_starts_without_our_main_and_with_its_environment(start: Start) -> None:
    before = dict(os.environ)

    child = start(describe)

    pid, group, main, environment, has_qt = child.conn.recv()
    assert (pid, group, main) == (child.pid, child.pid, None)
    assert environment == ENVIRONMENT
    assert not has_qt
    assert dict(os.environ) == before
    assert sys.modules["__main__"].__name__ == "__main__"


def test_a_child_that_ends_is_noticed_with_its_exit_code(start: Start) -> None:
    child = start(describe)
    child.conn.recv()

    assert child.join(10)
    assert not child.is_alive()
    assert child.exitcode == 0
    with pytest.raises(EOFError):
        child.conn.recv()


def test_what_a_child_prints_never_reaches_stdout(
    start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    child = start(print_and_end)
    child.conn.recv()
    child.join(10)

    assert capfd.readouterr().out == ""


def test_a_kill_reaches_a_busy_child_and_what_it_started(start: Start) -> None:
    child = start(hang_with_a_process)
    pids = child.conn.recv()

    child.kill()

    assert child.join(5)
    assert child.exitcode == -signal.SIGKILL
    assert gone(pids)


def test_a_kill_after_the_end_does_no_harm(start: Start) -> None:
    child = start(describe)
    child.join(10)

    child.kill()
    child.close()
    child.kill()
    child.close()


def test_a_child_may_have_an_interpreter_of_its_own() -> None:
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", ALONE, here], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split() == ["True", "True", "False"]


def test_children_come_from_a_server_that_was_started_ahead() -> None:
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", AHEAD, here], capture_output=True, text=True, check=True
    )

    assert done.stdout == "1 True 1 blue None\n"


def test_the_memory_limit_holds(start: Start) -> None:
    assert start(allocate, memory_mb=512).conn.recv() == "refused"
    assert start(allocate).conn.recv() == 2 << 30


def test_children_are_started_by_several_threads_at_once() -> None:
    def start_one(number: int) -> int:
        child = Child.start(describe, preload=None if number % 2 else ())
        pid: int = child.conn.recv()[0]
        child.close()
        return pid

    with ThreadPoolExecutor(4) as pool:
        pids = list(pool.map(start_one, range(12)))

    assert len(set(pids)) == 12
    assert "DESKTOPPROC_CHILD" not in os.environ


def test_a_child_never_starts_a_child(start: Start) -> None:
    assert "worker process" in start(start_another).conn.recv()


def test_no_child_outlives_a_killed_parent() -> None:
    here = str(Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, here], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        pids = [int(word) for word in program.stdout.readline().split()]
        assert len(pids) == 2
        assert not gone(pids, 0)

        program.kill()
        program.wait(10)

        assert gone(pids)
