"""What a template says: the page, its parts from top to bottom, and the words of each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from desktopproc.formats.typesetting.phrases import Phrase
from desktopproc.formats.typesetting.setting import Style


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a document. `line` is where the template tells of it; lengths are in points."""

    kind: str
    line: int
    style: Style
    values: Mapping[str, Any]
    cells: tuple["Block", ...] = ()
    before: float = 0.0
    after: float = 0.0
    width: float | None = None
    at: tuple[float, float] | None = None
    when: tuple[str, ...] = ()

    def phrase(self, key: str) -> Phrase | None:
        found: Phrase | None = self.values.get(key)
        return found

    def number(self, key: str, usual: float) -> float:
        return float(self.values.get(key, usual))

    def asked(self) -> Iterator[tuple[int, str]]:
        """Every field it asks for, with the line."""
        phrases = [value for value in self.values.values() if isinstance(value, Phrase)]
        if self.kind == "facts":
            phrases += [phrase for row in self.values["rows"] for phrase in row]
        for phrase in phrases:
            yield from ((self.line, name) for name in phrase.names)
        yield from ((self.line, name) for name in self.when)
        for cell in self.cells:
            yield from cell.asked()


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A template that was read and found right."""

    name: str
    size: tuple[float, float]
    margins: tuple[float, float, float, float]  # top, right, bottom, left
    style: Style
    accent: str
    blocks: tuple[Block, ...]
    title: Phrase
    file_name: str = ""
    header: Block | None = None  # on every page but the first
    footer: Block | None = None
    label: Block | None = None
    frame: bool = False
    date_style: str = "medium"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()  # where its pictures lie

    @property
    def is_sheet(self) -> bool:
        """Whether many rows share a page, as labels do."""
        return self.label is not None

    @property
    def has_totals(self) -> bool:
        """Whether it adds up money."""
        kinds = {part.kind for block in self.all() for part in (block, *block.cells)}
        return not kinds.isdisjoint({"totals", "payment-code"}) or any(
            name in _MONEY for _, name in self.asked
        )

    @property
    def has_items(self) -> bool:
        """Whether it lists the lines of a document."""
        return any(block.kind == "table" for block in self.blocks)

    @property
    def asked(self) -> tuple[tuple[int, str], ...]:
        """Every field it asks for, and the line it is asked in."""
        return _asked(self)

    def word(self, name: str, language: str) -> str:
        """A word of its own in a language, in the first one it has where that lacks it."""
        own = self.words.get(language, {})
        return own.get(name) or self.words.get("", {}).get(name, "")

    def all(self) -> Iterator[Block]:
        """Every block, the ends of pages and the label too."""
        ends = (self.header, self.footer, self.label)
        yield from self.blocks
        yield from (end for end in ends if end is not None)


@lru_cache(maxsize=16)
def _asked(template: Template) -> tuple[tuple[int, str], ...]:
    title = ((1, name) for name in template.title.names)
    return (*title, *(found for block in template.all() for found in block.asked()))


_MONEY = frozenset(
    {
        "item.price",
        "item.total",
        "item.tax_amount",
        "subtotal",
        "net",
        "tax_total",
        "total",
        "due_amount",
    }
)
