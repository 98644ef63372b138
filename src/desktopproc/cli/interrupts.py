"""Ctrl-C, SIGTERM and a closed terminal as messages instead of exceptions."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
INTERRUPTED = 130


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """While entered, any of these signals is a KeyboardInterrupt, even where SIGINT was ignored."""
    before = {number: signal.getsignal(number) for number in _heeded()}
    for number in before:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> list[int]:
    """All of them, but a closed terminal does not end what was started with nohup."""
    return [
        number
        for number in _SIGNALS
        if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
    ]


class Interrupts:
    """While entered, the first interrupt calls `stop`, and the second ends the process at once.

    Ending at once loses nothing: workers die with their parent, and the queue file says what ran.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before: dict[int, object] = {}
        self.is_interrupted = False

    def __enter__(self) -> "Interrupts":
        for number in _heeded():
            self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() gave us

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_interrupted:
            with contextlib.suppress(OSError):  # stderr itself may be in the middle of a line
                os.write(2, b"\nStopped at once. Go on with: desktopproc queue start\n")
            os._exit(INTERRUPTED)
        self.is_interrupted = True
        self._stop()
