"""Orders names as people do: 2 before 10, and capitals beside small letters."""

import re

_DIGITS = re.compile(r"(\d+)")
Key = tuple[tuple[tuple[int, int, str], ...], str]


def natural(name: str) -> Key:
    """The key to sort a name by."""
    parts = _DIGITS.split(name.casefold())
    key = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
    return key, name
