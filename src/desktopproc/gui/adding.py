"""Looks at added files and folders in the background and brings them to the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopproc.core.job import Family
from desktopproc.gui import words
from desktopproc.gui.bridge import Bridge

if TYPE_CHECKING:
    from desktopproc.engine.iopool import IoPool
    from desktopproc.engine.scan import Found, Scan, ScanReport


@dataclass(frozen=True, slots=True)
class Added:
    """What one report brings to the window: files, and the sentence to show."""

    number: int
    files: tuple[Found, ...]
    sentence: str
    is_finished: bool


class _Tally:
    """Counts what one scan found; used on the scan's threads only, one report at a time."""

    def __init__(self, number: int, bridge: Bridge) -> None:
        self._number, self._bridge = number, bridge
        self._kinds: Counter[Family] = Counter()
        self._files: list[Found] = []

    def take(self, report: ScanReport) -> None:
        self._files += report.files
        self._kinds.update(found.facts.kind for found in report.files)
        from desktopproc.engine.scan import summary  # deferred: not at the start

        if report.is_finished:
            sentence = summary(found.facts for found in self._files)
            sentence = f"Stopped looking after {sentence}" if report.is_cancelled else sentence
        else:
            kinds = [words.count(n, words.KIND_NOUNS[kind]) for kind, n in self._kinds.items()]
            sentence = f"Looking at files: {', '.join(kinds) or words.count(report.seen)}"
        self._bridge.post(Added(self._number, report.files, sentence, report.is_finished))


class Adding(QObject):
    """Any number of scans at once; `arrived` carries an `Added`, `finished` says that all ended."""

    arrived = Signal(object)
    finished = Signal()

    def __init__(self, io: IoPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._io = io
        self._scans: dict[int, Scan] = {}
        self._numbers = count()
        self._bridge = Bridge(self._take, self)

    @property
    def is_looking(self) -> bool:
        """Whether a scan is under way."""
        return bool(self._scans)

    def add(self, paths: Sequence[Path], *, exclude: Sequence[Path], threads: int) -> None:
        """Start looking at these; returns at once."""
        from desktopproc.engine.scan import Scan  # deferred: not at the start

        number = next(self._numbers)
        tally = _Tally(number, self._bridge)
        scan = Scan(paths, self._io, tally.take, exclude=exclude, threads=threads)
        self._scans[number] = scan
        scan.start()

    def cancel(self) -> None:
        """Stop looking; what was found stays on the list."""
        for scan in self._scans.values():
            scan.cancel()

    def close(self) -> None:
        """Stop looking and tell nothing any more."""
        self._bridge.close()
        self.cancel()

    def _take(self, added: Added) -> None:
        if added.is_finished:
            self._scans.pop(added.number, None)
        self.arrived.emit(added)
        if added.is_finished and not self._scans:
            self.finished.emit()
