"""Works on the files of one job with several threads, and hands the results back in order."""

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE_S = 0.1  # the longest time between two stop points
_AHEAD = 3  # how many results per thread may wait for their turn: memory stays flat


def in_order(make: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R | None]:
    """`make` of every item, in the order of the items; None says only that it goes on.

    `make` must stand being called from several threads, and may not return None. What it raises is
    raised here, in its turn. Closing the iterator waits for what has begun and starts no more.
    """
    from concurrent.futures import ThreadPoolExecutor  # deferred: help needs no threads

    threads = max(1, threads)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="side-by-side")
    begun: deque[Future[R]] = deque()
    # decoders silence warnings while they run, which is one switch for all threads: held here, so
    # that no thread can turn it back under another
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for item in items:
                begun.append(pool.submit(make, item))
                if len(begun) >= threads * _AHEAD:
                    yield from _finished(begun.popleft())
            while begun:
                yield from _finished(begun.popleft())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(future: "Future[R]") -> Iterator[R | None]:
    from concurrent.futures import wait  # deferred: help needs no threads

    while not wait([future], timeout=_PATIENCE_S).done:
        yield None
    yield future.result()
