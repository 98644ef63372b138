"""Draws files for the window in one killable process, so that no file can hang or end it."""

import json
import struct
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from desktopproc.core.errors import ProcError
from desktopproc.engine.respondent import LateError, Respondent, answer_all
from desktopproc.formats import first_look
from desktopproc.formats.image_errors import DECODER_ERRORS

_SIZE = struct.Struct("<II")
_CHANNELS = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as rows of R, G, B and straight A, 8 bits each, without padding."""

    width: int
    height: int
    pixels: bytes


class Drawing:
    """Draws one file after another. The process starts with the first one.

    `draw` and `close` are called by one thread at a time, `cancel` by any.
    """

    def __init__(self, *, limit_s: float = 20.0, memory_mb: int = 2048) -> None:
        self._process = Respondent(serve, name="drawing", limit_s=limit_s, memory_mb=memory_mb)
        self.cancel, self.close = self._process.cancel, self._process.close

    def draw(self, path: Path, edge: int, max_pixels: int) -> Drawn | None:
        """A picture whose longer edge is at most `edge`; None when there is none to be had."""
        try:
            answer = self._process.ask(json.dumps([str(path), edge, max_pixels]).encode())
        except (LateError, EOFError):
            return None
        if not answer:
            return None
        width, height = _SIZE.unpack_from(answer)
        pixels = answer[_SIZE.size :]
        if not 0 < width * height * _CHANNELS == len(pixels):
            return None
        return Drawn(width, height, pixels)


def serve(conn: "Connection[Any, Any]") -> None:
    """The life of the drawing process: a file comes in, pixels or nothing go out."""
    answer_all(conn, _drawn)


def _drawn(question: bytes) -> bytes:
    name, edge, max_pixels = json.loads(question)
    try:
        picture = first_look.look(Path(name), edge, max_pixels).convert("RGBA")
    except (ProcError, MemoryError, OSError, *DECODER_ERRORS):
        return b""
    return _SIZE.pack(*picture.size) + picture.tobytes()
