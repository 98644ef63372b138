"""A small window from which the files named on the command line can be dragged."""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a drag as soon as the mouse moves with its button down."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__("drag me")
        self._paths = paths
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802
        content = QMimeData()
        content.setUrls([QUrl.fromLocalFile(str(path)) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(content)
        drag.setHotSpot(QPoint(0, 0))
        drag.exec(Qt.DropAction.CopyAction)


def main() -> None:
    """Show the window at the place that the first arguments name and say so."""
    app = QApplication(["drag source", "-platform", "xcb"])
    source = Source([Path(name) for name in sys.argv[3:]])
    source.resize(160, 120)
    source.move(int(sys.argv[1]), int(sys.argv[2]))
    source.show()
    app.processEvents()
    print("ready", flush=True)
    app.exec()


if __name__ == "__main__":
    main()
