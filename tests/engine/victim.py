"""A program to be killed: submits a folder once, works off the queue, ends when that is done.

With `undo` for an operation it undoes the first batch instead. Every change of the disk below the
folders of its inputs and outputs is a line in the file that DESKTOPPROC_CHANGES names, told before
it is made: its kind, which is the call and the path without numbers. DESKTOPPROC_KILL_AT is how
many changes of which kind (none: of any) it comes to before it kills itself.

With nothing but `serve` for an argument it has a child do this for every line of its input, which
are the arguments and the two variables as JSON, and answers with the child's exit code: whoever
needs hundreds of victims saves most of their start.
"""

import json
import os
import re
import signal
import sys
import threading
from pathlib import Path

from desktopproc.core.job import OutputPlan, Request
from desktopproc.core.schema import build
from desktopproc.core.settings import Settings
from desktopproc.engine.engine import Engine
from desktopproc.engine.home import Home
from desktopproc.engine.iopool import ThreadPool
from desktopproc.engine.update import Update
from tests.engine.harness import OPERATIONS, facts


def serve() -> None:
    """In a child all of this returns, so that it ends like any other program."""
    for line in sys.stdin:
        arguments, variables = json.loads(line)
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            sys.argv[1:] = arguments
            os.environ.update(variables)
            main()
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def main() -> None:
    """Arguments: home, folder of inputs, output folder, operation, its options as NAME=VALUE."""
    home, inputs, out, operation, *options = sys.argv[1:]
    if point := os.environ.get("DESKTOPPROC_KILL_AT"):
        number, _, kind = point.partition(" ")
        _die_before(int(number), kind, (inputs, out))
    over = threading.Event()
    began = threading.Event()

    def listen(update: Update) -> None:
        if began.is_set() and not update.counts.open:
            over.set()

    io = ThreadPool(2)
    engine = Engine(
        Home.find({"DESKTOPPROC_HOME": home}),
        Settings(cpu_workers=2, retry_base_s=0.01),
        {name: found for name, found in OPERATIONS.items() if name == operation},
        io=io,
        listener=listen,
    )
    engine.start()
    print("started", flush=True)
    reader = engine.reader()
    if operation == "undo":
        print(engine.undo(1).result(), flush=True)
    elif not reader.batches():
        engine.submit(_request(operation, Path(inputs), Path(out), options)).result()
    engine.start_batches().result()
    began.set()
    print("running", flush=True)
    if reader.counts().open:
        over.wait()
    reader.close()
    engine.close()
    io.close()
    print("done", flush=True)


_CHANGES = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "open"}


def _die_before(change: int, kind: str, folders: tuple[str, str]) -> None:
    """Count what the whole process does to files in these folders (see PEP 578), then die."""
    left = change
    told = Path(os.environ["DESKTOPPROC_CHANGES"])

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in _CHANGES or (event == "open" and not _is_step(arguments)):
            return
        paths = [str(path) for path in _paths(arguments)]
        if not any(path.startswith(folders) for path in paths):
            return
        found = _kind(event, paths, folders)
        with told.open("a") as file:
            file.write(found + "\n")
        left -= not kind or kind == found
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _kind(event: str, paths: list[str], folders: tuple[str, str]) -> str:
    for name, folder in zip(("in", "out"), folders, strict=True):
        paths = [path.replace(folder, name) for path in paths]
    plain = [re.sub(r"\d+", "#", re.sub(r"-[0-9a-f]{6}-", "-tag-", path)) for path in paths]
    return " ".join([event, *plain])


def _is_step(arguments: tuple[object, ...]) -> bool:
    """Whether a file is opened to be written, or a folder to be synced."""
    mode = arguments[1]
    return "w" in str(mode) or (mode is None and any(path.is_dir() for path in _paths(arguments)))


def _paths(arguments: tuple[object, ...]) -> list[Path]:
    found = [arg for arg in arguments if isinstance(arg, str | bytes | os.PathLike)]
    return [Path(os.fsdecode(path)) for path in found]


def _request(operation: str, inputs: Path, out: Path, options: list[str]) -> Request:
    return Request(
        operation=operation,
        options=build(OPERATIONS[operation].options, dict(o.split("=", 1) for o in options)),
        files=tuple((facts(path), inputs) for path in sorted(inputs.iterdir())),
        output=OutputPlan(out),
    )


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
