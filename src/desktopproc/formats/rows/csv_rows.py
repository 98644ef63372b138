"""Reads CSV as programs all over the world write it: any usual separator, encoding, line end."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from desktopproc.core.errors import BadInputError
from desktopproc.formats.rows.table import Row, Table

_SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 200  # records by which the separator is found
_MOST_LETTERS = 1 << 20  # in one value


def read(name: str, content: bytes) -> Table:
    """The table in the file; its first line that is not empty is the heading."""
    text = decoded(content)
    told = _told_separator(text)
    lines = _records(name, text, told or separator(text))
    if told:  # in a line of its own, as Excel writes it
        next(lines, None)
    heading = next(lines, None)
    if heading is None:
        return Table(name, "line", ())
    columns = tuple(value.strip() for value in heading[1])
    if not any(columns):
        raise BadInputError(f"{name} has no names in line {heading[0]}. Name its columns there.")
    return Table(name, "line", columns, [Row(line, cells) for line, cells in lines])


def decoded(content: bytes) -> str:
    """The text: by its mark, else UTF-8, else as Windows wrote it in Western Europe."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def separator(text: str) -> str:
    """What stands between values: the sign that cuts the most lines into equally many parts."""
    return max(_SEPARATORS, key=lambda sign: _evenness(text, sign))


def _evenness(text: str, sign: str) -> tuple[float, int]:
    try:
        widths = [len(cells) for _, cells in _some_records(text, sign)]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    usual, times = Counter(widths).most_common(1)[0]
    return (times / len(widths) if usual > 1 else 0.0, usual)


def _some_records(text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    for count, record in enumerate(_cut(text, sign)):
        if count == _LOOKED_AT:
            return
        yield record


def _told_separator(text: str) -> str:
    first, _, _ = text.lstrip("\r\n").partition("\n")
    first = first.strip().strip('"').lower()
    return first[4:] if first.startswith("sep=") and first[4:] in _SEPARATORS else ""


def _cut(text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line it begins in."""
    csv.field_size_limit(_MOST_LETTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    begin = 1
    for cells in reader:
        if any(cells):
            yield begin, cells
        begin = reader.line_num + 1


def _records(name: str, text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    records = _cut(text, sign)
    line = 0
    while True:
        try:
            line, cells = next(records)
        except StopIteration:
            return
        except csv.Error as e:
            raise BadInputError(
                f"{name} cannot be read from line {line + 1} on: {e}. Check its quotation marks."
            ) from e
        yield line, cells
