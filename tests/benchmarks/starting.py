"""How long it takes until something answers: --version, --help, the first paint of the window."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.contests import PROGRAM, Plan
from tests.benchmarks.rows import Row

_TURNS = 15
_PAINTED = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            os._exit(0)
        return False
app, eye = QApplication(sys.argv[:1]), Eye()
app.installEventFilter(eye)
"""
_BARE = _PAINTED + "window = QMainWindow(); window.show(); app.exec()"
_OURS = _PAINTED + "from desktopproc.__main__ import open_window; open_window([])"


def run(plan: Plan) -> list[Row]:
    """Each against the least that could answer."""
    python = [sys.executable]
    bare = _seconds(plan, [*python, "-c", "pass"])
    version = _seconds(plan, [PROGRAM, "--version"])
    shown = _seconds(plan, [PROGRAM, "--help"])
    empty, window = _seconds(plan, [*python, "-c", _BARE]), _seconds(plan, [*python, "-c", _OURS])
    return [
        _row("--version", version, "python -c pass", bare, 1.5),
        _row("--help", shown, "python -c pass", bare, None),
        _row("empty window painted", window, "bare QMainWindow", empty, 1.3),
    ]


def _row(title: str, ours: float, against: str, theirs: float, bar: float | None) -> Row:
    ratio = ours / theirs
    return Row(
        f"start: {title}",
        f"{1000 * ours:.0f} ms",
        against,
        f"{1000 * theirs:.0f} ms",
        f"{ratio:.2f}x the time",
        f"at most {bar:g}x" if bar else "",
        ratio <= bar if bar else None,
    )


def _seconds(plan: Plan, words: Sequence[str | Path]) -> float:
    """The median of several starts, the first one left out."""
    home = plan.folder / "out" / "start-home"
    environment = {**os.environ, "DESKTOPPROC_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    times = []
    for _ in range(_TURNS + 1):
        began = time.perf_counter()
        subprocess.run(
            words, env=environment, check=True, capture_output=True, stdin=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])
