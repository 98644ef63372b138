"""Real mouse events on the virtual screen, made by another process."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

_SOURCE = Path(__file__).with_name("drag_source.py")
_SOURCE_AT = (1150, 300)


def _xdotool(*words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], check=True, timeout=20)


def click(widget: QWidget, place: QPoint | None = None) -> None:
    """Press and release the left button on a widget, in its middle unless told."""
    at = widget.mapToGlobal(place if place is not None else widget.rect().center())
    _xdotool("mousemove", at.x(), at.y(), "click", 1)


def click_when_under(qtbot: QtBot, widget: QWidget, place: QPoint | None = None) -> None:
    """The same, once Qt itself says that the mouse is over the widget: it may still be moving.

    What lies above it for a while, such as a tooltip, is waited for.
    """

    def is_under() -> bool:
        move_to(widget.mapToGlobal(place if place is not None else widget.rect().center()))
        at = QCursor.pos()
        return widget.underMouse() and QApplication.widgetAt(at) is widget

    qtbot.waitUntil(is_under, timeout=30_000)
    _xdotool("click", 1)


def click_until(
    qtbot: QtBot, widget: QWidget, happened: Callable[[], bool], place: QPoint | None = None
) -> None:
    """Click, and wait for what comes of it."""
    click_when_under(qtbot, widget, place)
    qtbot.waitUntil(happened, timeout=30_000)


@contextmanager
def drag_source(*paths: Path) -> Iterator[QPoint]:
    """A window of another program from which `paths` can be dragged; its middle on the screen."""
    words = [sys.executable, str(_SOURCE), *map(str, _SOURCE_AT), *map(str, paths)]
    source = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert source.stdout is not None
        assert source.stdout.readline().strip() == "ready"
        yield QPoint(_SOURCE_AT[0] + 80, _SOURCE_AT[1] + 60)
    finally:
        source.terminate()
        source.wait(10)
        if source.stdout is not None:
            source.stdout.close()


def press_at(place: QPoint) -> None:
    """Move there and hold the left button."""
    _xdotool("mousemove", place.x(), place.y(), "mousedown", 1)


def move_to(place: QPoint) -> None:
    _xdotool("mousemove", place.x(), place.y())


def release() -> None:
    _xdotool("mouseup", 1)


def press_key(name: str) -> None:
    """Press and release a key in the window that has the focus.

    Never aimed at one window: where that is gone before the key is released, the key stays down on
    the screen, and repeats itself into every window that comes after.
    """
    _xdotool("key", name)


def type_text(text: str) -> None:
    """Type with a real keyboard into whatever has the focus."""
    _xdotool("type", "--delay", "5", text)


def turn_wheel(widget: QWidget, place: QPoint, *, notches: int) -> None:
    """Turn the wheel away from the user over a place of a widget."""
    at = widget.mapToGlobal(place)
    _xdotool("mousemove", at.x(), at.y(), "click", "--repeat", notches, 4)
