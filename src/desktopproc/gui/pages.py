"""Reads the queue file for the window on a thread of its own, newest question first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desktopproc.gui.bridge import Bridge

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader

log = logging.getLogger(__name__)

Question = Callable[["Reader"], Any]
Answer = Callable[[Any], object]


class Pages(QObject):
    """Answers questions about the queue; a newer question under the same key replaces the older.

    `ask` returns at once; the answer arrives on the window's thread. The reader is opened, used
    and closed on this object's thread only.
    """

    def __init__(self, open_reader: Callable[[], Reader], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_reader = open_reader
        self._wanted: OrderedDict[str, tuple[Question, Answer]] = OrderedDict()
        self._changed = threading.Condition()
        self._is_closed = False
        self._bridge = Bridge(self._deliver, self)
        self._thread = threading.Thread(target=self._run, name="desktopproc-pages", daemon=True)
        self._thread.start()

    def ask(self, key: str, question: Question, answer: Answer) -> None:
        """Run `question` on the reader, then `answer` with its result on the window's thread."""
        with self._changed:
            self._wanted.pop(key, None)
            self._wanted[key] = (question, answer)
            self._changed.notify()

    def close(self, timeout_s: float = 5.0) -> None:
        """Answer nothing any more and end the thread."""
        self._bridge.close()
        with self._changed:
            self._is_closed = True
            self._wanted.clear()
            self._changed.notify()
        self._thread.join(timeout_s)

    def _deliver(self, answered: tuple[Answer, Any]) -> None:
        answer, result = answered
        answer(result)

    def _run(self) -> None:
        reader: Reader | None = None
        try:
            while (wanted := self._next()) is not None:
                question, answer = wanted
                reader = reader or self._open_reader()  # the first question comes after the start
                self._bridge.post((answer, question(reader)))
        finally:
            if reader is not None:
                reader.close()

    def _next(self) -> tuple[Question, Answer] | None:
        with self._changed:
            while not self._wanted and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return None
            return self._wanted.popitem(last=True)[1]
