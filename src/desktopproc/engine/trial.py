"""Tries passwords on files in one killable process, before a batch is started with them."""

import json
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc.engine.respondent import LateError, Respondent, answer_all
from desktopproc.formats import unlock_probe

_LIMIT_S = 30.0  # what protects Word files is made to take its time


class Trial:
    """Tries one file after another. The process starts with the first.

    `opens` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, *, memory_mb: int = 2048) -> None:
        self._process = Respondent(serve, name="trial", limit_s=_LIMIT_S, memory_mb=memory_mb)
        self.cancel, self.close = self._process.cancel, self._process.close

    def opens(self, path: Path, passwords: Sequence[str]) -> bool:
        """Whether one of these opens a file; a file that cannot be tried is taken to be locked."""
        try:
            answer = self._process.ask(json.dumps([str(path), list(passwords)]).encode())
        except LateError:
            return False
        except EOFError:
            self.close()
            return False
        return answer == b"true"


def serve(conn: "Connection[Any, Any]") -> None:
    """The life of the process: a path and passwords come in, yes or no goes out."""
    import pymupdf  # noqa: F401  # loaded before the clock of the first question starts

    answer_all(conn, _answer)


def _answer(question: bytes) -> bytes:
    path, passwords = json.loads(question)
    return json.dumps(unlock_probe.opens(Path(path), passwords)).encode()
