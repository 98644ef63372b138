"""Opens PDFs in one killable process, so that no PDF can hang or exhaust the scan."""

import json
import threading
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc.core.errors import Failure, StartError, TimedOutError, WorkerDiedError
from desktopproc.engine.child import Child
from desktopproc.formats import pdf_probe
from desktopproc.formats.pdf_probe import PdfFacts

_START_LIMIT_S = 60.0


class PdfProbe:
    """Asks PDFs for their pages, one after another. The process starts with the first question.

    `ask` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, *, limit_s: float = 10.0, memory_mb: int = 2048) -> None:
        self._limit_s = limit_s
        self._memory_mb = memory_mb
        self._child: Child | None = None
        self._can_start = True
        self._is_cancelled = threading.Event()

    def ask(self, path: Path) -> PdfFacts:
        """Pages and protection of one PDF; a PDF that ends or stalls the process has an error.

        Where no process can be started, pages stay unknown: operations may still do their work.
        """
        was_running = self._child is not None
        try:
            return self._ask(path)
        except StartError:
            self._can_start = False
        except TimedOutError as e:
            self.close()
            return PdfFacts(error=Failure.of(e))
        except (EOFError, OSError):
            self.close()
            if was_running:  # it may have died of something else between two questions
                return self.ask(path)
            sentence = f"{path.name} crashed the program that opens PDFs. It is probably damaged."
            return PdfFacts(error=Failure.of(WorkerDiedError(sentence)))
        return PdfFacts()

    def cancel(self) -> None:
        """End the question that is being asked, and all later ones, at once. Any thread."""
        self._is_cancelled.set()
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """End the process; the next question would start another one."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _ask(self, path: Path) -> PdfFacts:
        if self._is_cancelled.is_set() or not self._can_start:
            return PdfFacts()
        child = self._running()
        child.conn.send_bytes(json.dumps(str(path)).encode())
        if not child.conn.poll(self._limit_s):
            raise TimedOutError(
                f"{path.name} took too long to open, more than {self._limit_s:g} s. "
                "It is left out; open it in a PDF viewer to see whether it is whole."
            )
        return _unpacked(child.conn.recv_bytes())

    def _running(self) -> Child:
        if self._child is not None:
            return self._child
        child = Child.start(serve, name="pdf-probe", memory_mb=self._memory_mb, preload=None)
        self._child = child
        if self._is_cancelled.is_set():
            child.kill()
        if not child.conn.poll(_START_LIMIT_S):
            self.close()
            raise StartError("The process that opens PDFs did not start in time.")
        child.conn.recv_bytes()
        return child


def serve(conn: "Connection[Any, Any]") -> None:
    """The life of the probe process: a path comes in, facts go out, until the pipe closes.

    Plain JSON goes both ways: what comes out of a process that has read a hostile file is never
    unpickled.
    """
    import pymupdf  # noqa: F401  # loaded before the clock of the first question starts

    conn.send_bytes(b"ready")
    while True:
        try:
            question = conn.recv_bytes()
        except EOFError:
            return
        facts = pdf_probe.read(Path(json.loads(question)))
        conn.send_bytes(json.dumps(asdict(facts)).encode())


def _unpacked(answer: bytes) -> PdfFacts:
    try:
        plain = json.loads(answer)
        error = Failure(**plain.pop("error")) if plain["error"] else plain.pop("error")
        return PdfFacts(**plain, error=error)
    except (ValueError, TypeError, KeyError) as e:
        raise EOFError from e
