"""Understands hOCR, the XHTML in which Tesseract says where it read which word.

Properties are those of the hOCR specification 1.2: `bbox` (4.1), `baseline`, `x_wconf`, and
`x_size` with `x_descenders`, which Tesseract adds to lines.
"""

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from desktopproc.core.errors import WorkerError
from desktopproc.formats.recognition.words import Line, Word

_SPACE = "{http://www.w3.org/1999/xhtml}"
_LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"})
_NUMBERS = re.compile(r"[-+]?[0-9.]+(?:e[-+]?[0-9]+)?")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_STEEP = 2.0
_DESCENT = 0.25  # of a line's height, where a line does not say where it stands


def lines_of(hocr: bytes) -> tuple[Line, ...]:
    """The lines in reading order; those without a word in them are left out."""
    text = _NOT_XML.sub("", hocr.decode("utf-8", "replace"))
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as e:
        raise WorkerError("Tesseract gave an answer that cannot be read. Update it.") from e
    return tuple(_lines(root))


def _lines(root: ElementTree.Element) -> Iterator[Line]:
    for paragraph in root.iter(f"{_SPACE}p"):
        is_first = True
        for span in paragraph:
            if span.get("class") in _LINES and (words := tuple(_words(span))):
                yield _line(_properties(span), words, is_first=is_first)
                is_first = False


def _line(told: dict[str, list[float]], words: tuple[Word, ...], *, is_first: bool) -> Line:
    left, top, right, bottom = told.get("bbox", [words[0].left, words[0].top, 0, words[0].bottom])
    slope, offset = told.get("baseline", [math.inf, 0.0])
    runs_down = abs(slope) > _STEEP and bottom - top > right - left  # as Tesseract tells it
    (height,) = told.get("x_size", [right - left if runs_down else bottom - top])
    (descent,) = told.get("x_descenders", [_DESCENT * height])
    if runs_down:
        return Line(words, left + descent, max(height, 1.0), 0.0, runs_down, is_first)
    if abs(slope) > _STEEP:
        slope, offset = 0.0, -descent
    base = bottom + offset + slope * (words[0].left - left)
    return Line(words, base, max(height, 1.0), slope, runs_down, is_first)


def _words(line: ElementTree.Element) -> Iterator[Word]:
    for span in line:
        text = "".join(span.itertext()).strip()
        told = _properties(span)
        if span.get("class") == "ocrx_word" and text and len(told.get("bbox", ())) == 4:
            left, top, right, bottom = told["bbox"]
            (sure,) = told.get("x_wconf", [0.0])
            yield Word(text, left, top, max(right, left + 1), max(bottom, top + 1), sure)


def _properties(element: ElementTree.Element) -> dict[str, list[float]]:
    """The numbers behind each word of a title such as "bbox 1 2 3 4; x_wconf 96"."""
    parts = (part.strip().partition(" ") for part in element.get("title", "").split(";"))
    return {name: [float(n) for n in _NUMBERS.findall(rest)] for name, _, rest in parts}
