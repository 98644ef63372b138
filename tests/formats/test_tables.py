"""Tables: every value arrives as it was, and none of them can become a formula."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from desktopproc.core.errors import OutputError
from desktopproc.formats.tables import Cell, TableFormat, harmless, write_table

COLUMNS = ("name", "bytes", "ratio", "good")
ROWS: list[tuple[Cell, ...]] = [
    ('Größe "a", b\nc', 12, -1.5, True),
    ("=1+1", -3, 0.0, False),
    ("\udcff.jpg", None, float("nan"), None),
]


def _written(folder: Path, kind: TableFormat) -> Path:
    target = folder / f"table.{kind}"
    write_table(target, kind, COLUMNS, iter(ROWS))
    return target


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_text_that_would_be_computed_is_marked(start: str) -> None:
    assert harmless(start + "1") == "'" + start + "1"


@pytest.mark.parametrize("value", ["1+1", "", " =1", -1, -1.5, None])
def test_other_cells_stay_as_they_are(value: Cell) -> None:
    assert harmless(value) is value


def test_csv(tmp_path: Path) -> None:
    with _written(tmp_path, TableFormat.CSV).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))

    assert rows == [
        list(COLUMNS),
        ['Größe "a", b\nc', "12", "-1.5", "yes"],
        ["'=1+1", "-3", "0.0", "no"],
        ["\\udcff.jpg", "", "", ""],
    ]


def test_json(tmp_path: Path) -> None:
    rows = json.loads(_written(tmp_path, TableFormat.JSON).read_text(encoding="utf-8"))

    assert rows[0] == {"name": 'Größe "a", b\nc', "bytes": 12, "ratio": -1.5, "good": True}
    assert rows[1]["name"] == "=1+1"
    assert rows[2] == {"name": "\\udcff.jpg", "bytes": None, "ratio": None, "good": None}


@pytest.mark.parametrize("kind", TableFormat)
def test_a_table_may_be_empty(tmp_path: Path, kind: TableFormat) -> None:
    target = tmp_path / "table"

    write_table(target, kind, COLUMNS, [])

    assert target.stat().st_size
    if kind is TableFormat.JSON:
        assert json.loads(target.read_bytes()) == []


def test_a_spreadsheet_holds_text_as_text(tmp_path: Path) -> None:
    with zipfile.ZipFile(_written(tmp_path, TableFormat.XLSX)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in sheet
    assert '<c r="A3" t="inlineStr"><is><t>=1+1</t></is></c>' in sheet
    assert '<c r="B3"><v>-3</v></c>' in sheet


@pytest.mark.parametrize("kind", TableFormat)
def test_a_folder_that_is_gone_is_told(tmp_path: Path, kind: TableFormat) -> None:
    with pytest.raises(OutputError) as caught:
        write_table(tmp_path / "gone" / "table", kind, COLUMNS, ROWS)

    assert caught.value.code == "volume-gone"
