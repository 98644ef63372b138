"""Gathers the rows of a table into documents, and reads each document when it is asked for."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from desktopproc.core.errors import BadInputError, ChangedInputError
from desktopproc.formats.rows import amounts
from desktopproc.formats.rows.json_rows import ITEM
from desktopproc.formats.rows.synonyms import fields_of
from desktopproc.formats.rows.table import Cell, Row, Table

_NUMBERS = ("quantity", "price", "discount", "tax", "total")
_OWN_NUMBERS = ("discount", "paid", "tax")
_DATES = ("date", "due", "delivered")
_ONE_OF_A_KIND = ("customer.name", "currency", "date")  # rows of one number may not differ in
_MOST_TAX = Decimal(100)


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be understood that can be read in two ways."""

    columns: tuple[tuple[str, str], ...] = ()  # from a field to the column that holds it
    decimal_sign: str = ""  # empty: by what the table shows
    usual_sign: str = "."
    month_first: bool = False
    is_percent: bool = True  # what a discount without a sign is


@dataclass(frozen=True, slots=True)
class Discount:
    """A share of a price in percent, or an amount of money."""

    value: Decimal
    is_percent: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a document; without quantity and price it is only text."""

    place: str
    values: Mapping[str, Cell]
    quantity: Decimal | None = None
    price: Decimal | None = None
    discount: Discount | None = None
    tax: Decimal | None = None
    total: Decimal | None = None


@dataclass(slots=True)
class Record:
    """A document as the data tell of it."""

    place: str
    values: dict[str, Cell]
    items: list[Item]
    discount: Discount | None = None
    paid: Decimal | None = None
    tax: Decimal | None = None
    notes: list[str] = field(default_factory=list)


class Documents:
    """All documents of a table, in the order of their first rows."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self.table = table
        self._reading = reading
        is_nested = any(row.document is not None for row in table.rows[:1])
        self.fields = fields_of(table.columns, dict(reading.columns), is_nested=is_nested)
        self._own = _places(self.fields, is_item=False)
        self._inner = _places(self.fields, is_item=True)
        self.groups = _grouped(table, self.fields)
        self._lines = {rows[0].line: number for number, rows in enumerate(self.groups)}
        self._sign = reading.decimal_sign or self._found_sign()

    def __len__(self) -> int:
        return len(self.groups)

    def record(self, number: int) -> Record:
        """Read one document; BadInputError names the row and the column that is wrong."""
        rows = self.groups[number]
        values: dict[str, Cell] = {}
        items: list[Item] = []
        record = Record(self.table.place(rows[0]), values, items)
        for row in rows:
            own, inner = self._cells(row, rows[0] if row is not rows[0] else None)
            if own:
                self._merge(values, own, row)
            if inner:
                items.append(self._item(row, inner, record))
        self._complete(record, rows[0])
        return record

    def at_line(self, line: int) -> int:
        """The number of the document whose first row stands in a line."""
        if line not in self._lines:
            raise ChangedInputError(
                f"{self.table.name} has changed since it was added. Add it again."
            )
        return self._lines[line]

    def values(self, number: int) -> dict[str, Cell]:
        """What the first row of a document says of it, unchecked: enough for a file's name."""
        return self._cells(self.groups[number][0])[0]

    def _cells(self, row: Row, first: Row | None = None) -> tuple[dict[str, Cell], dict[str, Cell]]:
        """What a row says of its document, but for what the first row says too, and of its item."""
        cells, count = row.cells, len(row.cells)
        if count > len(self.fields) and any(cells[len(self.fields) :]):
            raise BadInputError(
                f"{self.table.place(row)} has {count} values, but there are "
                f"{len(self.fields)} columns. Put quotation marks around values with separators."
            )
        if first is None:
            own = {name: cells[at] for at, name in self._own if at < count}
        else:
            above = first.cells
            own = {
                name: cells[at]
                for at, name in self._own
                if at < count and (at >= len(above) or cells[at] != above[at])
            }
        inner = {name: cells[at] for at, name in self._inner if at < count}
        return _filled(own), _filled(inner)

    def _merge(self, values: dict[str, Cell], own: Mapping[str, Cell], row: Row) -> None:
        for name in _ONE_OF_A_KIND:
            if name in own and name in values and own[name] != values[name]:
                raise BadInputError(
                    f"{self.table.place(row)}, column {self._column(name)}: '{own[name]}', but "
                    f"the same document has '{values[name]}' above. Correct one of them."
                )
        for name, value in own.items():
            values.setdefault(name, value)

    def _item(self, row: Row, cells: dict[str, Cell], record: Record) -> Item:
        number = self._numbers(row, ITEM, cells)
        return Item(
            self.table.place(row),
            cells,
            number("quantity"),
            number("price"),
            self._discount(row, ITEM, cells),
            self._tax(row, ITEM, cells, record),
            number("total"),
        )

    def _complete(self, record: Record, row: Row) -> None:
        values = record.values
        record.discount = self._discount(row, "", values)
        record.paid = self._numbers(row, "", values)("paid")
        record.tax = self._tax(row, "", values, record)
        for name in _DATES:
            found = amounts.day(values.get(name), month_first=self._reading.month_first)
            if found is not None:
                values[name] = found

    def _numbers(
        self, row: Row, kind: str, cells: Mapping[str, Cell]
    ) -> Callable[[str], Decimal | None]:
        def number(name: str) -> Decimal | None:
            try:
                return amounts.number(cells.get(name), self._sign)
            except ValueError:
                raise self._wrong(row, kind + name, cells[name], "is not a number") from None

        return number

    def _discount(self, row: Row, kind: str, cells: Mapping[str, Cell]) -> Discount | None:
        cell = cells.get("discount")
        value = self._numbers(row, kind, cells)("discount")
        if not value:
            return None
        column = self._column(kind + "discount")
        is_percent = (
            amounts.is_percent(cell) or "%" in column or "percent" in column.casefold()
        ) or self._reading.is_percent
        if is_percent and abs(value) > 100:
            raise self._wrong(row, kind + "discount", cell, "is over 100 %")
        return Discount(value, is_percent)

    def _tax(
        self, row: Row, kind: str, cells: Mapping[str, Cell], record: Record
    ) -> Decimal | None:
        rate = self._numbers(row, kind, cells)("tax")
        if rate is None:
            return None
        if 0 < rate < 1 and not amounts.is_percent(cells["tax"]):
            record.notes.append("Tax rates below 1 were read as shares: 0.19 is 19 %.")
            rate = (rate * 100).normalize()
        if not 0 <= rate <= _MOST_TAX:
            raise self._wrong(row, kind + "tax", cells["tax"], "is no tax rate from 0 to 100 %")
        return rate

    def _wrong(self, row: Row, name: str, cell: Cell, why: str) -> BadInputError:
        column = self._column(name)
        return BadInputError(
            f"{self.table.place(row)}, column {column}: '{cell}' {why}. Correct it and retry."
        )

    def _column(self, name: str) -> str:
        found = [c for c, f in zip(self.table.columns, self.fields, strict=True) if f == name]
        return found[0].removeprefix(ITEM) if found else name

    def _found_sign(self) -> str:
        wanted = {ITEM + name for name in _NUMBERS} | set(_OWN_NUMBERS)
        places = [at for at, name in enumerate(self.fields) if name in wanted]
        return amounts.decimal_sign(_column_cells(self.table, places), self._reading.usual_sign)


def _places(fields: Sequence[str], *, is_item: bool) -> list[tuple[int, str]]:
    """Where the fields of documents, or of items, stand in a row."""
    return [
        (at, name.removeprefix(ITEM))
        for at, name in enumerate(fields)
        if name and name.startswith(ITEM) is is_item
    ]


def _filled(cells: dict[str, Cell]) -> dict[str, Cell]:
    """The cells that hold something, their text as it is to be printed."""
    cleaned = {
        name: clean(cell) if isinstance(cell, str) else cell
        for name, cell in cells.items()
        if cell is not None
    }
    return {name: cell for name, cell in cleaned.items() if cell != ""}


def _column_cells(table: Table, places: Sequence[int]) -> Iterator[Cell]:
    for row in table.rows:
        for at in places:
            if at < len(row.cells):
                yield row.cells[at]


def _grouped(table: Table, fields: Sequence[str]) -> list[list[Row]]:
    """Rows of one number are one document; rows without a number are one each."""
    at = fields.index("number") if "number" in fields else None
    groups: dict[object, list[Row]] = {}
    for count, row in enumerate(table.rows):
        key: object = ("row", count)
        if row.document is not None:
            key = ("document", row.document)
        elif at is not None and at < len(row.cells) and (cell := row.cells[at]) not in (None, ""):
            key = ("number", str(cell).strip())
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def clean(text: str) -> str:
    """Text as it is to be printed: composed, without signs that control something else."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(map(_printable, text))


def _printable(sign: str) -> str:
    if sign.isprintable() or sign in "\n\u200c\u200d\u200e\u200f":  # joiners shape letters
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cn", "Co"):  # a font may have it; whoever sets it says when none has
        return sign
    return "\ufffd" if kind == "Cs" else "" if kind == "Cf" else " "


def shown(cell: Cell) -> str:
    """A cell in words that stand in a file name or an error."""
    return cell.isoformat() if isinstance(cell, date | time) else "" if cell is None else str(cell)
