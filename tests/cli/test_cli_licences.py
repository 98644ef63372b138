"""`desktopproc licences`: every part is named, and the text of each can be read."""

import tomllib
from pathlib import Path

from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]


def plain(name: str) -> str:
    return name.lower().replace("_", "-")


def test_every_library_is_named_with_its_version_and_licence(cli_here: Cli) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {plain(line.split(">")[0].strip()) for line in project["dependencies"]}

    parts = cli_here("licences", "--json").json["components"]

    assert parts[0]["name"] == "desktopproc"
    assert wanted <= {plain(part["name"]) for part in parts}
    assert "pytest" not in {part["name"] for part in parts}
    assert {"NotoSans", "lxml", "shiboken6"} <= {part["name"] for part in parts}
    assert [part["name"] for part in parts if not part["licence"]] == []


def test_the_text_of_a_part_is_shown(cli_here: Cli) -> None:
    answer = cli_here("licences", "Pillow")

    assert answer.code == 0
    assert "Python Imaging Library" in answer.out


def test_a_part_that_is_not_there_is_named(cli_here: Cli) -> None:
    answer = cli_here("licences", "photoshop")

    assert answer.code == 2
    assert answer.sentence == "There is no part 'photoshop'. All of them: desktopproc licences"
