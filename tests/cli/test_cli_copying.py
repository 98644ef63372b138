"""The line that does the same again, read back as a shell and this program read it."""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktopproc import ops
from desktopproc.cli import run
from desktopproc.cli.command import Call, read
from desktopproc.cli.ordering import Order, order
from desktopproc.core.job import Conflict, OutputPlan
from desktopproc.core.operation import Operation
from desktopproc.core.spelling import command
from desktopproc.engine.home import Home
from tests.cli.conftest import Cli
from tests.cli.stacking import STACK
from tests.core.made_options import made

OPERATIONS = [*ops.load().values(), STACK]
NAMES = [
    "-a.jpg",
    "--",
    "two\nlines",
    'it\'s "$HOME" `x`',
    "\x1b[2J",
    "\udcff",
    "ä 🌄",
    "a\\b",
    "~",
]


def typed(line: list[str]) -> tuple[list[str], Order]:
    """The operands and the order that these words are taken for."""
    assert line[0] == "desktopproc"
    operation = next(op for op in OPERATIONS if op.name == line[1])
    found, flags = read(run.command(operation), line[2:])
    with tempfile.TemporaryDirectory() as home:
        there = Home.find({"DESKTOPPROC_HOME": home})
        return list(found), order(Call(found, flags, there, ops.load), operation)


def through_shell(line: str) -> list[str]:
    """The words as bash hands them to a program."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash here")
    printed = subprocess.run(
        [shell, "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True
    )
    return [os.fsdecode(word) for word in printed.stdout.split(b"\0")[:-1]]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)
@given(data=st.data())
@settings(deadline=None, max_examples=50)
def test_the_line_of_any_options_gives_them_again(
    operation: Operation, data: st.DataObject
) -> None:
    options = data.draw(made(operation.options))

    line = command(operation, options, [Path("a.jpg")], Path("out"))

    operands, again = typed(through_shell(line))
    assert operands == ["a.jpg"]
    assert again.options == options


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_shell_and_the_program_read_odd_names_as_they_are(name: str) -> None:
    plan = OutputPlan(Path("/") / name, "{stem}-x", Conflict.UPDATE, keep_tree=True)
    operation = OPERATIONS[0]

    line = command(operation, operation.options(), [Path(name), Path("b c.jpg")], plan)

    assert line.isprintable() or set(filter(lambda c: not c.isprintable(), line)) <= {"\n"}
    operands, again = typed(through_shell(line))
    assert operands == [name, "b c.jpg"]
    assert again.output == plan


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a photo in a folder."""
    (tmp_path / "in" / "trip").mkdir(parents=True)
    Image.new("RGB", (400, 300), "teal").save(tmp_path / "in" / "trip" / "it's a.jpg")
    return tmp_path / "in"


def test_a_job_of_the_queue_can_be_run_again_from_its_line(
    cli: Cli, tmp_path: Path, photos: Path
) -> None:
    flags = ["--size", "100", "--format", "png", "--keep-tree", "--name-template", "{stem}-small"]
    (first,) = cli("thumbnail", photos, "-o", "out", *flags, "--json").json["jobs"]

    line = cli("queue", "command", str(first["id"])).out
    told = cli("queue", "command", str(first["id"]), "--json").json["commands"]
    before = Path(first["outputs"][0]).read_bytes()
    Path(first["outputs"][0]).unlink()
    (again,) = cli(*shlex.split(line)[1:], "--json").json["jobs"]

    assert told == [{"job": first["id"], "command": line.rstrip("\n"), "words": shlex.split(line)}]
    assert again["outputs"] == first["outputs"]
    assert Path(again["outputs"][0]).read_bytes() == before
    assert Path(again["outputs"][0]) == tmp_path / "out" / "trip" / "it's a-small.png"


def test_many_files_that_became_one_become_it_again(cli: Cli, tmp_path: Path, photos: Path) -> None:
    Image.new("RGB", (40, 30), "red").save(photos / "b.jpg")
    (first,) = cli("photos-to-pdf", photos, "-o", "out", "--json").json["jobs"]

    Path(first["outputs"][0]).unlink()
    line = cli("queue", "command", str(first["id"])).out
    (again,) = cli(*shlex.split(line)[1:], "--json").json["jobs"]

    assert again["outputs"] == first["outputs"] == [str(tmp_path / "out" / "in.pdf")]
    assert again["inputs"] == first["inputs"]


def test_the_line_says_what_the_config_file_would_change(cli: Cli, photos: Path) -> None:
    (job,) = cli("thumbnail", photos, "-o", "out", "--json").json["jobs"]

    cli("settings", "set", "on-conflict", "skip")
    line = shlex.split(cli("queue", "command", str(job["id"])).out)

    assert line[-2:] == ["--on-conflict", "rename"]


@pytest.mark.parametrize("number", ["1", "999", "x", "9" * 30])
def test_a_job_that_is_not_there_is_wrong_usage(cli_here: Cli, number: str) -> None:
    answer = cli_here("queue", "command", number)

    assert answer.code == 2
    assert number in answer.sentence


def test_a_preset_as_a_line_orders_the_same(cli_here: Cli, tmp_path: Path) -> None:
    words = ["--size", "77", "-o", "a b", "--on-conflict", "update"]
    cli_here("presets", "save", "thumbnail", "mine", *words)

    line = shlex.split(cli_here("presets", "command", "mine", "x.jpg").out)
    elsewhere = shlex.split(cli_here("presets", "command", "web", "x.jpg", "-o", "there").out)

    operands, mine = typed(line)
    assert operands == ["x.jpg"]
    assert (mine.operation.name, mine.output.conflict) == ("thumbnail", Conflict.UPDATE)
    assert mine.output.folder == tmp_path / "a b"
    assert getattr(mine.options, "size") == 77  # noqa: B009 - the type is the operation's own
    assert typed(elsewhere)[1].output.folder == tmp_path / "there"
