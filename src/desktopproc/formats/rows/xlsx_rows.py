"""Reads a sheet of a workbook: values as they were last computed, dates as dates."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from desktopproc.core.errors import BadInputError, ProcError, TooLargeError, UnsupportedError
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS
from desktopproc.formats.rows.table import Cell, Row, Table

_MOST_BYTES = 256 << 20  # what the parts may unpack to, one by one
_MOST_RATIO = 1000
_MOST_COLUMNS = 16_384
_DIGITS = 15  # what spreadsheet programs keep of a number


def read(name: str, content: bytes, sheet: str) -> Table:
    """The table in a sheet, the first that is shown if none is named."""
    _check_size(name, content)
    with _reading(name):
        import openpyxl

        warnings.simplefilter("ignore")  # of parts that are left out, such as charts
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return _table(name, _chosen(name, book, sheet))
        finally:
            book.close()


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            yield
    except ProcError:
        raise
    except (*LIBRARY_ERRORS, zipfile.BadZipFile, SyntaxError, EOFError) as e:
        raise BadInputError(
            f"{name} is damaged and cannot be opened. Save it again as .xlsx and retry."
        ) from e


def _check_size(name: str, content: bytes) -> None:
    """Refuse what is no workbook, and a small file that unpacks to a huge one."""
    with _reading(name), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if not any(part.filename.startswith("xl/") for part in parts):
            raise UnsupportedError(f"{name} is not a workbook. Give a CSV, JSON or XLSX file.")
        for part in parts:
            if part.file_size > _MOST_BYTES or part.file_size > _MOST_RATIO * max(
                part.compress_size, 1024
            ):
                raise TooLargeError(
                    f"{name} unpacks to {part.file_size // 1_000_000:,} MB in one part. "
                    "Save it as CSV and retry."
                )


def _chosen(name: str, book: Any, wanted: str) -> Any:
    sheets = book.worksheets
    if wanted:
        found = [sheet for sheet in sheets if sheet.title.casefold() == wanted.casefold()]
        if not found:
            known = ", ".join(sheet.title for sheet in sheets)
            raise BadInputError(f"{name} has no sheet '{wanted}'. There are: {known}.")
        return found[0]
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if not shown:
        raise BadInputError(f"{name} has no sheet with rows. Save it again as .xlsx and retry.")
    return shown[0]


def _table(name: str, sheet: Any) -> Table:
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if not columns:
            columns = tuple("" if value is None else str(value).strip() for value in values)
        else:
            rows.append(Row(_row_number(cells, number), values))
    return Table(name, "row", columns, rows)


def _row_number(cells: Any, counted: int) -> int:
    return next((cell.row for cell in cells if getattr(cell, "row", None)), counted)


def _value(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, float):
        value = Decimal(f"{value:.{_DIGITS}g}")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value * 100:f} %" if "%" in (cell.number_format or "") else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, bool | time | date) else None
