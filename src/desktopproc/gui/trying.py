"""Tries passwords on files in the background and brings to the window which of them open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopproc.gui.bridge import Bridge

if TYPE_CHECKING:
    from desktopproc.engine.iopool import IoPool
    from desktopproc.engine.trial import Trial


@dataclass(frozen=True, slots=True)
class Tried:
    """Which files a password opens."""

    opened: frozenset[Path]


class Trying(QObject):
    """One trial at a time. Used on the window's thread; `tried` carries a `Tried`."""

    tried = Signal(object)

    def __init__(self, io: IoPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._io = io
        self._bridge = Bridge(self.tried.emit, self)
        self._trial: Trial | None = None

    def begin(self, paths: Sequence[Path], passwords: Sequence[str]) -> None:
        """Try these passwords on each of the files; returns at once."""
        from desktopproc.engine.trial import Trial  # deferred: not at the start

        self._trial = trial = Trial()
        self._io.submit(_run(trial, tuple(paths), tuple(passwords), self._bridge))

    def cancel(self) -> None:
        """Try nothing more; what is under way brings no answer that matters."""
        if self._trial is not None:
            self._trial.cancel()

    def close(self) -> None:
        """Try nothing more and tell nothing any more."""
        self._bridge.close()
        self.cancel()


def _run(
    trial: Trial, paths: tuple[Path, ...], passwords: tuple[str, ...], bridge: Bridge
) -> Callable[[], None]:
    def run() -> None:
        try:
            opened = frozenset(path for path in paths if trial.opens(path, passwords))
        finally:
            trial.close()
        bridge.post(Tried(opened))

    return run
