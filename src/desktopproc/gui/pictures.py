"""Whole pictures for comparing, decoded off the window's thread, with smaller copies to paint."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColorSpace, QImage, QImageReader, QPainter

from desktopproc.gui.bridge import Bridge
from desktopproc.gui.foreign import Foreign
from desktopproc.gui.io_pool import QtIoPool

_PIXELS_AT_MOST = 60_000_000  # two of them take half a gigabyte
_EDGE_AT_MOST = 100_000
_SMALLEST = 512
_UNKNOWN = "This kind of file cannot be shown here."
_GONE = "The file is not there any more."


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in its own size and halved again and again; `reason` says why there is none."""

    path: Path
    levels: tuple[QImage, ...] = ()
    reason: str = ""

    @property
    def size(self) -> QSize:
        return self.levels[0].size() if self.levels else QSize()

    def paint(self, painter: QPainter, target: QRectF, part: QRectF) -> None:
        """Paint a part, given in shares of the whole, from the copy that is just large enough."""
        wanted = target.width() / max(part.width(), 1e-6)
        image = self.levels[0]
        for level in self.levels[1:]:
            if level.width() < wanted:
                break
            image = level
        source = QRectF(
            part.x() * image.width(),
            part.y() * image.height(),
            part.width() * image.width(),
            part.height() * image.height(),
        )
        painter.drawImage(target, image, source)


def load(path: Path, foreign: Foreign) -> Picture:
    """Decode a picture upright and in the screen's colours; slow, and never on the window's."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > _PIXELS_AT_MOST:
        return Picture(path, reason="Too large to be shown here.")
    image = reader.read() if size.isValid() else QImage()
    if image.isNull():
        image = foreign.draw(path, _EDGE_AT_MOST, _PIXELS_AT_MOST)
    if image.isNull():
        return Picture(path, reason=_UNKNOWN if path.exists() else _GONE)
    if image.colorSpace().isValid():
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    has_alpha = image.hasAlphaChannel()
    kind = QImage.Format.Format_ARGB32_Premultiplied if has_alpha else QImage.Format.Format_RGB32
    levels = [image.convertToFormat(kind)]
    while min(levels[-1].width(), levels[-1].height()) > _SMALLEST:
        half = levels[-1].size() / 2
        levels.append(
            levels[-1].scaled(
                half,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return Picture(path, tuple(levels))


class Pictures(QObject):
    """Loads a few pictures; only the newest ones that were asked for arrive.

    `arrived` carries the place in the request and the `Picture`. A pool of its own, because a
    large picture takes long and thumbnails must not wait for it.
    """

    arrived = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QtIoPool(1)
        self._bridge = Bridge(self._deliver, self)
        self._foreign = Foreign()
        self._turn = 0

    def ask(self, paths: list[Path]) -> None:
        """Load these, first to last; what was asked before is not wanted any more."""
        self._turn += 1
        turn = self._turn
        for place, path in enumerate(paths):
            self._pool.submit(self._loading(turn, place, path))

    def forget(self) -> None:
        """Nobody wants any more what was asked for."""
        self._turn += 1

    def close(self) -> None:
        """Load nothing any more."""
        self._turn += 1
        self._bridge.close()
        self._foreign.cancel()
        self._pool.close()
        self._foreign.close()

    def _loading(self, turn: int, place: int, path: Path) -> Callable[[], None]:
        def run() -> None:
            if turn == self._turn:
                self._bridge.post((turn, place, load(path, self._foreign)))

        return run

    def _deliver(self, loaded: tuple[int, int, Picture]) -> None:
        turn, place, picture = loaded
        if turn == self._turn:
            self.arrived.emit(place, picture)
