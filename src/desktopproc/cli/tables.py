"""Lays out rows for people, and one JSON object for scripts."""

import json
from argparse import ArgumentParser, _ArgumentGroup
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from desktopproc.cli.streams import shown, write_result


def add_json(place: ArgumentParser | _ArgumentGroup) -> None:
    """The flag that every command with a result has."""
    place.add_argument(
        "--json", action="store_true", default=False, help="One JSON object on stdout."
    )


def add_report_flags(place: ArgumentParser | _ArgumentGroup) -> None:
    """The flags of every command that works for a while."""
    add_json(place)
    place.add_argument("--quiet", action="store_true", default=False, help="Only errors on stderr.")


def write_json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line; names that are not text survive as escapes."""
    write_result([json.dumps(value), "\n"])


def write_json_with(head: Mapping[str, Any], key: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object whose last value is a list of any length, written row by row."""
    write_result(_streamed(head, key, rows))


def _streamed(
    head: Mapping[str, Any], key: str, rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    yield "{"
    for name, value in head.items():
        yield f"{json.dumps(name)}: {json.dumps(value)}, "
    yield f"{json.dumps(key)}: ["
    separator = ""
    for row in rows:
        yield separator + json.dumps(row)
        separator = ", "
    yield "]}\n"


def write_table(rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as their longest cell, the last one open."""
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        write_result(["  ".join([*cells, row[-1]]).rstrip(), "\n"])
