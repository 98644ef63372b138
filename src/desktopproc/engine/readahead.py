"""Reads the files of one slow drive ahead, in the order they lie, before workers ask for them.

A head that several workers pull about reads a fraction of what one reader gets in order. So a
job whose file lies on such a drive is kept back until that file is in the page cache, from where
its worker reads it as it would from an SSD. The cache is shared with the kernel: nothing breaks
when a page is dropped again, it only costs a second read.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from desktopproc.engine.extents import Found, look_at
from desktopproc.engine.iopool import IoPool

_FIRST, _MOST = 8, 64  # files that are put in order together: few at first, as workers wait
_BLOCK = 4 << 20
_DEPTH = 2  # reads given to the reader: it must not wait for the engine in between
_LEAST_WINDOW, _MOST_WINDOW = 64 << 20, 512 << 20
_FAST_BYTES_S = 300e6
_FAST_FILES = 8  # so many in a row that no disk could have read: it is none
_TELLING = 256 << 10  # smaller files say nothing of the drive's speed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that is next, its file and that file's size in bytes."""

    job: int
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one read took; bytes and seconds."""

    size: int
    seconds: float


def warm(path: Path, is_over: Callable[[], bool]) -> Reading:
    """Read a whole file into the page cache; one that cannot be read is its worker's to judge."""
    began, size = time.monotonic(), 0
    block = bytearray(_BLOCK)
    try:
        with path.open("rb", buffering=0) as file:
            while not is_over() and (got := file.readinto(block)):
                size += got
    except (OSError, ValueError):
        pass
    return Reading(size, time.monotonic() - began)


def window(largest: int, workers: int, free_bytes: int) -> int:
    """How many bytes may be read and not used yet."""
    most = min(_MOST_WINDOW, max(_LEAST_WINDOW, free_bytes // 10))
    return min(max((workers + 2) * largest, _LEAST_WINDOW), most)


@dataclass(slots=True)
class _Stock:
    """The jobs of the lane by what has become of their files, and bytes where those count."""

    unsorted: dict[int, Wanted] = field(default_factory=dict)
    sorted: dict[int, Wanted] = field(default_factory=dict)
    reading: dict[int, int] = field(default_factory=dict)
    ready: dict[int, int] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)  # by workers, just now

    def knows(self, job: int) -> bool:
        parts = (self.unsorted, self.sorted, self.reading, self.ready, self.used)
        return any(job in part for part in parts)

    def keep(self, jobs: Collection[int]) -> None:
        """Forget what is not wanted any more: cancelled, paused, or moved back in the queue."""
        for part in (self.unsorted, self.sorted, self.reading, self.ready):
            for job in [job for job in part if job not in jobs]:
                del part[job]

    @property
    def ahead(self) -> int:
        """Bytes that were read, or are being read, and not used up."""
        return sum(sum(part.values()) for part in (self.reading, self.ready, self.used))


class Lane:
    """One drive's reader. Engine thread only; the reads themselves run in `pool`.

    `deliver` is called by a thread of the pool with what is to be done on the engine thread, and
    `ready` there when a job has become ready.
    """

    def __init__(
        self,
        pool: IoPool,
        deliver: Callable[[Callable[[], None]], None],
        ready: Callable[[], None],
        *,
        readers: int = 1,
        is_rotating: bool = True,
        look: Callable[[Sequence[Path]], Found] = look_at,
        read: Callable[[Path, Callable[[], bool]], Reading] = warm,
    ) -> None:
        self._pool, self._deliver, self._ready = pool, deliver, ready
        self._depth = _DEPTH if readers == 1 else readers
        self._is_rotating = is_rotating
        self._look, self._read = look, read
        self._stock = _Stock()
        self._is_looking = self._has_looked = self._is_closed = False
        self._busy = self._fast = 0
        self._limit = _LEAST_WINDOW
        self.is_open = False
        """Whether jobs pass without a reader: the drive is no slow one, whatever it says."""

    def offer(self, wanted: Sequence[Wanted], *, limit: int) -> None:
        """These jobs are next, and no others; `limit` is how many bytes may be read ahead."""
        self._limit = limit
        stock = self._stock
        stock.keep({each.job for each in wanted})
        for each in wanted:
            if not stock.knows(each.job):
                stock.unsorted[each.job] = each
        self._go_on()

    def is_ready(self, job: int) -> bool:
        """Whether the job's file was read, or need not be."""
        return self.is_open or job in self._stock.ready

    @property
    def ahead(self) -> int:
        """Bytes that were read, or are being read, and not used up."""
        return self._stock.ahead

    def take(self, job: int) -> None:
        """The job goes to a worker."""
        self._stock.used[job] = self._stock.ready.pop(job, 0)

    def release(self, job: int) -> None:
        """The job's worker is done with it, or gone: its bytes are free for others."""
        if self._stock.used.pop(job, None) is not None:
            self._go_on()

    def close(self) -> None:
        """Read nothing more; what is being read ends at its next block."""
        self._is_closed = True

    def _go_on(self) -> None:
        if self._is_closed or self.is_open:
            return
        self._look_next()
        stock = self._stock
        while stock.sorted and self._busy < self._depth:
            each = next(iter(stock.sorted.values()))
            ahead = stock.ahead
            if ahead and ahead + each.size > self._limit:
                return
            del stock.sorted[each.job]
            stock.reading[each.job] = each.size
            self._busy += 1
            self._pool.submit(partial(self._run, each))

    def _look_next(self) -> None:
        """Have the next files put in order, when few are left that are."""
        stock = self._stock
        if self._is_looking or not stock.unsorted or len(stock.sorted) > _MOST // 2:
            return
        number = _MOST if self._has_looked else _FIRST
        chosen = list(stock.unsorted.values())[:number]
        self._is_looking = self._has_looked = True
        paths = list(dict.fromkeys(each.path for each in chosen))

        def run() -> None:
            found = self._look(paths)
            self._deliver(lambda: self._take_order(chosen, found))

        self._pool.submit(run)

    def _take_order(self, chosen: Sequence[Wanted], found: Found) -> None:
        self._is_looking = False
        stock = self._stock
        rank = {path: place for place, path in enumerate(found.ordered)}
        still = [each for each in chosen if stock.unsorted.pop(each.job, None) is not None]
        for each in sorted(still, key=lambda each: rank[each.path]):
            if each.path in found.cached:
                stock.ready[each.job] = 0
            else:
                stock.sorted[each.job] = each
        if found.cached:
            self._ready()
        self._go_on()

    def _run(self, each: Wanted) -> None:
        """On a thread of the pool."""
        took = self._read(each.path, lambda: self._is_closed)
        self._deliver(lambda: self._arrived(each, took))

    def _arrived(self, each: Wanted, took: Reading) -> None:
        self._busy -= 1
        if self._stock.reading.pop(each.job, None) is not None:
            self._stock.ready[each.job] = took.size
        self._judge(took)
        self._ready()
        self._go_on()

    def _judge(self, took: Reading) -> None:
        """Open the gate for good where the drive cannot be a disk: USB and virtual ones lie."""
        if not self._is_rotating or took.size < _TELLING:
            return
        is_fast = took.size > _FAST_BYTES_S * took.seconds
        self._fast = self._fast + 1 if is_fast else 0
        self.is_open = self.is_open or self._fast >= _FAST_FILES
