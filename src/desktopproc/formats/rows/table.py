"""What a data file holds, whatever its format: columns, rows, and where each row stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

Cell = str | int | float | Decimal | date | time | bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row in the order of the columns, and the line it stands in.

    `document` numbers the documents of files that nest their items; elsewhere it is None.
    """

    line: int
    cells: Sequence[Cell]
    document: int | None = None
    item: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a data file; `word` is what its places are called: line, row, record."""

    name: str
    word: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def place(self, row: Row) -> str:
        """Where a row stands, as a sentence names it."""
        item = f", item {row.item}" if row.item else ""
        return f"{self.name}, {self.word} {row.line}{item}"
