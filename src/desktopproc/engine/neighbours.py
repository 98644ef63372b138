"""The other desktopproc processes that share the queue file: who lives, and how to wake them.

A process is known by its number and its birth, so no clock can make it look dead. Where the
system has named pipes each process has one beside the queue file: a byte in it means "look at the
queue". Where it has process handles (Linux 5.3) the death of a neighbour is noticed at once.
"""

import contextlib
import os
import sys
from collections.abc import Iterable
from multiprocessing.connection import wait
from pathlib import Path

from desktopproc.engine.records import Lease


def birth_of(pid: int) -> str | None:
    """What tells this process from another with the same number; None when it is dead."""
    if sys.platform != "linux":
        import psutil  # deferred: Linux does not need it

        try:
            return str(psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, started = after_name[0], after_name[19]  # proc(5): fields 3 and 22
    return None if state in {b"Z", b"X"} else f"{boot}/{started.decode()}"


def is_alive(lease: Lease) -> bool:
    """Whether the process that took this lease still exists."""
    return birth_of(lease.pid) == lease.birth


class Neighbours:
    """Bells between processes. Engine thread only."""

    def __init__(self, folder: Path, lease: int) -> None:
        self._folder = folder
        self._lease = lease
        self._bell: int | None = None
        self._watched: dict[int, int] = {}  # lease -> process handle
        if hasattr(os, "mkfifo"):
            path = self._path(lease)
            path.unlink(missing_ok=True)
            os.mkfifo(path, 0o600)
            self._bell = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    @property
    def can_be_woken(self) -> bool:
        return self._bell is not None

    @property
    def handles(self) -> list[int]:
        """What becomes readable when a neighbour rings or dies."""
        return [*([] if self._bell is None else [self._bell]), *self._watched.values()]

    def has_news(self) -> bool:
        """Empty our bell; whether anybody rang or died."""
        died = bool(self._watched) and bool(wait(list(self._watched.values()), 0))
        if self._bell is None:
            return True
        try:
            return bool(os.read(self._bell, 65_536)) or died
        except BlockingIOError:
            return died

    def watch(self, leases: Iterable[Lease]) -> None:
        """Notice the death of these processes."""
        others = {lease.id: lease.pid for lease in leases if lease.id != self._lease}
        for gone in self._watched.keys() - others.keys():
            os.close(self._watched.pop(gone))
        if sys.platform != "linux":
            return
        for lease, pid in others.items():
            if lease not in self._watched:
                with contextlib.suppress(OSError):
                    self._watched[lease] = os.pidfd_open(pid)

    def ring(self, leases: Iterable[int]) -> None:
        """Wake these processes."""
        for lease in leases:
            if lease == self._lease:
                continue
            with contextlib.suppress(OSError):  # not there, not listening, or rung enough
                bell = os.open(self._path(lease), os.O_WRONLY | os.O_NONBLOCK)
                try:
                    os.write(bell, b"!")
                finally:
                    os.close(bell)

    def forget(self, lease: int) -> None:
        """Remove the bell of a dead process."""
        self._path(lease).unlink(missing_ok=True)
        if lease in self._watched:
            os.close(self._watched.pop(lease))

    def close(self) -> None:
        for handle in self.handles:
            os.close(handle)
        self._watched.clear()
        self._bell = None
        self._path(self._lease).unlink(missing_ok=True)

    def _path(self, lease: int) -> Path:
        return self._folder / f"wake-{lease}"
