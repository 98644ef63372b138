"""Writes from right to left: how Arabic letters join, and in which order pieces stand.

This is the part of UAX #9 that documents need: one base direction for a paragraph, stretches of
the other one inside it, neutral signs between two stretches of one direction going with them.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Protocol

_RIGHT = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc"
_HAS_RIGHT = re.compile(f"[{_RIGHT}]")
_PARTS = re.compile(rf"[{_RIGHT}]+|[^\W{_RIGHT}](?:[^{_RIGHT}]*[^\W{_RIGHT}])?|[^\w{_RIGHT}]")
_LEFT = re.compile(r"[^\W_]")
_ARABIC = re.compile("[\u0621-\u064a]")
_MIRRORS = str.maketrans("()[]{}<>\u00ab\u00bb", ")(][}{><\u00bb\u00ab")
_CONTROLS = {ord(sign): None for sign in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2069"}


class Placed(Protocol):
    """Something with a place in a line."""

    text: str
    x: float
    width: float


def has_right(text: str) -> bool:
    """Whether any of this is written from right to left."""
    return not text.isascii() and _HAS_RIGHT.search(text) is not None


def parts(token: str) -> Iterator[str]:
    """A word in stretches of one direction; those from the right as they stand on paper."""
    for part in _PARTS.findall(token):
        if has_right(part):
            yield part.translate(_CONTROLS)[::-1].translate(_MIRRORS)
        else:
            yield part


def arrange(pieces: Iterable[Placed], edge: float, *, from_right: bool) -> None:
    """Put the pieces of a line, placed one after the other from the left, where they are read.

    A line that begins at the right is mirrored in a column that is `edge` wide; then stretches of
    the other direction are turned.
    """
    placed = list(pieces)
    if from_right:
        for piece in placed:
            piece.x = edge - piece.x - piece.width
    for stretch in _against(placed, from_right=from_right):
        low = min(piece.x for piece in stretch)
        ordered = stretch if from_right else stretch[::-1]
        for piece in ordered:
            piece.x = low
            low += piece.width
    for piece in placed:
        if piece.text in {"(", ")", "[", "]", "{", "}", "\u00ab", "\u00bb"}:
            is_turned = any(piece in s for s in _against(placed, from_right=from_right))
            if from_right != is_turned:
                piece.text = piece.text.translate(_MIRRORS)


def _against(placed: list[Placed], *, from_right: bool) -> Iterator[list[Placed]]:
    """Stretches of the other direction, with the neutral pieces inside them."""
    stretch: list[Placed] = []
    neutral: list[Placed] = []
    for piece in placed:
        kind = _kind(piece.text)
        if kind == ("L" if from_right else "R"):
            stretch += [*neutral, piece] if stretch else [piece]
            neutral = []
        elif kind == "N":
            neutral.append(piece)
        else:
            if stretch:
                yield stretch
            stretch, neutral = [], []
        if not stretch:
            neutral = []
    if stretch:
        yield stretch


def _kind(text: str) -> str:
    if has_right(text):
        return "R"
    return "L" if _LEFT.search(text) else "N"


def joined(text: str) -> str:
    """Arabic letters in the shapes they have beside their neighbours (Unicode, block FE70)."""
    if not _ARABIC.search(text):
        return text
    forms = _forms()
    text = re.sub("\u0644([\u0622\u0623\u0625\u0627])", lambda m: _LAM_ALEF[m[1]], text)
    found = []
    letters = [at for at, sign in enumerate(text) if not unicodedata.combining(sign)]
    for number, at in enumerate(letters):
        sign = text[at]
        before = text[letters[number - 1]] if number else ""
        after = text[letters[number + 1]] if number + 1 < len(letters) else ""
        is_tied_back = _ties_on(before) and _ties_back(sign)
        is_tied_on = _ties_on(sign) and _ties_back(after)
        own = forms.get(sign, {})
        name = {
            (True, True): "medial",
            (True, False): "final",
            (False, True): "initial",
            (False, False): "isolated",
        }[is_tied_back, is_tied_on]
        found.append((at, own.get(name, sign)))
    shapes = dict(found)
    return "".join(shapes.get(at, sign) for at, sign in enumerate(text))


_LAM_ALEF = {"\u0622": "\ufef5", "\u0623": "\ufef7", "\u0625": "\ufef9", "\u0627": "\ufefb"}


@functools.cache
def _forms() -> dict[str, dict[str, str]]:
    """The shapes of each letter by the names that Unicode gives them."""
    found: dict[str, dict[str, str]] = {}
    for code in range(0xFE80, 0xFEFD):
        name, *letters = unicodedata.decomposition(chr(code)).split()
        base = "".join(chr(int(letter, 16)) for letter in letters)
        found.setdefault(base, {})[name.strip("<>")] = chr(code)
    for isolated in _LAM_ALEF.values():
        final = chr(ord(isolated) + 1)
        found[isolated] = {"isolated": isolated, "final": final, "medial": final}
    return found


def _ties_on(sign: str) -> bool:
    """Whether a letter joins the one after it."""
    return sign == "\u0640" or "initial" in _forms().get(sign, {})


def _ties_back(sign: str) -> bool:
    return sign == "\u0640" or "final" in _forms().get(sign, {})
