"""Quiet mode, as the window shows it."""

from pytestqt.qtbot import QtBot

from desktopproc.core.settings import Quiet
from desktopproc.engine import config
from tests.gui.conftest import OpenWindow

LIMIT_MS = 30_000


def test_the_status_bar_says_how_many_workers_quiet_mode_leaves(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(cpu_workers=3, quiet=Quiet.ALWAYS.value)

    qtbot.waitUntil(lambda: window.status.workers == "Quiet mode: 1 worker", timeout=LIMIT_MS)

    config.set_value(window.work.home, "quiet", Quiet.NEVER)
    window.work.reload_settings()
    qtbot.waitUntil(lambda: window.status.workers == "", timeout=LIMIT_MS)
