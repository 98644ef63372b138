"""Opens the rotating log file that the window and the terminal share."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktopproc.engine.home import Home

_SIZE_BYTES = 2_000_000
_KEPT = 3


def log_file(home: Home) -> Path:
    """Where the log is, whether it exists yet or not."""
    return home.logs / "desktopproc.log"


class _LogFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        file = Path(self.baseFilename)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stream = super()._open()
            file.chmod(0o600)  # paths are in it, and the folder may be older than this program
            return stream
        except OSError:
            return Path(os.devnull).open("w", encoding="utf-8")


def open_log(home: Home) -> None:
    """Send our log records there from now on; without a place to write, log nowhere.

    Nothing is made before there is something to log.
    """
    ours = logging.getLogger("desktopproc")
    if any(isinstance(handler, RotatingFileHandler) for handler in ours.handlers):
        return
    handler = _LogFile(
        log_file(home), maxBytes=_SIZE_BYTES, backupCount=_KEPT, encoding="utf-8",
        errors="backslashreplace", delay=True,
    )  # fmt: skip
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False
