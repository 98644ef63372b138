"""Runs one operation over many files under limits and prints how each one ended, a line a file.

A program of its own, so that a file that ends the process ends only this one.
"""

import json
import resource
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from desktopproc import ops
from desktopproc.core.errors import ProcError
from desktopproc.core.operation import Shape, Source, Work
from desktopproc.core.schema import build

_MEMORY_BYTES = 3 << 30
_CPU_S = 4.0
_MAX_PIXELS = 100_000_000


def main(name: str, options: str, files: list[str]) -> None:
    """Survey the files."""
    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for file in files:
        signal.setitimer(signal.ITIMER_PROF, _CPU_S)  # its signal ends the process
        with tempfile.TemporaryDirectory() as folder:
            line = _outcome(name, json.loads(options), Path(file), Path(folder))
        print(json.dumps(line), flush=True)


def _outcome(name: str, options: dict[str, Any], file: Path, folder: Path) -> dict[str, Any]:
    operation = ops.load()[name]
    built: object = build(operation.options, options)
    is_folder = operation.shape is Shape.ONE_TO_FOLDER
    target = folder if is_folder else folder / f"result{operation.suffix(built, file)}"
    work = Work([Source(file)], target, built, max_pixels=_MAX_PIXELS)
    try:
        for _ in operation.run(work):
            pass
    except ProcError as error:
        return {"file": str(file), "code": error.code, "message": str(error)}
    made = sorted(folder.iterdir())
    return {"file": str(file), "code": "done" if made else "nothing", "message": ""}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.stdin.read().split("\0"))
