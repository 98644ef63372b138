"""Looks at files before anything is done with them (phase 1), counting aloud."""

import sys
from collections.abc import Sequence
from pathlib import Path

from desktopproc.cli.streams import say
from desktopproc.core.errors import StartError
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.scan import Found, Scan, ScanReport, summary


def look_at(
    words: Sequence[str],
    io: IoPool,
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
    try:
        scan.start()
        scan.wait()
    except RuntimeError as e:  # the system allows no more threads
        raise StartError(f"Files cannot be looked at: {e}. Close other programs and retry.") from e
    except KeyboardInterrupt:
        scan.cancel()
        raise
    if is_live:
        sys.stderr.write("\r\x1b[K")
    if not is_quiet:
        say(summary(item.facts for item in found))
    return found
