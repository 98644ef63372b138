"""Steps and further outputs on the command line: given, explained, refused in a sentence."""

from argparse import Namespace
from pathlib import Path

import pytest

from desktopproc.cli import operations, run
from desktopproc.cli.command import Call, parser_of, read
from desktopproc.cli.ordering import Order, order
from desktopproc.core.errors import UsageError
from desktopproc.core.schema import build
from desktopproc.engine.home import Home
from tests.cli.stacking import STACK, Options


def ordered(home: Path, *words: str) -> Order:
    """What `desktopproc stack` with these words would start."""
    found, flags = read(run.command(STACK), ["a.jpg", "-o", "out", *words])
    there = Home.find({"DESKTOPPROC_HOME": str(home)})
    return order(Call(found, flags, there, lambda: {STACK.name: STACK}), STACK)


def test_a_step_is_given_once_for_each_and_in_order(tmp_path: Path) -> None:
    words = ["--step", "mark:text=Ann, Bob", "--step", "grey", "--step", "mark:off"]

    one = ordered(tmp_path, "--step", "mark:text=a,opacity=20,tile").options
    many = ordered(tmp_path, *words, "--also", "folder=small 'step=mark:text=a b'").options

    assert one == build(Options, {"steps": ["mark:text=a,opacity=20,tile"]})
    assert many == build(
        Options,
        {
            "steps": ["mark:text='Ann, Bob'", "grey", "mark:off"],
            "also": [{"folder": "small", "steps": ["mark:text=a b"]}],
        },
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--step", "blur"], "--step: There is no step 'blur'. There are: mark, grey."),
        (["--step", "mark:opacity=200"], "The step 'mark': --opacity cannot be 200. Give a whole"),
        (["--step", "mark:size=3"], "The step 'mark': There is no option 'size'. There are: text,"),
        (["--step", "grey:x=1"], "The step 'grey': There is no option 'x'"),
        (["--also", "colour=red"], "There is no 'colour' here. There are: quality, step, folder."),
        (
            ["--also", "quality=0"],
            "--also: --quality cannot be 0. Give a whole number from 1 to 100.",
        ),
        (["--also", "step='mark"], "--also: 'step='mark' is not right: No closing quotation."),
        (["--also", "step=blur"], "--also: --step: There is no step 'blur'."),
    ],
)
def test_a_wrong_one_is_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        ordered(tmp_path, *words)

    assert sentence in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_help_has_a_line_for_each_step() -> None:
    lines = parser_of(run.command(STACK)).format_help().splitlines()

    start = lines.index("Steps, each as --step NAME:OPTION=VALUE,...:")
    assert lines[start + 1 : start + 3] == [
        "  mark  Write a text on the picture.",
        "  grey  Take the colours out.",
    ]
    assert "Further outputs, each as --also 'OPTION=VALUE ...':" in lines
    assert "  folder=TEXT  Folder. Below the output folder." in lines
    assert "  as above: quality, step" in lines
    assert lines[-1] == "Put -- before names that begin with a hyphen."


def test_the_description_of_an_operation_has_the_options_of_each_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (command,) = operations.COMMANDS
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path)})

    command.run(Call(("stack",), Namespace(json=False), home, lambda: {STACK.name: STACK}))

    out = capsys.readouterr().out
    assert "  mark  Write a text on the picture.\n" in out
    assert "opacity=N  Opacity. Default: 50 %.\n" in out
    assert "tile       Tile. Default: no.\n" in out
