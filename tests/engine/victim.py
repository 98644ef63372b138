"""A program to be killed: submits a folder once, works off the queue, ends when that is done."""

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
    if not reader.batches():
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


def _request(operation: str, inputs: Path, out: Path, options: list[str]) -> Request:
    return Request(
        operation=operation,
        options=build(OPERATIONS[operation].options, dict(o.split("=", 1) for o in options)),
        files=tuple((facts(path), inputs) for path in sorted(inputs.iterdir())),
        output=OutputPlan(out),
    )


if __name__ == "__main__":
    main()
