"""Keeps one killable process that answers questions about files, one after another."""

import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from desktopproc.core.errors import StartError
from desktopproc.engine.child import Child

_START_LIMIT_S = 60.0

Serve = Callable[["Connection[Any, Any]"], None]


class LateError(Exception):
    """The answer did not come in time; the process is gone."""


class Respondent:
    """Sends a question to the process and waits for its answer; both are bytes.

    What comes out of a process that has read a hostile file is never unpickled. The process starts
    with the first question. `ask` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, serve: Serve, *, name: str, limit_s: float, memory_mb: int) -> None:
        """`serve` sends b"ready" when it has loaded what it needs, and answers from then on."""
        self._serve, self._name = serve, name
        self._limit_s, self._memory_mb = limit_s, memory_mb
        self._child: Child | None = None
        self._can_start = True
        self._is_cancelled = threading.Event()

    def ask(self, question: bytes) -> bytes | None:
        """The answer; None where no process can be started or questions were cancelled.

        LateError when it takes too long, EOFError when the question ended the process.
        """
        was_running = self._child is not None
        try:
            return self._ask(question)
        except StartError:
            self._can_start = False
            return None
        except LateError:
            self.close()
            raise
        except (EOFError, OSError) as e:
            self.close()
            if was_running:  # it may have died of something else between two questions
                return self.ask(question)
            raise EOFError from e

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

    def _ask(self, question: bytes) -> bytes | None:
        if self._is_cancelled.is_set() or not self._can_start:
            return None
        child = self._running()
        child.conn.send_bytes(question)
        if not child.conn.poll(self._limit_s):
            raise LateError
        return child.conn.recv_bytes()

    def _running(self) -> Child:
        if self._child is not None:
            return self._child
        child = Child.start(self._serve, name=self._name, memory_mb=self._memory_mb, preload=None)
        self._child = child
        if self._is_cancelled.is_set():
            child.kill()
        if not child.conn.poll(_START_LIMIT_S):
            self.close()
            raise StartError(f"The process {self._name} did not start in time.")
        child.conn.recv_bytes()
        return child


def answer_all(conn: "Connection[Any, Any]", answer: Callable[[bytes], bytes]) -> None:
    """The life of the process after its start: until the pipe closes."""
    conn.send_bytes(b"ready")
    with suppress(EOFError):
        while True:
            conn.send_bytes(answer(conn.recv_bytes()))
