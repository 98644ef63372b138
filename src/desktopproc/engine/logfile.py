"""Opens the rotating log file that the window and the terminal share."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktopproc.engine.home import Home

_SIZE_BYTES = 2_000_000
_KEPT = 3


def log_file(home: Home) -> Path:
    """Where the log is, whether it exists yet or not."""
    return home.logs / "desktopproc.log"


def open_log(home: Home) -> None:
    """Send our log records there from now on; without a place to write, log nowhere."""
    ours = logging.getLogger("desktopproc")
    if any(isinstance(handler, RotatingFileHandler) for handler in ours.handlers):
        return
    try:
        home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            log_file(home), maxBytes=_SIZE_BYTES, backupCount=_KEPT, encoding="utf-8",
            errors="backslashreplace",
        )  # fmt: skip
    except OSError:
        ours.addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False
