"""Where no process can be started: the same worker loop in a thread, over the same kind of pipe."""

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

_PATIENCE_S = 1.0  # a job that does not come to a step is left behind, not waited for


class InlineChild:
    """A twin of `Child` that cannot be killed: a job in it stops only at its next step."""

    def __init__(self, target: Callable[["Connection[Any, Any]"], object]) -> None:
        self.conn, theirs = multiprocessing.Pipe(duplex=True)
        self.sentinel, self._alive = multiprocessing.Pipe(duplex=False)
        self._thread = threading.Thread(
            target=self._run, args=(target, theirs), name="inline worker", daemon=True
        )
        self._thread.start()

    def _run(self, target: Callable[..., object], conn: "Connection[Any, Any]") -> None:
        try:
            target(conn)
        finally:
            conn.close()
            with suppress(OSError):
                self._alive.close()

    @property
    def exitcode(self) -> int | None:
        return None

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; whether it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """Close our end: the loop ends at its next report."""
        with suppress(OSError):
            self.conn.close()

    def close(self) -> None:
        self.kill()
        self._thread.join(_PATIENCE_S)
        self.sentinel.close()
