"""Writes what was read on a page as invisible text in its place."""

import math
from collections.abc import Iterator

from desktopproc.formats.recognition.glyphless import ADVANCE, Codes
from desktopproc.formats.recognition.words import Line, Reading, between

FONT = "OcrText"
"""What the page's resources call the font."""

_INVISIBLE = 3  # text rendering mode (ISO 32000-2, table 104)
_ASKEW = 0.21  # the sine of 12 degrees


def drawing(reading: Reading, codes: Codes) -> bytes:
    """The operators of the layer, to be put before everything else on the page.

    Each word is stretched to its box, and each space to the gap that it fills, so that a
    selection covers what was read.
    """
    shown = "".join(_line(line, reading, codes) for line in reading.lines)
    return f"q BT {_INVISIBLE} Tr\n{shown}ET Q\n".encode("ascii") if shown else b""


def _line(line: Line, reading: Reading, codes: Codes) -> str:
    way, first = reading.to_page, line.words[0]
    along = way.direction(*((0.0, 1.0) if line.runs_down else (1.0, line.slope)))
    right = _snapped(along)
    matrix = " ".join(_short(part) for part in (*right, -right[1], right[0]))
    parts = [f"/{FONT} {_short(line.height * way.scale)} Tf\n"]
    for text, start, end in _pieces(line):
        middle = (start + end) / 2
        place = (line.base, middle)
        if not line.runs_down:
            place = (middle, line.base + line.slope * (middle - first.left))
        x, y = way.point(*place)
        half = (end - start) * way.scale / 2
        stretch = 100 * (end - start) / (line.height * ADVANCE * len(text))
        at = f"{_short(x - half * right[0])} {_short(y - half * right[1])}"
        shown = codes.hexadecimal(text)
        parts.append(f"{matrix} {at} Tm {_short(stretch)} Tz <{shown}> Tj\n")
    return "".join(parts)


def _snapped(arrow: tuple[float, float]) -> tuple[float, float]:
    """The direction, of length 1; a line a little askew goes along the edge of the page.

    Its words then follow it in small steps. Poppler breaks words whose baseline rises by more
    than half a point, so that they could not be found.
    """
    length = math.hypot(*arrow)
    x, y = arrow[0] / length, arrow[1] / length
    if min(abs(x), abs(y)) <= _ASKEW:
        return float(round(x)), float(round(y))
    return x, y


def _pieces(line: Line) -> Iterator[tuple[str, float, float]]:
    """The words and the spaces between them, each with where it starts and ends."""
    for word, following in zip(line.words, (*line.words[1:], None), strict=True):
        start, end = (word.top, word.bottom) if line.runs_down else (word.left, word.right)
        if following is None:
            yield word.text, start, end
            return
        reach = following.top if line.runs_down else following.left
        if gap := between(word, following):
            yield word.text, start, end
            yield gap, end, max(reach, end + 1)
        else:
            yield word.text, start, max(reach, end)


def _short(value: float) -> str:
    """A number as short as a few thousandths of a point allow."""
    text = f"{value:.4f}" if abs(value) < 1.5 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".") or "0"
