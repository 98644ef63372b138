"""Fills in what stamps and page numbers say: the page, the file, its title, the date."""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.errors import UsageError

FIELDS = ("page", "pages", "file", "title", "date")
HELP = "Fields: {page} {pages} {file} {title} {date}; {page:06} fills up with zeros."


class Numerals(StrEnum):
    """How pages are counted."""

    ARABIC = "arabic"
    ROMAN = "roman"
    CAPITAL_ROMAN = "capital-roman"
    LETTERS = "letters"


LABELS = {"arabic": "1, 2, 3", "roman": "i, ii, iii", "capital-roman": "I, II, III"}
LABELS |= {"letters": "a, b, c"}

_ZEROS = re.compile(r"(0\d{1,2})?")  # how a number is filled up
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is the same for all pages of a document."""

    file: str
    title: str
    date: str
    pages: int


class _Plain(str):
    """A text that no form changes."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        return str(self)


class Template:
    """A checked text with fields; `\\n` begins a line."""

    def __init__(self, text: str, numerals: Numerals = Numerals.ARABIC) -> None:
        self._text = text.replace("\\n", "\n")
        self._numerals = numerals
        self._check()

    def __bool__(self) -> bool:
        return bool(self._text.strip())

    def filled(self, page: int, known: Known) -> str:
        """The text for one page."""
        values: dict[str, str | int] = {
            "page": self._number(page),
            "pages": self._number(known.pages),
            "file": known.file,
            "title": known.title,
            "date": known.date,
        }
        try:
            return self._text.format_map(values)
        except ValueError:  # zeros before what is no number
            plain = {name: _Plain(str(value)) for name, value in values.items()}
            return self._text.format_map(plain)

    def _number(self, value: int) -> str | int:
        """A plain number stays one, so that it can be filled up with zeros."""
        return _SPELLED[self._numerals](value) if self._numerals in _SPELLED else value

    def _check(self) -> None:
        try:
            parsed = list(string.Formatter().parse(self._text))
        except ValueError as e:
            raise UsageError(f"The text '{self._text}' is not right: {e}.") from None
        for _, name, form, conversion in parsed:
            is_known = name in FIELDS and not conversion
            if name is not None and not (is_known and _ZEROS.fullmatch(form or "")):
                known = " ".join("{" + field + "}" for field in FIELDS)
                raise UsageError(f"The text has no field '{{{name}}}'. There are: {known}.")


def roman(number: int) -> str:
    """A number from 1 on as roman numerals; others as they are."""
    if not 0 < number < 4000:
        return str(number)
    told = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        told += sign * count
    return told


def letters(number: int) -> str:
    """a to z, then aa to zz, as PDF's page labels count (ISO 32000-2, table 161)."""
    if number < 1:
        return str(number)
    turns, place = divmod(number - 1, 26)
    return string.ascii_lowercase[place] * (turns + 1)


_SPELLED: Mapping[Numerals, Callable[[int], str]] = {
    Numerals.ROMAN: roman,
    Numerals.CAPITAL_ROMAN: lambda number: roman(number).upper(),
    Numerals.LETTERS: letters,
}
