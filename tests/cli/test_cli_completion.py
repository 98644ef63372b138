"""Completion of commands, asked of the shells themselves."""

import shutil
import subprocess
from pathlib import Path

import pytest

from desktopproc.cli.completion import SHELLS
from tests.cli.conftest import Cli

LINES = [
    ("thumb", {"thumbnail"}),
    ("queue ret", {"retry"}),
    ("convert --form", {"--format"}),
    ("thumbnail --format ", {"jpg", "png", "webp"}),
    ("queue add con", {"contact-sheet", "convert"}),
    ("--inst", {"--install-desktop"}),
]


@pytest.fixture
def script(cli_here: Cli, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The script for the shell that the test asks for."""
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / f"completion.{shell}"
    answer = cli_here("--print-completion", shell)
    assert (answer.code, answer.err) == (0, "")
    file.write_text(answer.out)
    return file


def said_by(shell: str, code: str) -> set[str]:
    done = subprocess.run([shell, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_completes_commands_flags_and_values(script: Path) -> None:
    for line, expected in LINES:
        words = ["desktopproc", *line.split(" ")]
        typed = " ".join(f"'{word}'" for word in words)
        code = (
            f"source {script}; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1};"
            "function=$(complete -p desktopproc | sed 's/.*-F //; s/ .*//');"
            f"$function desktopproc '{words[-1]}' '{words[-2]}';"
            "printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        assert {word.strip() for word in said_by("bash", code)} >= expected, line


@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes_commands_flags_and_values(script: Path) -> None:
    for line, expected in LINES:
        found = said_by("fish", f"source {script}; complete -C 'desktopproc {line}'")
        assert found >= expected, line


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_a_shell_can_read_its_script(script: Path) -> None:
    subprocess.run([script.suffix[1:], "-n", str(script)], check=True)


def test_a_shell_that_is_not_known_is_one_sentence(cli_here: Cli) -> None:
    answer = cli_here("--print-completion", "csh")

    assert answer.code == 2
    assert "There is for: bash, zsh, fish" in answer.sentence
