"""Putting the program into the user's menus, and taking it out without a trace."""

import configparser
import gzip
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from desktopproc import ops
from desktopproc.engine.desktop_menus import menu_files
from tests.cli.conftest import Cli

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="installers make the menus elsewhere"
)
ENTRY = "applications/io.github.desktopproc.desktopproc.desktop"
PROGRAMS = [
    ["/usr/bin/desktopproc"],
    ["/opt/my programs/100% $ure/desk\"top`proc'\\"],
    ["/usr/bin/python3", "-m", "desktopproc"],
]


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def desktop_entry(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def words_of(exec_line: str) -> list[str]:
    """As the Desktop Entry specification reads a line: string first, then quotes, then codes."""
    line = exec_line.replace("\\\\", "\\")
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    words = [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in found]
    return [word.replace("%%", "%") for word in words]


def test_menus_come_and_go_without_a_trace(cli_here: Cli, share: Path) -> None:
    theirs = share / "applications" / "other.desktop"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Desktop Entry]\nType=Application\nName=Other\nExec=true\n")

    written = cli_here("--install-desktop")
    first = tree(share)
    again = cli_here("--install-desktop")
    second = tree(share)
    removed = cli_here("--uninstall-desktop")

    assert (written.code, again.code, removed.code) == (0, 0, 0)
    assert first == second
    assert set(written.out.splitlines()) == set(removed.out.splitlines())
    assert str(share / ENTRY) in written.out.splitlines()
    assert set(tree(share)) - {"applications/mimeinfo.cache"} == {"applications/other.desktop"}
    assert "in your menu now" in written.err


def test_a_data_folder_of_ours_alone_is_empty_again(cli_here: Cli, share: Path) -> None:
    cli_here("--install-desktop")

    answer = cli_here("--uninstall-desktop", "--json")

    assert answer.code == 0
    assert list(share.iterdir()) == []
    assert cli_here("--uninstall-desktop").err == "It was not in your menus.\n"


def test_what_an_earlier_version_wrote_goes_with_the_next_one(cli_here: Cli, share: Path) -> None:
    cli_here("--install-desktop")
    old = share / "kio" / "servicemenus" / "old.desktop"
    old.write_text("old")
    names = share / "desktopproc" / "installed-files.txt"
    outside = share.parent / "precious"
    outside.write_text("mine")
    names.write_text(f"{names.read_text()}kio/servicemenus/old.desktop\n../precious\n{outside}\n")

    cli_here("--install-desktop")

    assert not old.exists()
    assert outside.exists()


def test_the_menu_entry_starts_this_very_program(cli: Cli, share: Path) -> None:
    assert cli("--install-desktop", env={"XDG_DATA_HOME": str(share)}).code == 0
    entry = desktop_entry((share / ENTRY).read_text(encoding="utf-8"))["Desktop Entry"]
    words = words_of(entry["Exec"])

    assert words[-2:] == ["gui", "%F"]
    said = subprocess.run([*words[:-2], "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("desktopproc ")


def test_icons_have_the_sizes_of_their_folders(cli_here: Cli, share: Path) -> None:
    cli_here("--install-desktop")
    icons = list((share / "icons").rglob("*.png"))

    assert len(icons) >= 8
    for icon in icons:
        assert struct.unpack(">II", icon.read_bytes()[16:24]) == (
            (side := int(icon.parts[-3].partition("x")[0])),
            side,
        )


@pytest.mark.parametrize("program", PROGRAMS, ids=["plain", "odd", "module"])
def test_every_line_that_starts_the_program_does_so_whatever_it_is_called(
    program: list[str],
) -> None:
    files = menu_files(program)
    lines = {
        line.removeprefix("Exec=")
        for text in files.values()
        for line in text.splitlines()
        if line.startswith("Exec=")
    }

    assert len(lines) >= 5
    for line in lines:
        words = words_of(line)
        assert words[: len(program)] == program
        assert words[len(program)] == "gui"
        assert words[-1] == "%F"


def test_actions_name_operations_that_there_are() -> None:
    texts = menu_files(["desktopproc"]).values()

    named = {
        word
        for text in texts
        for line in text.splitlines()
        for before, word in zip(line.split(), line.split()[1:], strict=False)
        if before == "--operation"
    }

    assert len(named) >= 4
    assert named <= set(ops.load())


def test_scripts_pass_names_on_as_they_are(tmp_path: Path) -> None:
    program = tmp_path / "my $program"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    program.chmod(0o755)
    files = menu_files([str(program)])
    (name,) = (name for name in files if name.endswith("/Extract text"))
    script = tmp_path / "script"
    script.write_text(files[name])
    script.chmod(0o755)

    done = subprocess.run(
        [str(script), "-odd name.pdf", "b 'c'.pdf"], capture_output=True, text=True, check=True
    )

    assert done.stdout == "gui|--operation|extract-text|--|-odd name.pdf|b 'c'.pdf|"


def test_user_menus_of_dolphin_and_nautilus_may_be_executed(cli_here: Cli, share: Path) -> None:
    cli_here("--install-desktop")

    folders = ("kio/servicemenus", "nautilus/scripts/desktopproc")
    found = [path for folder in folders for path in (share / folder).iterdir()]
    assert len(found) >= 4
    assert all(path.stat().st_mode & stat.S_IXUSR for path in found)


@pytest.mark.outside
def test_the_menu_entry_is_valid(tmp_path: Path) -> None:
    validator = shutil.which("desktop-file-validate")
    if validator is None:
        pytest.skip("desktop-file-validate is not installed")
    file = tmp_path / Path(ENTRY).name
    file.write_text(menu_files(["desktopproc"])[ENTRY])

    done = subprocess.run([validator, str(file)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_a_folder_that_cannot_be_written_is_one_sentence(cli_here: Cli, share: Path) -> None:
    share.parent.joinpath("my data").write_text("a file is in the way")

    answer = cli_here("--install-desktop")

    assert answer.code == 1
    assert "could not be written" in answer.sentence


def test_an_operation_that_is_not_there_opens_no_window(cli_here: Cli) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        answer = cli_here("gui", "--operation", "paint")
    finally:
        del os.environ["QT_QPA_PLATFORM"]

    assert answer.code == 2
    assert "no operation 'paint'" in answer.sentence


def test_what_packages_install_is_valid(tmp_path: Path) -> None:
    making = Path(__file__).parents[2] / "packaging" / "making" / "integration.py"
    subprocess.run([sys.executable, str(making), str(tmp_path / "share")], check=True)
    made = {path.name: path for path in (tmp_path / "share").rglob("*") if path.is_file()}
    checks = {
        "desktop-file-validate": "io.github.desktopproc.desktopproc.desktop",
        "appstreamcli validate --no-net": "io.github.desktopproc.desktopproc.metainfo.xml",
    }

    compile(made["desktopproc.py"].read_text(encoding="utf-8"), "desktopproc.py", "exec")
    assert "= [(" in made["desktopproc.py"].read_text(encoding="utf-8")
    for words, name in checks.items():
        assert name in made
        if shutil.which(words.split()[0]):
            command = [*words.split(), str(made[name])]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout
    page = tmp_path / "desktopproc.1"
    page.write_bytes(gzip.decompress(made["desktopproc.1.gz"].read_bytes()))
    written = page.read_text(encoding="utf-8")
    assert all(f".SS {name}\n" in written for name in ops.load())
    if shutil.which("mandoc"):
        subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], check=True)
    for name in ("_desktopproc", "desktopproc.fish"):
        assert "find-duplicates" in made[name].read_text(encoding="utf-8")
