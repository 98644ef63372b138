"""Presets in a terminal: saved from flags, checked on load, carried to another machine."""

import tomllib
from pathlib import Path

import pytest

from desktopproc import ops
from tests.cli.conftest import Cli


def test_a_saved_preset_is_readable_and_complete(cli_here: Cli) -> None:
    words = ("--size", "100", "-o", "small", "--on-conflict", "skip")

    file = Path(cli_here("presets", "save", "thumbnail", "web small", *words).out.strip())

    content = tomllib.loads(file.read_text(encoding="utf-8"))
    assert content["operation"] == "thumbnail"
    assert content["options"]["size"] == 100
    assert content["output"] == {"folder": str(Path("small").absolute()), "on_conflict": "skip"}
    assert cli_here("presets", "show", "web small", "--json").json == {
        "name": "web small",
        **content,
    }


@pytest.mark.parametrize("name", ops.load())
def test_every_operation_with_its_defaults_survives_save_and_show(cli_here: Cli, name: str) -> None:
    cli_here("presets", "save", name, "mine")

    shown = cli_here("presets", "show", "mine", "--json").json

    defaults = cli_here("operations", name, "--json").json["operations"][0]["options"]
    expected = {o["name"]: "none" if o["default"] is None else o["default"] for o in defaults}
    assert shown["options"] == expected


def test_export_then_import_gives_the_same_preset(cli_here: Cli, tmp_path: Path) -> None:
    cli_here("presets", "save", "thumbnail", "web", "--quality", "70")

    cli_here("presets", "export", "web", tmp_path / "travelled.toml")
    cli_here("presets", "import", tmp_path / "travelled.toml")

    ours, theirs = (
        cli_here("presets", "show", name, "--json").json for name in ("web", "travelled")
    )
    assert ours["options"] == theirs["options"]
    assert cli_here("presets", "list", "--json").json["presets"] == [
        {"name": "travelled", "operation": "thumbnail", "error": None},
        {"name": "web", "operation": "thumbnail", "error": None},
    ]


def test_nothing_is_overwritten_by_export_or_import(cli_here: Cli, tmp_path: Path) -> None:
    cli_here("presets", "save", "thumbnail", "web")
    file = tmp_path / "web.toml"
    file.write_text('operation = "thumbnail"\n', encoding="utf-8")

    answers = [cli_here("presets", "export", "web", file), cli_here("presets", "import", file)]

    assert [answer.code for answer in answers] == [2, 2]
    assert file.read_text(encoding="utf-8") == 'operation = "thumbnail"\n'


BROKEN = {
    "operation = ": "cannot be read",
    'operation = "paint"': "There is no operation 'paint'",
    'operation = "thumbnail"\ncolour = 1': "There is no part 'colour'",
    'operation = "thumbnail"\n[options]\nsize = 1': "Give a whole number from 16 to 4096",
    'operation = "thumbnail"\n[options]\nsise = 100': "There is no option 'sise'",
    'operation = "thumbnail"\noptions = 3': "are tables",
    'operation = "thumbnail"\n[output]\ntemplate = "x"': "There is no output setting 'template'",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_preset_says_what_is_wrong(cli_here: Cli, tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text, encoding="utf-8")

    answer = cli_here("presets", "import", file)

    assert answer.code == 2
    assert str(file) in answer.sentence
    assert BROKEN[text] in answer.sentence
