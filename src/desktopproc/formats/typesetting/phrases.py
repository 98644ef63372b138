"""Fills the fields of a text such as "{customer.postcode} {customer.city}"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[\w.]+")
_BETWEEN = " \u00b7 "  # what stands between parts of a line any of which may be missing
WORDS = "words."

Look = Callable[[str], str]
_Part = tuple[str, tuple[str, ...]]  # letters as they are, then a field by any of its names


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with fields. A line none of whose fields is known is left out."""

    lines: tuple[tuple[_Part, ...], ...]

    @classmethod
    def parse(cls, text: str) -> "Phrase":
        """ValueError says what is wrong."""
        return cls(tuple(tuple(_parts(line)) for line in text.strip("\n").split("\n")))

    @property
    def names(self) -> Iterator[str]:
        """Every field that is asked for."""
        return (name for line in self.lines for _, names in line for name in names)

    @property
    def alone(self) -> str:
        """The field that is all of the text, as in the usual cell of a table; else nothing."""
        if len(self.lines) != 1 or len(self.lines[0]) != 1:
            return ""
        ((literal, names),) = self.lines[0]
        return names[0] if not literal and len(names) == 1 else ""

    def fill(self, look: Look) -> str:
        """The text with what `look` knows of its fields."""
        filled = (_filled(line, look) for line in self.lines)
        return "\n".join(line for line in filled if line is not None)


def _parts(line: str) -> Iterator[_Part]:
    at, letters = 0, ""
    for found in _FIELD.finditer(line):
        letters += line[at : found.start()]
        at = found.end()
        if found[0] in ("{{", "}}"):
            letters += found[0][0]
            continue
        if found[1] is None:
            raise ValueError("a brace is not closed or not opened; write {{ or }} for a brace")
        names = tuple(name.strip() for name in found[1].split("|"))
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValueError(f"'{found[0]}' is not a field; write one such as {{number}}")
        yield letters, names
        letters = ""
    if letters or at < len(line) or not line:
        yield letters + line[at:], ()


def _filled(line: tuple[_Part, ...], look: Look) -> str | None:
    told, asked, text = False, False, ""
    for literal, names in line:
        value = _first(names, look) if names else ""
        if names and not names[0].startswith(WORDS):
            asked = True
            told = told or bool(value)
        text += literal + value
    if asked and not told:
        return None
    if _BETWEEN in text:
        text = _BETWEEN.join(part.strip() for part in text.split(_BETWEEN) if part.strip())
    return _squeezed(text) if "  " in text or text[:1] == " " else text.rstrip(" ")


def _squeezed(text: str) -> str:
    """Without the double spaces that missing values leave."""
    return "\n".join(
        " ".join(part for part in line.split(" ") if part) for line in text.split("\n")
    )


def _first(names: tuple[str, ...], look: Look) -> str:
    for name in names:
        if value := look(name):
            return value
    return ""
