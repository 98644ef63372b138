"""Writes rows as CSV, JSON or a spreadsheet in which no cell can do anything."""

import csv
import json
import math
import os
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopproc.core.errors import OutputError
from desktopproc.formats.writing import writing

Cell = str | int | float | bool | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheet programs take for the beginning of a formula, from OWASP's list."""

_MOST_ROWS, _MOST_LETTERS = 1_048_576, 32_767  # what an XLSX sheet, and one cell of it, may hold


class TableFormat(StrEnum):
    """The kinds of tables that can be written."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


def write_table(
    target: Path,
    kind: TableFormat,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    bom: bool = False,
) -> None:
    """Write a heading and the rows, one after the other, so that memory stays flat.

    CSV and JSON are UTF-8; bytes of names that are no text are written out as \\udcff. `bom` marks
    a CSV as UTF-8, without which Excel guesses.
    """
    with writing(target):
        if kind is TableFormat.CSV and bom:
            _csv(target, columns, rows, "utf-8-sig")
        else:
            _WRITERS[kind](target, columns, rows)


def harmless(value: Cell) -> Cell:
    """A cell of a CSV file: text that a spreadsheet program would compute gets a ' before it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def storable(value: Cell) -> Cell:
    """Text with bytes that are no text written out, and nothing for what is not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _csv(
    target: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    encoding: str = "utf-8",
) -> None:
    with target.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")  # RFC 4180, section 2
        table.writerow(columns)
        for row in rows:
            table.writerow([harmless(storable(value)) for value in row])


def _json(target: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    with target.open("w", encoding="utf-8") as file:
        lead = "[\n"
        for row in rows:
            record = dict(zip(columns, map(storable, row), strict=True))
            file.write(lead + json.dumps(record, ensure_ascii=False))
            lead = ",\n"
        file.write("[]\n" if lead == "[\n" else "\n]\n")


def _xlsx(target: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    import xlsxwriter

    words = {
        "constant_memory": True,
        "tmpdir": os.fspath(target.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    try:
        with xlsxwriter.Workbook(target, words) as book:
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
            for number, row in enumerate(rows, 1):
                _write_row(sheet, number, row)
    except xlsxwriter.exceptions.FileCreateError as e:
        cause = e.args[0] if e.args else None
        raise cause if isinstance(cause, OSError) else OSError(str(e)) from e


def _write_row(sheet: Any, number: int, row: Sequence[Cell]) -> None:
    if number >= _MOST_ROWS:
        raise OutputError(
            f"A spreadsheet holds at most {_MOST_ROWS:,} rows. Choose CSV or JSON instead."
        )
    for column, value in enumerate(map(storable, row)):
        if isinstance(value, str):
            sheet.write_string(number, column, value[:_MOST_LETTERS])
        elif isinstance(value, bool):
            sheet.write_boolean(number, column, value)
        elif value is not None:
            sheet.write_number(number, column, value)


_WRITERS = {TableFormat.CSV: _csv, TableFormat.JSON: _json, TableFormat.XLSX: _xlsx}
