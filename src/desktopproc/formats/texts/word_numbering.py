"""Counts the numbers in front of the list items and headings of a Word file."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from desktopproc.formats.docx_package import Package, feed

BULLET = "\N{BULLET}"
_PLACEHOLDER = re.compile(r"%([1-9])")
_MOST = 1_000_000  # a start beyond it is a mistake, and letters for it would be endless
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(slots=True)
class _Level:
    """One level of a list: how it counts and what stands around the numbers."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None


@dataclass(slots=True)
class _Definition:
    """An abstract list, which the lists of the text refer to."""

    levels: dict[int, _Level] = field(default_factory=dict)
    style_link: str = ""  # what it is named as, for others to refer to
    link: str = ""  # the name of the one it stands for


@dataclass(slots=True)
class _List:
    """A list of the text: its definition, and what it changes of that."""

    definition: str = ""
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted."""

    _definitions: dict[str, _Definition] = field(default_factory=dict)
    _lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)  # by definition
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def marker(self, num_id: str, depth: int) -> str | None:
        """Count one item further; what stands in front of it, None when it is in no list."""
        chosen = self._lists.get(num_id)
        if chosen is None:
            return None
        level = self._level(chosen, depth)
        if level.format == "bullet":
            return BULLET
        counts = self._counts.setdefault(chosen.definition, {})
        if depth in chosen.starts and (num_id, depth) not in self._begun:
            self._begun.add((num_id, depth))
            counts[depth] = chosen.starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for deeper in [other for other in counts if other > depth]:
            if self._level(chosen, deeper).restart != 0:
                del counts[deeper]
        return self._spelled(chosen, level, counts)

    def _spelled(self, chosen: _List, level: _Level, counts: dict[int, int]) -> str:
        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            one = self._level(chosen, at)
            return _spelled(counts.get(at, one.start), one.format)

        if level.format == "none":
            return _PLACEHOLDER.sub("", level.text).strip()
        return _PLACEHOLDER.sub(number, level.text).strip()

    def _level(self, chosen: _List, depth: int) -> _Level:
        if depth in chosen.levels:
            return chosen.levels[depth]
        return self._definition(chosen).levels.get(depth) or _Level(text=f"%{depth + 1}.")

    def _definition(self, chosen: _List) -> _Definition:
        found = self._definitions.get(chosen.definition, _Definition())
        if not found.link:
            return found
        named = (other for other in self._definitions.values() if other.style_link == found.link)
        return next(named, found)


def numbering(package: Package, part: str) -> Numbering:
    """The lists that a numbering part describes, none counted yet."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    feed(parser, package, part)
    return reader.found


class _Reader:
    """The parser's handlers; prefixes are cut off, as no other vocabulary matters here."""

    def __init__(self) -> None:
        self.found = Numbering()
        self._definition: _Definition | None = None
        self._list: _List | None = None
        self._level: _Level | None = None
        self._depth = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "abstractNum": self._start_definition,
            "num": self._start_list,
            "lvl": self._start_level,
            "lvlOverride": self._start_override,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name in self._starts:
            self._starts[name](values)
        elif self._level is not None:
            _tell(self._level, name, values.get("val", ""))
        elif self._list is not None:
            if name == "abstractNumId":
                self._list.definition = values.get("val", "")
            elif name == "startOverride":
                self._list.starts[self._depth] = _number(values.get("val", ""), 1)
        elif self._definition is not None and name in {"styleLink", "numStyleLink"}:
            setattr(self._definition, _LINKS[name], values.get("val", ""))

    def end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "lvl":
                self._level = None
            case "abstractNum":
                self._definition = None
            case "num":
                self._list = None

    def _start_definition(self, values: dict[str, str]) -> None:
        self._definition = _Definition()
        self.found._definitions[values.get("abstractNumId", "")] = self._definition  # noqa: SLF001

    def _start_list(self, values: dict[str, str]) -> None:
        self._list = _List()
        self.found._lists[values.get("numId", "")] = self._list  # noqa: SLF001

    def _start_level(self, values: dict[str, str]) -> None:
        self._level = _Level()
        owner = self._list or self._definition
        if owner is not None:
            owner.levels[_number(values.get("ilvl", ""), 0)] = self._level

    def _start_override(self, values: dict[str, str]) -> None:
        self._depth = _number(values.get("ilvl", ""), 0)


_LINKS = {"styleLink": "style_link", "numStyleLink": "link"}


def _tell(level: _Level, name: str, value: str) -> None:
    match name:
        case "start":
            level.start = _number(value, 1)
        case "numFmt":
            level.format = value
        case "lvlText":
            level.text = value
        case "lvlRestart":
            level.restart = _number(value, 0)


def _number(value: str, otherwise: int) -> int:
    return min(int(value), _MOST) if value.isascii() and value.isdigit() else otherwise


def _spelled(number: int, how: str) -> str:
    """A number as one of the formats of ISO 29500-1, 17.18.59; unknown ones are decimal."""
    match how:
        case "lowerLetter" | "upperLetter" if 0 < number <= 26 * 20:
            letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letters.upper() if how == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            roman = _roman(number)
            return roman.upper() if how == "upperRoman" else roman
        case "decimalZero":
            return f"{number:02}"
        case "ordinal":
            return f"{number}{_ending(number)}"
        case "bullet":
            return BULLET
        case "none":
            return ""
    return str(number)


def _roman(number: int) -> str:
    spelled = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        spelled += letters * times
    return spelled


def _ending(number: int) -> str:
    if 10 < number % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
