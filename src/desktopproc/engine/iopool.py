"""Threads for what waits on disks: the window brings Qt's, the terminal brings Python's."""

import concurrent.futures
from collections.abc import Callable
from typing import Protocol


class IoPool(Protocol):
    """Runs a callable on some other thread, soon."""

    def submit(self, work: Callable[[], object], /) -> object: ...


class ThreadPool:
    """An `IoPool` without Qt."""

    def __init__(self, threads: int) -> None:
        self._executor = concurrent.futures.ThreadPoolExecutor(threads, "io")

    def submit(self, work: Callable[[], object], /) -> object:
        return self._executor.submit(work)

    def close(self) -> None:
        """Wait for what runs, forget what does not run yet."""
        self._executor.shutdown(cancel_futures=True)
