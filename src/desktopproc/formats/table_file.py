"""Writes rows into a table file that spreadsheet programs and scripts can read safely.

A text that a spreadsheet would take for a formula is marked as text, because texts come from files
of strangers.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MOST_XLSX_TEXT = 32767
_BOM = b"\xef\xbb\xbf"


class Table(StrEnum):
    """The kinds of table files, by their suffix."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


def to_bytes(columns: Sequence[str], rows: Sequence[Row], kind: Table, *, bom: bool) -> bytes:
    """The whole file; `bom` marks a CSV as UTF-8, without which Excel guesses."""
    if kind is Table.JSON:
        told = [{name: _plain(row.get(name)) for name in columns} for row in rows]
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
    if kind is Table.XLSX:
        return _workbook(columns, rows)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(row.get(name)) for name in columns] for row in rows)
    return (_BOM if bom else b"") + buffer.getvalue().encode()


def _plain(cell: Cell) -> Cell:
    """The cell without bytes of a name that are no text, which are written out."""
    return cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell


def _harmless(cell: Cell) -> Cell:
    cell = _plain(cell)
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else cell


def _workbook(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    with xlsxwriter.Workbook(buffer, {"in_memory": True} | dict.fromkeys(never, False)) as book:
        sheet = book.add_worksheet("Photos")
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name, book.add_format({"bold": True}))
        for line, row in enumerate(rows, 1):
            for place, name in enumerate(columns):
                cell = _plain(row.get(name))
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell[:_MOST_XLSX_TEXT])
                elif isinstance(cell, bool):
                    sheet.write_boolean(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell)
    return buffer.getvalue()
