"""Lets one window run per home folder: a second launch hands its files to the first and ends."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktopproc.core.errors import StartError
from desktopproc.engine.home import Home

_PATIENCE_MS = 2000
_LOCK_MS = 300
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a launch was asked for: files to add, and the operation to choose, if any."""

    paths: list[Path]
    operation: str = ""


class FirstWindow(QObject):
    """Holds the lock and listens; `received` carries the `Wanted` of another launch.

    The lock file decides who is first, so two launches at the same moment cannot both be; a lock
    or a socket that a killed window left behind is taken over.
    """

    received = Signal(object)

    def __init__(self, lock: QLockFile, name: str) -> None:
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        QLocalServer.removeServer(name)  # what a killed window left; the lock is ours
        self._server.listen(name)

    def close(self) -> None:
        """Let the next launch be the first."""
        self._server.close()
        self._lock.unlock()

    def _greet(self) -> None:
        while (guest := self._server.nextPendingConnection()) is not None:
            guest.readyRead.connect(self._read)
            guest.disconnected.connect(guest.deleteLater)
            self._take(guest)

    def _read(self) -> None:
        guest = self.sender()
        if isinstance(guest, QLocalSocket):
            self._take(guest)

    def _take(self, guest: QLocalSocket) -> None:
        while guest.canReadLine():
            line = bytes(guest.readLine().data())
            guest.write(b"taken\n")
            guest.flush()
            said = json.loads(line)
            paths = [Path(text) for text in said["paths"]]
            self.received.emit(Wanted(paths, said["operation"]))


def claim(home: Home, wanted: Wanted) -> FirstWindow | None:
    """Become the first window, or hand `wanted` to the one there is and return None."""
    name = "desktopproc-" + hashlib.sha256(str(home.state).encode()).hexdigest()[:24]
    for _ in range(_TRIES):
        lock = QLockFile(str(home.state / "window.lock"))
        lock.setStaleLockTime(0)
        if lock.tryLock(_LOCK_MS):
            return FirstWindow(lock, name)
        if _hand_over(name, wanted):
            return None
    raise StartError(
        f"Another window uses {home.state} and does not answer. End it, then start again."
    )


def _hand_over(name: str, wanted: Wanted) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_PATIENCE_MS):
        return False
    paths = [str(path.absolute()) for path in wanted.paths]
    said = json.dumps({"paths": paths, "operation": wanted.operation})
    socket.write(said.encode() + b"\n")
    socket.flush()
    is_taken = socket.waitForReadyRead(_PATIENCE_MS)
    socket.disconnectFromServer()
    return is_taken
