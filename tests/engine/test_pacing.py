"""Threads look at files side by side only where files have to be waited for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktopproc.engine.pacing import Pacing
from desktopproc.engine.scan import Scan
from desktopproc.formats import probe
from tests.engine.test_scan import Watcher, photos


def test_files_that_are_there_at_once_are_looked_at_by_one_thread() -> None:
    pacing = Pacing(8)

    pacing.learn(wall_s=1.1, cpu_s=1.0, at_once=1)
    assert pacing.allowed == 1
    pacing.learn(wall_s=8.2, cpu_s=1.0, at_once=8)  # eight that take turns
    assert pacing.allowed == 1


def test_a_drive_that_lets_wait_is_asked_by_several_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, together = probe.probe, threading.Barrier(2)
    waiting = {"IMG_60.jpg", "IMG_120.jpg"}  # far apart: no one piece of work has both

    def slowly(path: Path) -> object:
        threading.Event().wait(0.005)  # longer than the work itself
        if path.name in waiting:
            together.wait(30)
        return look(path)

    monkeypatch.setattr(probe, "probe", slowly)
    watcher = Watcher()
    with ThreadPoolExecutor(4) as pool:
        one = Scan([photos(tmp_path, 200)], pool, watcher, threads=4)
        one.start()
        assert one.wait(60)

    assert [found.facts.error for found in watcher.found] == [None] * 200
