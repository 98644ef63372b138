"""Has worker processes made ready for the operations that are about to run."""

from collections.abc import Collection

from desktopproc.core.operation import Operation
from desktopproc.engine.child import start_server


def preloaded(operations: Collection[Operation]) -> list[str]:
    """The modules that these operations want to be there before their first job, and their own."""
    wanted = {module for operation in operations for module in operation.preload}
    return ["desktopproc.engine.worker", *sorted(wanted | {op.run.__module__ for op in operations})]


def make_ready(operations: Collection[Operation]) -> None:
    """Have these modules loaded elsewhere while this process still loads its own."""
    start_server(preloaded(operations))
