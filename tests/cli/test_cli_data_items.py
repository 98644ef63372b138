"""Items of data files on the command line: chosen by number, listed, ordered again."""

import json
from pathlib import Path
from typing import Any

import pytest

from desktopproc.cli import run
from desktopproc.cli.command import Call, read
from desktopproc.core.errors import UsageError
from desktopproc.core.spelling import words
from desktopproc.engine.home import Home
from desktopproc.engine.orders import ordered
from tests.engine.harness import OPERATIONS


def call(home: Path, *arguments: str) -> tuple[int, Home]:
    """`desktopproc list ARGUMENTS`, in this process: the program itself has no such operation."""
    command = run.command(OPERATIONS["list"])
    operands, flags = read(command, arguments)
    found = Home.find({"DESKTOPPROC_HOME": str(home)})
    return command.run(Call(operands, flags, found, lambda: OPERATIONS)), found


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    path.write_text("name\nAnna\nwrong\nBert\nCarl\n")
    return str(path)


def jobs(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["jobs"]
    return found


def test_chosen_items_are_listed_with_their_numbers(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")

    code, home = call(tmp_path / "home", source, "-o", out, "--items", "2-3, 5", "--json")

    found = jobs(capsys)
    assert code == 1
    assert [(job["item"], job["state"]) for job in found] == [
        (2, "done"),
        (3, "failed"),
        (5, "done"),
    ]
    assert {job["input"] for job in found} == {source}
    again = ordered(home.queue_file, found[2]["id"], OPERATIONS)
    line = words(again.operation, again.options, again.paths, again.output, None, again.items)
    assert line == ["desktopproc", "list", source, "-o", out, "--items", "5"]


def test_a_dry_run_names_every_item(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tmp_path / "home", source, "-o", str(tmp_path / "out"), "--dry-run", "--json")

    found = [(job["item"], Path(job["outputs"][0]).name) for job in jobs(capsys)]
    assert found[0] == (1, "name.txt")
    assert found[-1] == (5, "Carl.txt")


@pytest.mark.parametrize("wrong", ["x", "3-1", "1,,2", "-1", "1-999999999", "99999999999"])
def test_what_is_no_number_of_an_item_is_refused(tmp_path: Path, source: str, wrong: str) -> None:
    with pytest.raises(UsageError, match="names no items"):
        call(tmp_path / "home", source, "-o", str(tmp_path / "out"), f"--items={wrong}")
