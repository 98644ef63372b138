"""Presets in a terminal: saved from flags, checked on load, carried to another machine."""

import tomllib
from pathlib import Path

import pytest
from PIL import Image

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
        "builtin": False,
        **content,
    }


@pytest.mark.parametrize("name", ops.load())
def test_every_operation_with_its_defaults_survives_save_and_show(cli_here: Cli, name: str) -> None:
    cli_here("presets", "save", name, "mine")

    shown = cli_here("presets", "show", "mine", "--json").json

    defaults = cli_here("operations", name, "--json").json["operations"][0]["options"]
    kept = [option for option in defaults if option["kind"] != "secret"]
    expected = {o["name"]: "none" if o["default"] is None else o["default"] for o in kept}
    assert shown["options"] == expected


def test_export_then_import_gives_the_same_preset(cli_here: Cli, tmp_path: Path) -> None:
    cli_here("presets", "save", "thumbnail", "small", "--quality", "70")

    cli_here("presets", "export", "small", tmp_path / "travelled.toml")
    cli_here("presets", "import", tmp_path / "travelled.toml")
    cli_here("presets", "import", tmp_path / "travelled.toml", "--name", "again")

    first, *others = (
        cli_here("presets", "show", name, "--json").json for name in ("small", "travelled", "again")
    )
    assert [other["options"] for other in others] == [first["options"]] * 2


def test_the_list_tells_built_in_from_own_and_names_what_is_broken(
    cli_here: Cli, tmp_path: Path
) -> None:
    cli_here("presets", "save", "thumbnail", "small")
    broken = tmp_path / "home" / "config" / "presets" / "broken.toml"
    broken.write_text("operation = ", encoding="utf-8")

    listed = cli_here("presets", "list", "--json").json["presets"]
    lines = cli_here("presets", "list").out.splitlines()

    web = next(preset for preset in listed if preset["name"] == "web")
    assert (web["title"], web["operation"], web["builtin"]) == ("Web", "convert", True)
    assert [preset["name"] for preset in listed if not preset["builtin"]] == ["small", "broken"]
    assert [preset["name"] for preset in listed if preset["error"]] == ["broken"]
    assert [line.split()[:4] for line in lines if line.startswith("web ")] == [
        ["web", "Web", "convert", "built-in"]
    ]
    assert [line.split() for line in lines if line.startswith("small ")] == [
        ["small", "thumbnail", "yours"]
    ]


def test_a_builtin_preset_can_be_used_and_cloned_but_not_changed(cli_here: Cli) -> None:
    refused = [
        cli_here("presets", "save", "convert", "Web"),
        cli_here("presets", "rename", "web", "mine"),
        cli_here("presets", "delete", "web"),
    ]
    made = cli_here("presets", "clone", "WEB", "mine", "--json").json
    cli_here("presets", "rename", "mine", "ours")
    used = cli_here("thumbnail", "a", "-o", "b", "--preset", "ours")

    assert {answer.sentence for answer in refused} == {
        "Web is built in. Save it under another name.",
        "Web is built in. Clone it under another name.",
        "Web is built in. It cannot be deleted.",
    }
    assert [answer.code for answer in refused] == [2, 2, 2]
    assert made["name"] == "mine"
    assert not Path(made["path"]).exists(), "it was renamed"
    assert used.sentence == "The preset 'ours' is for convert, not thumbnail."
    assert cli_here("presets", "delete", "ours").code == 0
    assert cli_here("presets", "show", "ours").code == 2


def test_a_run_takes_a_builtin_preset(cli: Cli, tmp_path: Path) -> None:
    Image.new("RGB", (2400, 1200), "teal").save(tmp_path / "a.jpg")

    answer = cli("convert", "a.jpg", "-o", "out", "--preset", "Web", "--json")

    (job,) = answer.json["jobs"]
    with Image.open(job["outputs"][0]) as made:
        assert (made.format, made.size) == ("WEBP", (1920, 960))


def test_nothing_is_overwritten_by_export_or_import(cli_here: Cli, tmp_path: Path) -> None:
    cli_here("presets", "save", "thumbnail", "small")
    file = tmp_path / "small.toml"
    file.write_text('operation = "thumbnail"\n', encoding="utf-8")

    answers = [cli_here("presets", "export", "small", file), cli_here("presets", "import", file)]

    assert [answer.code for answer in answers] == [2, 2]
    assert file.read_text(encoding="utf-8") == 'operation = "thumbnail"\n'


BROKEN = {
    "operation = ": "cannot be read",
    'operation = "paint"': "There is no operation 'paint'",
    'operation = "thumbnail"\ncolour = 1': "There is no part 'colour'",
    'operation = "thumbnail"\n[options]\nsize = 1': "Give a whole number from 16 to 4096",
    'operation = "thumbnail"\n[options]\nsise = 100': "There is no option 'sise'",
    'operation = "thumbnail"\noptions = 3': "are tables",
    'version = 99\noperation = "thumbnail"': "Update desktopproc",
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
