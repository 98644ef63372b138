"""Options written as words and read back from them, whatever they hold."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopproc.core.job import Conflict, Family, OutputPlan
from desktopproc.core.operation import Operation, Steps, Work, described_in, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, build, option, to_plain
from desktopproc.core.settings import Settings
from desktopproc.core.spelling import command, words
from desktopproc.core.steps import Step, StepCodec, StepKind, step, steps_in
from tests.core.made_options import made


class Fit(StrEnum):
    AUTO = "auto"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Mark:
    text: str = option("(c)", "Text")
    below: str | None = option(None, "Text below")
    tile: bool = option(default=True, label="Tile")
    scale: float = option(0.1, "Scale", lo=-10, hi=10)
    width: int | None = option(40, "Width", lo=1)
    fit: Fit = option(Fit.INSIDE, "Fit")
    logo: Path | None = option(None, "Logo", kind=Kind.FILE)


@step("mark", title="Mark", group="Marks", options=Mark)
def mark(picture: object, _options: Mark, _scene: object) -> object:
    """Write a text on the picture."""
    return picture


def _kinds() -> dict[str, StepKind]:
    return {kind.name: kind for kind in steps_in(globals())}


CODEC = StepCodec(_kinds)


@dataclass(frozen=True, slots=True)
class Copy:
    name: str = option("{stem}", "Name")
    quality: int | None = option(85, "Quality", lo=1, hi=100)
    steps: tuple[Step, ...] = option((), "Steps", kind=Kind.STEPS, singular="step", codec=CODEC)
    plain: bool = option(default=True, label="Plain")


COPY = RecordCodec(Copy)


@dataclass(frozen=True, slots=True)
class Options(Copy):
    also: tuple[Copy, ...] = option((), "Also", kind=Kind.RECORDS, codec=COPY)
    password: str = option("", "Password", kind=Kind.SECRET)


@operation("stack", title="Stack", takes=[Family.PHOTO], gives=".jpg", options=Options, group="T")
def stack(work: Work[Options]) -> Steps:
    """Nothing; only its options are used."""
    yield 1, 1


STACK: Operation = described_in(globals())[0]


@settings(deadline=None)
@given(options=made(Mark), is_on=st.booleans())
def test_a_step_with_any_text_is_read_back_from_what_was_written(
    options: Mark, is_on: bool
) -> None:
    step = Step("mark", options, is_on)

    assert CODEC.parse(CODEC.text(step)) == step


@settings(deadline=None)
@given(options=made(Copy))
def test_a_further_output_is_read_back_from_what_was_written(options: Copy) -> None:
    assert COPY.parse(COPY.text(options)) == options


@settings(deadline=None)
@given(options=made(Options))
def test_options_with_steps_and_further_outputs_survive_being_stored(options: Options) -> None:
    assert build(Options, to_plain(options)) == options


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "desktopproc stack"),
        ({"quality": 70, "plain": False}, "desktopproc stack --quality 70 --no-plain"),
        ({"quality": "none"}, "desktopproc stack --quality none"),
        ({"name": "-x"}, "desktopproc stack --name=-x"),
        ({"name": "it's"}, """desktopproc stack --name 'it'"'"'s'"""),
        ({"name": "\x1b[2J'"}, r"desktopproc stack --name $'\x1b[2J\''"),
        ({"password": "secret"}, "desktopproc stack"),
        ({"steps": ["mark", "mark:off"]}, "desktopproc stack --step mark --step mark:off"),
        (
            {"also": [{"quality": 70, "steps": ["mark:text=a b"]}]},
            """desktopproc stack --also 'quality=70 '"'"'step=mark:text=a b'"'"''""",
        ),
    ],
)
def test_the_line_holds_what_differs_from_the_defaults(options: dict[str, Any], line: str) -> None:
    assert command(STACK, build(Options, options)) == line


def test_the_line_says_where_results_go_and_names_the_files() -> None:
    plan = OutputPlan(Path("out"), conflict=Conflict.SKIP, keep_tree=True)

    line = command(STACK, Options(), [Path("a b.jpg"), Path("c.jpg")], plan)
    hyphen = command(STACK, Options(), [Path("-a.jpg"), Path("c.jpg")], Path("-out"))

    assert line == "desktopproc stack 'a b.jpg' c.jpg -o out --on-conflict skip --keep-tree"
    assert hyphen == "desktopproc stack -o ./-out -- -a.jpg c.jpg"


def test_the_line_says_what_the_settings_in_force_would_change() -> None:
    usual = Settings(on_conflict=Conflict.SKIP, keep_tree=True)

    line = words(STACK, Options(), [Path("a.jpg")], OutputPlan(Path("out")), usual)

    assert line[3:] == ["-o", "out", "--on-conflict", "rename", "--no-keep-tree"]
