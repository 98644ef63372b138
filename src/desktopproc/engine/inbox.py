"""How other threads reach the engine thread: a callable is posted, and the thread wakes up."""

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable

from desktopproc.engine.readable import is_readable


class Inbox:
    """Callables waiting for the engine thread. `post` is safe from any thread."""

    def __init__(self) -> None:
        self.handle, self._bell = multiprocessing.Pipe(duplex=False)
        self._calls: deque[Callable[[], None]] = deque()
        self._rung = threading.Event()
        self._closed = False

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run on the engine thread, after those posted before it."""
        self._calls.append(call)
        if not self._rung.is_set():
            self._rung.set()
            try:
                self._bell.send_bytes(b"!")
            except OSError:
                if not self._closed:
                    raise

    def drain(self) -> None:
        """Run everything that was posted. Engine thread only."""
        if is_readable(self.handle):
            self.handle.recv_bytes()
        self._rung.clear()
        while self._calls:
            self._calls.popleft()()

    def close(self) -> None:
        self._closed = True
        self._bell.close()
        self.handle.close()
