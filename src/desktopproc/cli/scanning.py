"""Looks at files before anything is done with them (phase 1), counting aloud."""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from desktopproc.cli.streams import say
from desktopproc.engine.scan import Found, Scan, ScanReport, summary


@contextmanager
def io_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads for waiting on disks; at the end nothing waits for one that hangs."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="io")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def look_at(
    words: Sequence[str],
    io: ThreadPoolExecutor,
    *,
    threads: int,
    exclude: Sequence[Path] = (),
    is_quiet: bool = False,
) -> list[Found]:
    """Every file at these paths, in natural order; Ctrl-C ends it with KeyboardInterrupt."""
    found: list[Found] = []
    is_live = not is_quiet and sys.stderr.isatty()

    def take(report: ScanReport) -> None:
        found.extend(report.files)
        if is_live and not report.is_finished:
            sys.stderr.write(f"\rLooking at files: {report.seen:,} ")
            sys.stderr.flush()

    scan = Scan([Path(word) for word in words], io, take, exclude=exclude, threads=threads)
    scan.start()
    try:
        scan.wait()
    except KeyboardInterrupt:
        scan.cancel()
        raise
    if is_live:
        sys.stderr.write("\r\x1b[K")
    if not is_quiet:
        say(summary(item.facts for item in found))
    return found
