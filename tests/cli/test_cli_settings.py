"""Settings in a terminal: what is in force, where it comes from, what is kept of the file."""

from pathlib import Path

import pytest

from desktopproc.core.schema import schema_of, specs
from desktopproc.core.settings import Settings
from tests.cli.conftest import Cli

NAMES = [spec.name for spec in specs(Settings)]


def test_every_setting_is_listed_with_its_default(cli_here: Cli) -> None:
    listed = cli_here("settings", "list", "--json").json["settings"]

    assert listed == {
        spec.name: {"value": schema_of(spec)["default"], "origin": "default"}
        for spec in specs(Settings)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_value_survives_set_and_get(cli_here: Cli, name: str) -> None:
    value = cli_here("settings", "get", name, "--json").json["value"]
    words = [str(part) for part in value] if isinstance(value, list) else [str(value)]

    answer = cli_here("settings", "set", name, *(words or ["/mnt=hdd"]))

    assert answer.code == 0, answer.err
    after = cli_here("settings", "get", name, "--json").json
    assert after == {"name": name, "value": value or after["value"], "origin": "file"}


def test_a_changed_file_keeps_its_comments(cli_here: Cli) -> None:
    file = Path(cli_here("settings", "path").out.strip())
    file.parent.mkdir(parents=True)
    file.write_text("# mine\nattempts = 5 # careful\n", encoding="utf-8")

    cli_here("settings", "set", "cpu-workers", "2")
    cli_here("settings", "unset", "attempts")

    assert file.read_text(encoding="utf-8") == "# mine\ncpu_workers = 2\n"


def test_the_environment_wins_over_the_file_and_says_so(
    cli_here: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTOPPROC_ATTEMPTS", "7")

    answer = cli_here("settings", "set", "attempts", "2")

    assert "environment holds attempts" in answer.err
    assert cli_here("settings", "get", "attempts").out == "7\n"


def test_a_broken_config_file_is_named_and_left_alone(cli_here: Cli, tmp_path: Path) -> None:
    file = tmp_path / "home" / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("attempts = = 3", encoding="utf-8")

    answers = [cli_here("settings", "list"), cli_here("settings", "set", "attempts", "2")]

    assert all(answer.code == 2 and str(file) in answer.sentence for answer in answers)
    assert file.read_text(encoding="utf-8") == "attempts = = 3"


def test_a_config_file_that_cannot_be_written_is_one_sentence(
    cli_here: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "home" / "config" / "config.toml"
    file.with_name("config.toml.new").mkdir(parents=True)  # hinders root, too

    answer = cli_here("settings", "set", "cpu_workers", "1")

    assert answer.code == 3
    assert str(file) in answer.sentence
    assert not file.exists()


@pytest.mark.parametrize("template", ["{bogus}", "../x", "{stem", "\udcff"])
def test_a_template_that_no_run_could_use_is_refused_when_it_is_set(
    cli_here: Cli, template: str
) -> None:
    answer = cli_here("settings", "set", "name_template", template)

    assert answer.code == 2
    assert answer.sentence
    assert cli_here("settings", "get", "name_template").out == "{stem}\n"
