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


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a shell does")
@pytest.mark.parametrize(
    ("into", "code", "said"),
    [
        (">&-", 0, ""),
        (">/dev/full", 1, "desktopproc: The result could not be written: No space left on device."),
    ],
)
@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_a_stdout_that_takes_nothing_is_no_bug(
    environment: dict[str, str], command: list[str], flag: str, into: str, code: int, said: str
) -> None:
    line = " ".join([*command, flag, into])

    done = subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr.strip()) == (code, "", said)


def in_a_removed_folder(
    environment: dict[str, str], command: list[str], folder: Path, *words: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder that is removed before it begins."""
    folder.mkdir()
    line = 'rmdir "$PWD" && exec "$@"'
    return subprocess.run(
        ["sh", "-c", line, "sh", *command, *words],
        cwd=folder,
        env={**environment, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="no folder in use can be removed there")
@pytest.mark.parametrize(
    ("home", "words", "code"),
    [
        ("relative", ["queue", "list"], 3),
        ("", ["thumbnail", ".", "-o", "out"], 3),
        ("", ["demo"], 3),
        ("", ["presets", "save", "thumbnail", "web", "-o", "out"], 3),
        ("", ["scan", "."], 1),
    ],
)
def test_a_removed_working_folder_is_one_sentence(
    environment: dict[str, str],
    command: list[str],
    tmp_path: Path,
    home: str,
    words: list[str],
    code: int,
) -> None:
    if home:
        environment["DESKTOPPROC_HOME"] = home

    done = in_a_removed_folder(environment, command, tmp_path / "gone", *words)

    assert done.returncode == code, done.stderr
    assert "Unexpected" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="~name is a place below the users' folder there")
def test_a_home_of_nobody_is_one_sentence(cli_here: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPPROC_HOME", "~nosuchuser/x")

    answer = cli_here("queue", "list")

    assert answer.code == 3
    assert "~nosuchuser/x" in answer.sentence


@pytest.mark.parametrize(
    "words",
    [["queue", "list"], ["presets", "list"], ["settings", "list"], ["presets", "show", "x"]],
)
def test_a_home_that_cannot_be_asked_for_is_one_sentence(
    cli_here: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    monkeypatch.setenv("DESKTOPPROC_HOME", str(tmp_path / ("h" * 300)))

    answer = cli_here(*words)

    assert answer.code == 3
    assert "File name too long" in answer.sentence


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
