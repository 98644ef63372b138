"""Counts the lists of a Word file and writes their labels."""

from dataclasses import dataclass, field

from desktopproc.formats.word.parts import Node
from desktopproc.formats.word.properties import Props, is_on, paragraph_properties, run_properties

_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


@dataclass(slots=True)
class Level:
    """How one level of a list looks and counts."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    align: str = "left"
    restart: int | None = None
    is_legal: bool = False
    par: Props = field(default_factory=dict)
    run: Props = field(default_factory=dict)


@dataclass(slots=True)
class Label:
    """What stands before a list paragraph, and the formatting that comes with it."""

    text: str
    level: Level


class Numbering:
    """The lists of one document; `label` counts on with every call."""

    def __init__(self, root: Node) -> None:
        abstract = {node.attrs.get("abstractNumId", ""): node for node in root.all("abstractNum")}
        self._by_style = {
            node.val("styleLink"): node for node in abstract.values() if node.first("styleLink")
        }
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        for num in root.all("num"):
            ident = num.val("abstractNumId")
            levels = self._levels(abstract.get(ident))
            for change in num.all("lvlOverride"):
                self._change(levels, change)
            has_own_count = any(c.first("startOverride") for c in num.all("lvlOverride"))
            number = num.attrs.get("numId", "")
            self._lists[number] = (f"n{number}" if has_own_count else f"a{ident}", levels)
        self._counts: dict[str, dict[int, int]] = {}

    def _levels(self, node: Node | None) -> dict[int, Level]:
        linked = node.val("numStyleLink") if node else ""
        if linked:
            node = self._by_style.get(linked, node)
        levels = node.all("lvl") if node else ()
        return {_number(level.attrs.get("ilvl")): _level(level) for level in levels}

    def _change(self, levels: dict[int, Level], change: Node) -> None:
        at = _number(change.attrs.get("ilvl"))
        own = change.first("lvl")
        if own:
            levels[at] = _level(own)
        if at in levels and change.first("startOverride"):
            levels[at].start = _number(change.val("startOverride"), 1)

    def level(self, number: str, at: int) -> Level | None:
        """The level that a paragraph of this list has, without counting."""
        return self._lists.get(number, ("", {}))[1].get(at)

    def label(self, number: str, at: int) -> Label | None:
        """Count one paragraph of a list; None where there is no such list."""
        count_id, levels = self._lists.get(number, ("", {}))
        level = levels.get(at)
        if level is None:
            return None
        counts = self._counts.setdefault(count_id, {})
        counts[at] = counts[at] + 1 if at in counts else level.start
        for deeper in [key for key in counts if key > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart and at < restart):
                del counts[deeper]
        if level.format == "bullet":
            return Label(level.text, level)
        text = level.text
        for other in range(9):
            if f"%{other + 1}" in text:
                shown = levels.get(other, level)
                value = counts.get(other, shown.start)
                kind = "decimal" if level.is_legal else shown.format
                text = text.replace(f"%{other + 1}", counted(value, kind))
        return Label(text, level)


def _level(node: Node) -> Level:
    restart, legal = node.first("lvlRestart"), node.first("isLgl")
    return Level(
        start=_number(node.val("start", default="1"), 1),
        format=node.val("numFmt", default="decimal"),
        text=node.val("lvlText"),
        suffix=node.val("suff", default="tab"),
        align=node.val("lvlJc", default="left"),
        restart=_number(restart.attrs.get("val")) if restart else None,
        is_legal=legal is not None and is_on(legal),
        par=paragraph_properties(node.first("pPr")),
        run=run_properties(node.first("rPr")),
    )


def _number(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 10 else default


def counted(value: int, kind: str) -> str:
    """A number in one of the formats of ISO/IEC 29500-1, 17.18.59; unknown ones are decimal."""
    if kind == "none":
        return ""
    if kind in {"lowerLetter", "upperLetter"} and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 20)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in {"lowerRoman", "upperRoman"} and 0 < value < 4000:
        text = _roman(value)
        return text.lower() if kind == "lowerRoman" else text
    if kind == "decimalZero":
        return f"{value:02}"
    if kind == "ordinal":
        is_teen = value % 100 in {11, 12, 13}
        return f"{value}" + ("th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th"))
    return str(value)


def _roman(value: int) -> str:
    text = ""
    for size, sign in _ROMAN:
        text += sign * (value // size)
        value %= size
    return text
