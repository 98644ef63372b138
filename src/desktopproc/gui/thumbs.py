"""Small pictures of files, loaded off the window's thread and only for what is looked at."""

import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from desktopproc.gui.bridge import Bridge
from desktopproc.gui.foreign import Foreign
from desktopproc.gui.io_pool import QtIoPool

_KEPT = 400
_WAITING_AT_MOST = 48
_PIXELS_AT_MOST = 80_000_000  # formats that Qt cannot decode at a smaller scale stay below this

Key = tuple[Path, int, int]


def load(path: Path, side: int) -> QImage:
    """A picture that fits a square of `side` pixels; null when Qt cannot decode the file."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _PIXELS_AT_MOST:
        return QImage()
    reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class Thumbs(QObject):
    """`get` returns what is known at once and loads the rest; `arrived` says that more is known.

    A pool of its own: scanning must not wait behind pictures, nor pictures behind a scan. The
    newest request is served first, and what was scrolled away long ago is not loaded at all.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QtIoPool(1)
        self._bridge = Bridge(self._take, self)
        self._known: OrderedDict[Key, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[Key, None] = OrderedDict()
        self._lock = threading.Lock()
        self._foreign = Foreign()

    def get(self, path: Path, side: int, version: int = 0) -> QPixmap | None:
        """The picture; a null one when the file has none, None while it is loading."""
        key = (path, side, version)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        with self._lock:
            is_new = key not in self._wanted
            self._wanted[key] = None
            self._wanted.move_to_end(key)
            if len(self._wanted) > _WAITING_AT_MOST:
                self._wanted.popitem(last=False)
        if is_new:
            self._pool.submit(self._load_newest)
        return None

    def close(self) -> None:
        """Load nothing any more."""
        with self._lock:
            self._wanted.clear()
        self._bridge.close()
        self._foreign.cancel()
        self._pool.close()
        self._foreign.close()

    def _load_newest(self) -> None:
        with self._lock:
            if not self._wanted:
                return
            key, _ = self._wanted.popitem(last=True)
        image = load(key[0], key[1])
        if image.isNull():
            image = self._foreign.draw(key[0], key[1], _PIXELS_AT_MOST)
        self._bridge.post((key, image))

    def _take(self, loaded: tuple[Key, QImage]) -> None:
        key, image = loaded
        self._known[key] = QPixmap.fromImage(image)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self.arrived.emit()
