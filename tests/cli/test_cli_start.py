"""Starting: quick answers load little, children never start the program, no display is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopproc import __version__, ops
from desktopproc.cli.gui import has_display
from tests.cli.conftest import Cli

HEAVY = {"PIL", "pymupdf", "pypdfium2", "pikepdf", "lxml", "docx", "PySide6", "numpy"}
HEAVY |= {"rich", "psutil", "tomlkit", "sqlite3", "multiprocessing", "concurrent"}
SHOW = "import sys; from desktopproc.__main__ import main; sys.argv[1:] = {!r}; main(); "
SHOW += "sys.stderr.write(' '.join(sys.modules))"


def loaded_by(environment: dict[str, str], *words: str) -> set[str]:
    """The modules that a quick command has imported by its end."""
    code = SHOW.format(list(words))
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--help"], ["thumbnail", "--help"], ["settings", "list"]])
def test_quick_commands_import_no_heavy_library(
    environment: dict[str, str], words: list[str]
) -> None:
    assert not loaded_by(environment, *words) & HEAVY


def test_version_imports_next_to_nothing(environment: dict[str, str]) -> None:
    loaded = loaded_by(environment, "--version")

    assert not loaded & {"argparse", "pathlib", "typing", "dataclasses"}
    assert {name for name in loaded if name.startswith("desktopproc")} == {
        "desktopproc",
        "desktopproc.__main__",
    }


def test_version_is_told_on_stdout(cli: Cli) -> None:
    assert cli("--version").out == f"desktopproc {__version__}\n"


def test_help_names_every_operation_and_the_exit_codes(cli_here: Cli) -> None:
    answer = cli_here("--help")

    assert answer.code == 0
    assert all(f"  {name} " in answer.out for name in ops.load())
    assert "130 interrupted" in answer.out


def test_a_worker_process_cannot_start_the_program_again(cli: Cli) -> None:
    answer = cli("--help", env={"DESKTOPPROC_CHILD": "1"})

    assert answer.code == 1
    assert answer.out == ""
    assert "worker process" in answer.sentence


@pytest.mark.parametrize("words", [[], ["gui"], ["gui", "a.jpg"]])
def test_without_a_display_the_window_says_so(cli: Cli, words: list[str]) -> None:
    answer = cli(*words)

    assert answer.code == 3
    assert answer.sentence.startswith("There is no display")


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":54321"}, "linux", False),  # nobody listens there
        ({"DISPLAY": "far.example:0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({"QT_QPA_PLATFORM": "xcb"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_display_is_recognised(
    environment: dict[str, str], platform: str, expected: bool
) -> None:
    assert has_display(environment, platform) is expected


def test_a_bug_is_one_sentence_and_its_traceback_is_in_the_log(
    cli: Cli, tmp_path: Path, environment: dict[str, str]
) -> None:
    broken = tmp_path / "broken" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text("import argparse; argparse.ArgumentParser.parse_known_args = None\n")
    path = os.pathsep.join([str(broken.parent), environment.get("PYTHONPATH", "")])

    answer = cli("settings", "list", env={"PYTHONPATH": path})

    assert answer.code == 1
    log = tmp_path / "home" / "logs" / "desktopproc.log"
    assert answer.sentence == f"Unexpected error (TypeError). Report it with the log: {log}"
    assert "Traceback" in log.read_text(encoding="utf-8")
