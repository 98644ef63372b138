"""A program to be killed: submits a folder once, works off the queue, ends when that is done.

With `undo` for an operation it undoes the first batch instead. Where DESKTOPPROC_KILL_AT is set, it
kills itself before so many changes of the disk below the folder of its inputs and outputs.
"""

import os
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


def main() -> None:
    """Arguments: home, folder of inputs, output folder, operation, its options as NAME=VALUE."""
    home, inputs, out, operation, *options = sys.argv[1:]
    if changes := os.environ.get("DESKTOPPROC_KILL_AT"):
        _die_before(int(changes), (inputs, out))
    over = threading.Event()
    began = threading.Event()

    def listen(update: Update) -> None:
        if began.is_set() and not update.counts.open:
            over.set()

    io = ThreadPool(2)
    engine = Engine(
        Home.find({"DESKTOPPROC_HOME": home}),
        Settings(cpu_workers=2, retry_base_s=0.01),
        OPERATIONS,
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


def _die_before(change: int, folders: tuple[str, str]) -> None:
    """Count what the whole process does to files in these folders (see PEP 578), then die."""
    left = change

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in _CHANGES or (event == "open" and not _is_step(arguments)):
            return
        if not any(str(path).startswith(folders) for path in _paths(arguments)):
            return
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


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
    main()
