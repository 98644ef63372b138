"""Reads numbers and dates as people write them: 1.234,56 and 1,234.56, 19 %, (5.00), 3.4.2026."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from desktopproc.formats.rows.table import Cell

_MINUS = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-"})
_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019_]")
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)")
_PLAIN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")  # what most tables hold
_MONEY = re.compile(r"^[^\d.,+()-]+|[^\d.,)-]+$")  # currency signs and words around a number
_LARGEST = Decimal(10) ** 15
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_OTHER = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")


def decimal_sign(cells: Iterable[Cell], usual: str) -> str:
    """Which sign the numbers of a table have before their decimals, by the first that tells."""
    for cell in cells:
        if isinstance(cell, str) and (found := _evidence(cell)):
            return found
    return usual


def _evidence(text: str) -> str:
    """The decimal sign of a number that can only be read in one way."""
    body = _SPACES.sub("", text)
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return "." if body.rindex(".") > body.rindex(",") else ","
    if points + commas != 1:
        return "," if points > 1 else "." if commas > 1 else ""
    sign = "." if points else ","
    whole, _, part = re.sub(r"[^\d.,]", "", body).partition(sign)
    is_group = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if is_group or not part else sign


def number(cell: Cell, sign: str) -> Decimal | None:
    """The number in a cell, None where there is none in it; ValueError when it holds other text."""
    if not isinstance(cell, str):
        return _of_number(cell)
    if sign == "." and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    text = _SPACES.sub("", cell.translate(_MINUS))
    if not text:
        return None
    text = text.removesuffix("%")
    is_negative = text.startswith("(") and text.endswith(")")
    text = _MONEY.sub("", text.strip("()"))
    if text.startswith("-"):  # "-$5": what stands between the sign and the digits
        text = "-" + _MONEY.sub("", text[1:])
    if text.endswith("-"):  # as some ledgers print it
        is_negative, text = True, text[:-1]
    if not _NUMBER.fullmatch(text):
        raise ValueError(cell)
    value = _checked(Decimal(_pointed(text, sign)))
    return -value if is_negative else value


def _of_number(cell: Cell) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int | float | Decimal):
        return _checked(Decimal(str(cell)))
    raise ValueError(str(cell))


def _pointed(text: str, sign: str) -> str:
    """The number with a point before its decimals and nothing else between its digits."""
    other = "," if sign == "." else "."
    if text.count(sign) > 1:
        if other in text:
            raise ValueError(text)
        return text.replace(sign, "")
    whole, _, part = text.partition(sign)
    if other in part or (other in whole and not _are_groups(whole.lstrip("+-").split(other))):
        raise ValueError(text)
    return f"{whole.replace(other, '')}.{part}" if part else whole.replace(other, "")


def _are_groups(parts: list[str]) -> bool:
    """Thousands, and lakhs as India writes them: 12,34,567."""
    return bool(parts[0]) and len(parts[-1]) == 3 and all(len(p) in (2, 3) for p in parts[1:])


def _checked(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise ValueError(str(value))
    return value


def is_percent(cell: Cell) -> bool:
    """Whether a cell says that its number is one of a hundred."""
    return isinstance(cell, str) and "%" in cell


def day(cell: Cell, *, month_first: bool) -> date | None:
    """The date in a cell, None where there is none that can be read."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _OTHER.fullmatch(text):
            first, second = int(found[1]), int(found[3])
            turned = month_first and found[2] != "." and first <= 12
            year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
            if second > 12:  # can only be month, day
                turned = True
            return date(year, *((first, second) if turned else (second, first)))
    except (ValueError, InvalidOperation):
        return None
    return None
