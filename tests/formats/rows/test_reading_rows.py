"""Rows of CSV, JSON and XLSX, as programs all over the world write them."""

import csv
import datetime
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import BadInputError, ProcError
from desktopproc.core.operation import Source
from desktopproc.formats.rows.reading import read_table
from desktopproc.formats.rows.table import Table


def _table(content: bytes | str, name: str = "rows.csv", sheet: str = "") -> Table:
    data = content.encode() if isinstance(content, str) else content
    return read_table(Source(Path(name), data), sheet)


def _cells(table: Table) -> list[list[object]]:
    return [list(row.cells) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"], ids=lambda word: str(word)
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_csv_of_any_program_reads_alike(separator: str, encoding: str, end: str) -> None:
    lines = [["Name", "Ort", "Preis"], ["Müller", "Köln", "1"], ["Groß & Söhne", "Bern", "2"]]

    table = _table(end.join(separator.join(line) for line in lines).encode(encoding))

    assert table.columns == ("Name", "Ort", "Preis")
    assert _cells(table) == lines[1:]


_VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from(',;\n"|'),
    max_size=12,
).map(str.strip)


@given(
    st.lists(st.lists(_VALUES, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from([";", ",", "\t"]),
)
def test_what_a_csv_writer_wrote_is_read(rows: list[list[str]], separator: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["one", "two", "three"], *rows])
    filled = [row for row in rows if any(row)]

    if not filled:
        with pytest.raises(BadInputError):
            _table(buffer.getvalue())
    else:
        assert _cells(_table(buffer.getvalue())) == filled


def test_each_row_knows_its_line_even_after_a_value_of_several_lines() -> None:
    table = _table('a,b\n1,"x\ny\nz"\n\n2,w\n')

    assert [row.line for row in table.rows] == [2, 6]


def test_excels_line_that_names_the_separator_is_no_heading() -> None:
    assert _table("sep=;\na;b\n1;2\n").columns == ("a", "b")


def test_json_documents_with_items_become_a_row_for_each_item() -> None:
    document = {
        "number": "R1",
        "customer": {"name": "Ann", "address": {"city": "Bern"}},
        "items": [{"name": "Lamp", "price": 1.10}, {"name": "Desk", "price": 2}],
    }

    table = _table(json.dumps([document]), "bills.json")

    assert table.columns == (
        *("number", "customer.name", "customer.address.city", "item.name", "item.price"),
    )
    assert _cells(table) == [
        ["R1", "Ann", "Bern", "Lamp", Decimal("1.1")],
        [None, None, None, "Desk", 2],
    ]
    assert [row.document for row in table.rows] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2}]',
        '{"a": 1}\n{"a": 2}\n',
        '{"rows": [{"a": 1}, {"a": 2}]}',
        '\ufeff[{"a": 1}, {"a": 2}]',
    ],
    ids=["list", "lines", "wrapped", "bom"],
)
def test_json_of_every_form(text: str) -> None:
    assert _cells(_table(text, "rows.json")) == [[1], [2]]


def _workbook(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, pattern in (formats or {}).items():
        sheet[cell].number_format = pattern
    other = book.create_sheet("Other")
    other.append(["only"])
    other.append(["here"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_gives_dates_exact_numbers_and_percent() -> None:
    day = datetime.datetime(2026, 3, 4)
    content = _workbook([["Date", "Price", "Tax"], [day, 0.1 + 0.2, 0.19]], {"C2": "0%"})

    (row,) = _table(content, "book.xlsx").rows

    assert list(row.cells) == [day.date(), Decimal("0.3"), "19.00 %"]
    assert row.line == 2


def test_a_sheet_is_found_by_its_name() -> None:
    content = _workbook([["a"], ["b"]])

    assert _table(content, "book.xlsx", "other").columns == ("only",)
    with pytest.raises(BadInputError, match="There are: Sheet, Other"):
        _table(content, "book.xlsx", "nowhere")


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (80 << 20))

    with pytest.raises(ProcError) as caught:
        _table(buffer.getvalue(), "bomb.xlsx")

    assert caught.value.code == "too-large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "damaged"),
        (b"a,b\n", "damaged"),
        (b"[]", "damaged"),
        (b'[{"a": 1', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[1, 2]", "damaged"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "unsupported"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported"),
        (b'a,b\n1,"' + b"x" * (2 << 20), "damaged"),
    ],
    ids=["empty", "heading", "none", "cut", "deep", "numbers", "zip", "ole", "png", "quote"],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(ProcError) as caught:
        _table(content, "rows.xyz")

    assert caught.value.code == code
    assert str(caught.value).startswith("rows.xyz")
    assert str(caught.value).endswith(".")
