"""Sends what Qt itself says to our log instead of the terminal."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("desktopproc.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_PICTURES = ("qt.gui.imageio", "qt.svg")


def install() -> None:
    """Take over Qt's messages; damaged pictures are expected and only worth a debug line."""
    qInstallMessageHandler(_write)


def _write(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    category = str(context.category or "")
    level = logging.DEBUG if category.startswith(_PICTURES) else _LEVELS[kind]
    log.log(level, "%s: %s", category, text)
