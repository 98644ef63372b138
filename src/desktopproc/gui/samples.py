"""Has the first document of a file made off the window's thread, only the newest that is wanted."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktopproc.core.operation import Operation
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.io_pool import QtIoPool

if TYPE_CHECKING:
    from desktopproc.engine.sampling import Sampling

_EDGE = 1400  # pixels of a page's longer edge, enough for the widest panel


@dataclass(frozen=True, slots=True)
class Shown:
    """A made document: its file, what it looks like, or why there is none."""

    file: Path
    image: QImage
    error: str
    notes: tuple[str, ...]


class Samples(QObject):
    """`ask` for one; `arrived` carries the `Shown` of the last that was asked for."""

    arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QtIoPool(1)
        self._bridge = Bridge(self._deliver, self)
        self._sampling: Sampling | None = None
        self._folder: Path | None = None
        self._turn = 0
        self._is_over = False

    def ask(self, operation: Operation, options: object, source: Path) -> None:
        """Make this one; what was asked before is not wanted any more."""
        self._turn += 1
        self._pool.submit(self._making(self._turn, operation, options, source))

    def forget(self) -> None:
        """Nobody wants any more what was asked for."""
        self._turn += 1

    def close(self) -> None:
        """Make nothing any more, and leave nothing behind."""
        self._turn += 1
        self._is_over = True
        self._bridge.close()
        if self._sampling is not None:
            self._sampling.cancel()
        self._pool.close()
        if self._sampling is not None:
            self._sampling.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _making(
        self, turn: int, operation: Operation, options: object, source: Path
    ) -> Callable[[], None]:
        def run() -> None:
            if turn != self._turn:
                return
            if self._sampling is None:
                from desktopproc.engine.sampling import Sampling  # deferred: not at the start

                self._sampling = Sampling()
                self._folder = Path(tempfile.mkdtemp(prefix="desktopproc-"))
            if self._is_over or self._folder is None:
                self._sampling.cancel()
                return
            target = self._folder / f"{turn}{operation.suffix(options, source)}"
            found = self._sampling.make(operation, options, source, target, _EDGE)
            if found is not None:
                kind, row = QImage.Format.Format_RGBA8888, 4 * found.width
                image = QImage(found.pixels, found.width, found.height, row, kind).copy()
                self._bridge.post((turn, Shown(target, image, found.error, found.notes)))

        return run

    def _deliver(self, made: tuple[int, Shown]) -> None:
        turn, shown = made
        if turn == self._turn:
            self.arrived.emit(shown)
