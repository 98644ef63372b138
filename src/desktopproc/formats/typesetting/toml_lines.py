"""Finds the lines of a TOML file in which its values stand, so that errors can name them."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\- ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w\-]+|\"[^\"]*\")\s*=\s*(.*)$")
_QUOTES = ('"""', "'''")

Path = tuple[str | int, ...]


class TomlLines:
    """Where tables and keys begin. Arrays of tables are counted from 0, as they are read."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        here: Path = ()
        closing = ""
        for number, line in enumerate(text.splitlines(), 1):
            if closing:
                closing = "" if closing in line else closing
            elif found := _HEADER.fullmatch(line):
                here = self._entered(found[2].split("."), is_array=found[1] == "[[")
                self._lines.setdefault(here, number)
            elif found := _KEY.match(line):
                self._lines.setdefault((*here, found[1].strip('"')), number)
                closing = next((q for q in _QUOTES if found[2].count(q) == 1), "")

    def of(self, path: Sequence[str | int]) -> int:
        """The line of a value, or of the nearest table around it."""
        where = tuple(path)
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)

    def _entered(self, names: Sequence[str], *, is_array: bool) -> Path:
        here: Path = ()
        for at, name in enumerate(part.strip() for part in names):
            here = (*here, name)
            if is_array and at == len(names) - 1:
                self._counts[here] = self._counts.get(here, -1) + 1
                self._counts = {  # what lies inside is counted anew
                    path: count
                    for path, count in self._counts.items()
                    if path[: len(here)] != here or path == here
                }
            if here in self._counts:
                here = (*here, self._counts[here])
        return here
