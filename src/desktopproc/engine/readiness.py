"""Has workers made ready for the operation that is asked for, while the program still loads."""

import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

import desktopproc

OPERATION = "DESKTOPPROC_LIKELY"  # names its module to the process that workers are forked from
_QUICK = frozenset({"-h", "--help", "--dry-run"})  # these need no worker


def make_ready(arguments: Sequence[str]) -> None:
    """Start that process if these arguments run one of the program's operations.

    It loads what the workers need side by side with this one; it is not waited for. Where a
    standard stream was closed nothing is started yet: its pipes would get the stream's number.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        return
    name = arguments[0].replace("-", "_") if arguments else ""
    folder = str(Path(desktopproc.__file__).parent / "ops")
    if _QUICK.isdisjoint(arguments) and any(
        module.name == name for module in pkgutil.iter_modules([folder])
    ):
        from desktopproc.engine.child import start_server  # deferred: only operations need it

        wanted = ["desktopproc.engine.worker", "desktopproc.engine.likely"]
        start_server(wanted, {OPERATION: f"desktopproc.ops.{name}"})
