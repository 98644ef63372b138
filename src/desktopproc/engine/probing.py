"""Opens PDFs in one killable process, so that no PDF can hang or exhaust the scan."""

import json
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc.core.errors import Failure, TimedOutError, WorkerDiedError
from desktopproc.engine.respondent import LateError, Respondent, answer_all
from desktopproc.formats import pdf_probe
from desktopproc.formats.pdf_probe import PdfFacts


class PdfProbe:
    """Asks PDFs for their pages, one after another. The process starts with the first question.

    `ask` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, *, limit_s: float = 10.0, memory_mb: int = 2048) -> None:
        self._limit_s = limit_s
        self._process = Respondent(serve, name="pdf-probe", limit_s=limit_s, memory_mb=memory_mb)
        self.cancel, self.close = self._process.cancel, self._process.close

    def ask(self, path: Path) -> PdfFacts:
        """Pages and protection of one PDF; a PDF that ends or stalls the process has an error.

        Where no process can be started, pages stay unknown: operations may still do their work.
        """
        try:
            answer = self._process.ask(json.dumps(str(path)).encode())
            return PdfFacts() if answer is None else _unpacked(answer)
        except LateError:
            late = TimedOutError(
                f"{path.name} took too long to open, more than {self._limit_s:g} s. "
                "It is left out; open it in a PDF viewer to see whether it is whole."
            )
            return PdfFacts(error=Failure.of(late))
        except (EOFError, ValueError, TypeError, KeyError):  # no answer, or no sense in it
            self.close()
            sentence = f"{path.name} crashed the program that opens PDFs. It is probably damaged."
            return PdfFacts(error=Failure.of(WorkerDiedError(sentence)))


def serve(conn: "Connection[Any, Any]") -> None:
    """The life of the probe process: a path comes in, facts go out, both as JSON."""
    import pymupdf  # noqa: F401  # loaded before the clock of the first question starts

    answer_all(conn, _facts_of)


def _facts_of(question: bytes) -> bytes:
    return json.dumps(asdict(pdf_probe.read(Path(json.loads(question))))).encode()


def _unpacked(answer: bytes) -> PdfFacts:
    plain = json.loads(answer)
    error = Failure(**plain.pop("error")) if plain["error"] else plain.pop("error")
    return PdfFacts(**plain, error=error)
