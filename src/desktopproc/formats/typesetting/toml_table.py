"""Takes values out of a TOML table, checks them, and names file and line of what is wrong."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from desktopproc.core.errors import UsageError
from desktopproc.formats.typesetting.phrases import Phrase
from desktopproc.formats.typesetting.toml_lines import TomlLines

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One table of a file, and where it stands."""

    name: str
    lines: TomlLines
    raw: Mapping[str, Any]
    path: tuple[str | int, ...] = ()

    @property
    def line(self) -> int:
        return self.lines.of(self.path)

    def wrong(self, key: str, why: str) -> UsageError:
        """The error for a value of this table."""
        line = self.lines.of((*self.path, key) if key else self.path)
        return UsageError(f"The template {self.name} is not right in line {line}: {why}.")

    def only(self, keys: Collection[str]) -> "TomlTable":
        """The table itself, if it holds nothing but these."""
        for key in self.raw:
            if key not in keys:
                raise self.wrong(key, f"there is no '{key}' here, but {', '.join(keys)}")
        return self

    def text(self, key: str, usual: str = "") -> str:
        return str(self._typed(key, usual, lambda v: isinstance(v, str), "text in quotes"))

    def switch(self, key: str) -> bool:
        return bool(self._typed(key, False, lambda v: isinstance(v, bool), "true or false"))

    def number(self, key: str, usual: float, lo: float, hi: float) -> float:
        def is_right(value: Any) -> bool:
            return is_number(value) and bool(lo <= value <= hi)

        return float(self._typed(key, usual, is_right, f"a number from {lo:g} to {hi:g}"))

    def numbers(self, key: str, count: int, what: str) -> tuple[float, ...] | None:
        """A list of so many numbers, None where there is none."""

        def is_right(value: Any) -> bool:
            return isinstance(value, list) and len(value) == count and all(map(is_number, value))

        found = self._typed(key, None, is_right, what)
        return None if found is None else tuple(map(float, found))

    def colour(self, key: str, usual: str) -> str:
        def is_right(value: Any) -> bool:
            return isinstance(value, str) and _COLOUR.fullmatch(value) is not None

        return str(self._typed(key, usual, is_right, "a colour such as #1f4e79"))

    def one_of(self, key: str, words: Collection[str], usual: str) -> str:
        return str(self._typed(key, usual, lambda v: v in words, f"one of {', '.join(words)}"))

    def phrase(self, key: str) -> Phrase | None:
        """A text with fields, None where there is none."""
        return self.parsed(key, self.text(key)) if key in self.raw else None

    def parsed(self, key: str, text: str) -> Phrase:
        try:
            return Phrase.parse(text)
        except ValueError as e:
            raise self.wrong(key, str(e)) from None

    def table(self, key: str) -> "TomlTable":
        """A table inside, empty where there is none."""
        raw = self._typed(key, {}, lambda v: isinstance(v, dict), f"a table, such as [{key}]")
        return TomlTable(self.name, self.lines, raw, (*self.path, key))

    def tables(self, key: str) -> list["TomlTable"]:
        """The tables of a list inside, none where there is no list."""

        def is_right(value: Any) -> bool:
            return isinstance(value, list) and all(isinstance(part, dict) for part in value)

        found = self._typed(key, [], is_right, f"a list of tables, such as [[{key}]]")
        return [
            TomlTable(self.name, self.lines, raw, (*self.path, key, at))
            for at, raw in enumerate(found)
        ]

    def _typed(self, key: str, usual: Any, is_right: Callable[[Any], bool], what: str) -> Any:
        if key not in self.raw:
            return usual
        if not is_right(self.raw[key]):
            raise self.wrong(key, f"'{key}' is {what}, not {self.raw[key]!r}")
        return self.raw[key]


def read_toml(name: str, text: str) -> TomlTable:
    """The outermost table of a file."""
    try:
        return TomlTable(name, TomlLines(text), tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        why = str(e)
        raise UsageError(f"The template {name} is not right: {why[:1].lower()}{why[1:]}.") from e


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
