"""Tells by the system call in which a thread sleeps whether anything but news can wake it."""

import os
import platform
import time
from pathlib import Path

import pytest

_LIMIT_S = 30.0
_POLL = "7"  # poll(2) on x86-64; its third argument is the time in milliseconds

tells_system_calls = pytest.mark.skipif(
    platform.machine() != "x86_64" or not Path("/proc/self/syscall").exists(),
    reason="the numbers of system calls are those of Linux on x86-64",
)


def comes_to_rest(thread: Path, at_least_s: float | None = None) -> bool:
    """Whether a thread, a folder in /proc, comes to wait for its pipes and not for a time.

    Times from `at_least_s` on are allowed: Qt looks after its caches once in 30 s.
    """
    limit = time.monotonic() + _LIMIT_S
    while time.monotonic() < limit:
        words = (thread / "syscall").read_text().split()
        if words[0] == _POLL:
            milliseconds = int(words[3], 16)
            if milliseconds == 0xFFFFFFFF or (at_least_s and milliseconds >= at_least_s * 1000):
                return True
        os.sched_yield()
    return False
