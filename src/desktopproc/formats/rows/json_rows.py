"""Reads JSON: a list of rows, or of documents that hold their items, or one object a line."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from desktopproc.core.errors import BadInputError
from desktopproc.formats.rows.csv_rows import decoded
from desktopproc.formats.rows.table import Cell, Row, Table

ITEM = "item."
"""What stands before the names of an item's own values."""

_DEPTH = 8
_MOST_COLUMNS = 2000
_WRAPPERS = frozenset({"invoices", "documents", "records", "rows", "data", "letters", "labels"})


def read(name: str, content: bytes) -> Table:
    """The table in the file: nested objects are named with points, a document is a record."""
    records = _records(name, _parsed(name, decoded(content)))
    found: list[tuple[int, int, bool, dict[str, Cell]]] = []
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise BadInputError(
                f"{name}, record {number} is not an object with names. Give one for each document."
            )
        found += _rows_of(number, record)
    columns = dict.fromkeys(key for *_, values in found for key in values)
    if len(columns) > _MOST_COLUMNS:
        raise BadInputError(f"{name} has over {_MOST_COLUMNS:,} different names. Check it.")
    rows = [
        Row(number, [values.get(key) for key in columns], number if is_nested else None, item)
        for number, item, is_nested, values in found
    ]
    return Table(name, "record", tuple(columns), rows)


def _parsed(name: str, text: str) -> Any:
    try:
        return _loads(text)
    except RecursionError as e:
        raise BadInputError(f"{name} is nested too deep. Flatten it.") from e
    except ValueError as e:
        lines = [line for line in text.splitlines() if line.strip()]
        if isinstance(e, json.JSONDecodeError) and len(lines) > 1:
            try:
                return [_loads(line) for line in lines]
            except (ValueError, RecursionError):
                pass
        where = (
            f" in line {e.lineno}, column {e.colno}" if isinstance(e, json.JSONDecodeError) else ""
        )
        raise BadInputError(f"{name} is not JSON{where}. Correct it and retry.") from e


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=_exact, parse_constant=lambda _: None)


def _exact(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _records(name: str, parsed: Any) -> list[Any]:
    """The list of records, which may lie in an object under the name of what they are."""
    if isinstance(parsed, list):
        return parsed
    if not isinstance(parsed, dict):
        raise BadInputError(f"{name} holds one value, not records. Give a list of objects.")
    lists = [
        value
        for key, value in parsed.items()
        if isinstance(value, list) and key.lower() in _WRAPPERS and _are_objects(value)
    ]
    if len(lists) != 1:
        return [parsed]
    shared = {key: value for key, value in parsed.items() if value is not lists[0]}
    return [shared | record if isinstance(record, dict) else record for record in lists[0]]


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _rows_of(
    number: int, record: dict[str, Any]
) -> Iterator[tuple[int, int, bool, dict[str, Cell]]]:
    """One row for each item, the first with the document's own values; one where there is none."""
    named = [
        key
        for key, value in record.items()
        if _are_objects(value) or (isinstance(value, list) and not value)
    ]
    key = named[0] if named else None
    values = dict(_flat("", {k: v for k, v in record.items() if k != key}, 0))
    if key is None:
        yield number, 0, False, values
        return
    items = record[key]
    if not items:
        yield number, 0, True, values
    for at, item in enumerate(items, 1):
        own = dict(_flat(ITEM, item, 0))
        yield number, at, True, (values | own if at == 1 else own)


def _flat(prefix: str, value: dict[str, Any], depth: int) -> Iterator[tuple[str, Cell]]:
    for key, inner in value.items():
        if isinstance(inner, dict) and depth < _DEPTH:
            yield from _flat(f"{prefix}{key}.", inner, depth + 1)
        elif isinstance(inner, list):
            yield prefix + key, "\n".join(str(part) for part in inner if part is not None)
        elif isinstance(inner, dict):
            yield prefix + key, json.dumps(inner, default=str)
        else:
            yield prefix + key, inner
