"""Documents from data on the command line: one job each, named by its row, retried by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf

_HEAD = "number;customer;description;quantity;price;tax\n"
_GOOD = "R-1;Müller & Söhne;Lamp;3;80,00;19\nR-3;A/S Nord;Desk;1;1.200,50;19\n"
_BAD = "R-2;Smith;Lamp;drei;80,00;19\n"


def test_a_wrong_row_fails_alone_and_can_be_retried_when_it_is_mended(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    data = tmp_path / "bills.csv"
    data.write_text(_HEAD + _BAD + _GOOD, encoding="cp1252")
    flags = ("-o", tmp_path / "out", "--locale", "de_DE", "--json")

    first = cli("invoice", data, *flags)
    data.write_text(_HEAD + _BAD.replace("drei", "3") + _GOOD, encoding="cp1252")
    again = cli("queue", "retry")
    started = cli("queue", "start")

    jobs = {job["item"]: job for job in first.json["jobs"]}
    assert first.code == 1
    assert [jobs[line]["state"] for line in (2, 3, 4)] == ["failed", "done", "done"]
    assert jobs[2]["error"]["message"] == (
        "bills.csv, line 2, column quantity: 'drei' is not a number. Correct it and retry."
    )
    assert (again.code, started.code) == (0, 0), again.err + started.err
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["R-1 Müller & Söhne.pdf", "R-2 Smith.pdf", "R-3 A_S Nord.pdf"]
    with pymupdf.open(tmp_path / "out" / "R-3 A_S Nord.pdf") as document:
        assert "1.428,60 €" in " ".join(document[0].get_text().split())


def test_the_first_one_can_be_looked_at_before_all_are_made(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "bills.csv").write_text(_HEAD + _GOOD, encoding="utf-8")

    done = cli("invoice", "bills.csv", "-o", "out", "--make", "first", "--json")

    assert done.json["counts"]["done"] == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bills.pdf"]


def test_a_template_that_is_not_there_fails_in_one_sentence(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "bills.csv").write_text(_HEAD + _GOOD, encoding="utf-8")

    done = cli("invoice", "bills.csv", "-o", "out", "--template", "nowhere", "--json")

    assert done.code == 1
    (job,) = done.json["jobs"]
    assert job["error"]["message"].startswith("There is no template 'nowhere'. There are: ")
