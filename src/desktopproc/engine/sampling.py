"""Makes the first document of a file in one killable process, to be looked at before the rest."""

import json
import struct
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc import ops
from desktopproc.core.errors import Failure, ProcError
from desktopproc.core.operation import Operation, Source, Work
from desktopproc.core.schema import build, to_plain
from desktopproc.engine.respondent import LateError, Respondent, answer_all
from desktopproc.formats import first_look

_SIZE = struct.Struct("<III")  # of the words, then the width and height of the picture
_CHANNELS = 4
_MAX_PIXELS = 50_000_000
_LATE = "The first document takes long. Press Start to make it all the same."


@dataclass(frozen=True, slots=True)
class Sample:
    """A made file as a picture: rows of R, G, B and A without padding. `error` says why not."""

    file: Path
    error: str = ""
    notes: tuple[str, ...] = ()
    width: int = 0
    height: int = 0
    pixels: bytes = b""


class Sampling:
    """Makes one sample after another. The process starts with the first one.

    `make` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, *, limit_s: float = 30.0, memory_mb: int = 2048) -> None:
        self._process = Respondent(serve, name="sample", limit_s=limit_s, memory_mb=memory_mb)
        self.cancel, self.close = self._process.cancel, self._process.close

    def make(
        self, operation: Operation, options: object, source: Path, target: Path, edge: int
    ) -> Sample | None:
        """The sample, written to `target` too; None where no process can be had."""
        asked = [operation.name, to_plain(options), str(source), str(target), edge]
        try:
            answer = self._process.ask(json.dumps(asked).encode())
        except LateError:
            return Sample(target, _LATE)
        except EOFError:
            return Sample(target, "The first document could not be made. Press Start to see why.")
        if not answer:
            return None
        length, width, height = _SIZE.unpack_from(answer)
        words = json.loads(answer[_SIZE.size : _SIZE.size + length])
        pixels = answer[_SIZE.size + length :]
        if width * height * _CHANNELS != len(pixels):
            return None
        return Sample(target, words["error"], tuple(words["notes"]), width, height, pixels)


def serve(conn: "Connection[Any, Any]") -> None:
    """The life of the process: a question comes in, words and pixels go out."""
    answer_all(conn, _answer)


def _answer(question: bytes) -> bytes:
    name, plain, source, target, edge = json.loads(question)
    operation = ops.load()[name]
    path = Path(target)
    notes: list[str] = []
    try:
        work: Work[Any] = Work([Source(Path(source))], path, build(operation.options, plain))
        for _ in operation.run(work):
            pass
        notes = work.notes
        picture = first_look.look(path, edge, _MAX_PIXELS).convert("RGBA")
    except (ProcError, MemoryError, OSError) as e:
        path.unlink(missing_ok=True)
        return _packed(Failure.of(e).message, notes, (0, 0), b"")
    return _packed("", notes, picture.size, picture.tobytes())


def _packed(error: str, notes: list[str], size: tuple[int, int], pixels: bytes) -> bytes:
    words = json.dumps({"error": error, "notes": notes}).encode()
    return _SIZE.pack(len(words), *size) + words + pixels
