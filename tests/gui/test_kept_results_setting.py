"""How much is kept is shown in the settings, and can be removed there."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopproc.engine import config, shelf
from desktopproc.engine.home import Home
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.kept_results import KeptResultsEditor
from desktopproc.gui.settings_dialog import SettingsDialog


def _keep(home: Home, tmp_path: Path, size: int) -> None:
    made = tmp_path / "made.bin"
    made.write_bytes(bytes(size))
    entry = home.results / "method" / "1-key"
    shelf.keep(entry, [(shelf.KeptFile(0, "", "", size), made)], [], [], 2**30)


def test_what_is_kept_is_shown_and_goes_at_a_click(qtbot: QtBot, tmp_path: Path) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path / "home")})
    home.make()
    _keep(home, tmp_path, 500_000)
    io = QtIoPool(1)
    dialog = SettingsDialog(home, config.load(home, environment={}), io)
    qtbot.addWidget(dialog)
    dialog.destroyed.connect(lambda: io.close())
    editor = dialog.form("Performance").editor("cache_mb")
    assert isinstance(editor, KeptResultsEditor)
    qtbot.waitUntil(lambda: editor.holds.text() == "500 kB kept", timeout=10_000)

    QTest.mouseClick(editor.clear, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: editor.holds.text() == "Nothing kept", timeout=10_000)
    assert not editor.clear.isEnabled()
    assert shelf.size_of(home.results) == 0
    editor.set(512)
    with qtbot.waitSignal(dialog.saved):
        dialog.accept()
    assert config.load(home, environment={}).settings.cache_mb == 512
