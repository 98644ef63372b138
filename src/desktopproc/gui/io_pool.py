"""Qt's thread pool as the engine wants it: work goes in, a future comes out."""

import logging
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QThreadPool

log = logging.getLogger(__name__)


class QtIoPool:
    """Runs callables on threads of a QThreadPool. Safe from any thread."""

    def __init__(self, threads: int) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)

    def submit(self, work: Callable[[], object]) -> "Future[object]":
        """Queue a callable; after `close` the future is cancelled at once."""
        future: Future[object] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work())
            except Exception as e:  # whoever holds the future decides; Qt would only print it
                log.debug("work on the I/O pool failed", exc_info=True)
                future.set_exception(e)

        self._pool.start(run)
        return future

    def resize(self, threads: int) -> None:
        """Use this many threads from now on."""
        self._pool.setMaxThreadCount(threads)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Drop what did not start and wait for the rest; False if something did not end."""
        self._pool.clear()
        return self._pool.waitForDone(int(timeout_s * 1000))
