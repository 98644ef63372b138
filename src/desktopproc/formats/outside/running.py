"""Runs a program of others to its end: a hard time limit, stop points, and no process left over."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktopproc.core.errors import TimedOutError

_TICK_S = 0.05
_END_LIMIT_S = 5.0  # one that hangs in the kernel even now is abandoned, not waited for
_KEPT_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code, and what it wrote."""

    code: int
    out: bytes
    err: bytes

    @property
    def last_words(self) -> str:
        """The last line it complained in, for a sentence or the log."""
        lines = (self.err or self.out).decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


def running(
    argv: Sequence[str | Path],
    *,
    timeout_s: float,
    at: tuple[int, int] = (0, 1),
    given: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Generator[tuple[int, int], None, Ended]:
    """Run a program and yield `at` every 50 ms: `ended = yield from running(...)`.

    `given` is its standard input and `environment` is added to ours. When the limit passes it is
    killed with all it has started, and TimedOutError says so; closing the generator kills it too.
    OSError when it cannot be started.
    """
    with (
        _file_of(given) as stdin,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        process = start(argv, stdin=stdin, out=out, err=err, folder=folder, environment=environment)
        try:
            yield from until_ended(process, timeout_s=timeout_s, at=at, name=Path(argv[0]).name)
        finally:
            kill_tree(process)
        return Ended(process.returncode, _content(out), _content(err))


def run(argv: Sequence[str | Path], *, timeout_s: float, given: bytes = b"") -> Ended:
    """Run a program where there are no stop points; see `running`."""
    steps = running(argv, timeout_s=timeout_s, given=given)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            ended: Ended = end.value
            return ended


def start(
    argv: Sequence[str | Path],
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    out: IO[bytes] | int = subprocess.DEVNULL,
    err: IO[bytes] | int = subprocess.DEVNULL,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in our own process group: whoever ends that ends the program too."""
    return subprocess.Popen(
        [os.fspath(part) for part in argv],
        stdin=stdin,
        stdout=out,
        stderr=err,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def until_ended(
    process: "subprocess.Popen[bytes]", *, timeout_s: float, at: tuple[int, int], name: str
) -> Iterator[tuple[int, int]]:
    """Yield until the process has ended; TimedOutError when it takes too long."""
    waited = 0.0
    while True:
        try:
            process.wait(_TICK_S)
        except subprocess.TimeoutExpired:
            waited += _TICK_S
        else:
            return
        if waited >= timeout_s:
            raise TimedOutError(
                f"{name} took longer than {timeout_s:g} s and was ended. Try this file alone."
            )
        yield at


def kill_tree(process: "subprocess.Popen[bytes]") -> None:
    """End a process and everything it has started, at once, and wait until it is gone."""
    import psutil  # deferred: only where programs run

    if process.poll() is None:
        tree: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            tree.append(psutil.Process(process.pid))
        for each in tree:  # it grows while we look; who is held cannot start another one
            with contextlib.suppress(psutil.Error):
                each.suspend()
                tree += each.children()
        for each in tree:
            with contextlib.suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(tree[1:], _END_LIMIT_S)  # the first one is waited for by its owner
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_LIMIT_S)


@contextlib.contextmanager
def _file_of(given: bytes) -> Iterator[IO[bytes] | int]:
    """What a program reads as its input; a file, so that nobody waits for a full pipe."""
    if not given:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        yield file


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(_KEPT_BYTES)
