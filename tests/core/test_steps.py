"""Stacks of steps: read from text, checked with a sentence, written back as they were."""

from dataclasses import dataclass

import pytest

from desktopproc.core.errors import UsageError
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, build, option, schema_of, specs, to_plain
from desktopproc.core.steps import Step, StepCodec, StepKind, step, steps_in


@dataclass(frozen=True, slots=True)
class Mark:
    text: str = option("", "Text")
    opacity: int = option(50, "Opacity", lo=0, hi=100, unit="%")
    tile: bool = option(default=False, label="Tile")
    width: int | None = option(None, "Width", lo=1)


@step("mark", title="Mark", group="Marks", options=Mark)
def mark(picture: object, _options: Mark, _scene: object) -> object:
    """Write a text on the picture."""
    return picture


def _kinds() -> dict[str, StepKind]:
    return {kind.name: kind for kind in steps_in(globals())}


CODEC = StepCodec(_kinds)


@dataclass(frozen=True, slots=True)
class Copy:
    quality: int = option(85, "Quality", lo=1, hi=100)
    long_edge: int | None = option(None, "Longer edge", lo=1)
    steps: tuple[Step, ...] = option((), "Steps", kind=Kind.STEPS, singular="step", codec=CODEC)


@dataclass(frozen=True, slots=True)
class Options(Copy):
    also: tuple[Copy, ...] = option((), "Also", kind=Kind.RECORDS, codec=RecordCodec(Copy))


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("mark", Step("mark", Mark())),
        ("mark:off", Step("mark", Mark(), is_on=False)),
        ("mark:text=(c) 2026,tile", Step("mark", Mark(text="(c) 2026", tile=True))),
        ("mark:text=Ann, Bob,opacity=20", Step("mark", Mark(text="Ann, Bob", opacity=20))),
        ('mark:text="a,opacity=3"', Step("mark", Mark(text="a,opacity=3"))),
        ("mark:text='it''s, \"that\"',tile", Step("mark", Mark(text='it\'s, "that"', tile=True))),
        ("mark:text=a=b", Step("mark", Mark(text="a=b"))),
        ("mark:width=40", Step("mark", Mark(width=40))),
    ],
)
def test_a_step_is_read_from_text_and_written_back(text: str, step: Step) -> None:
    assert CODEC.parse(text) == step
    assert CODEC.parse(CODEC.plain(step)) == step


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("blurr", "There is no step 'blurr'. There are: mark."),
        ("mark:opacity=101", "The step 'mark': --opacity cannot be 101"),
        ("mark:colour=red", "The step 'mark': There is no option 'colour'"),
        ("mark:bold", "The step 'mark': There is no option 'bold'"),
    ],
)
def test_a_wrong_step_is_told_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        CODEC.parse(text)

    assert words in str(caught.value)


def test_options_with_steps_and_further_outputs_survive_being_stored() -> None:
    options = build(
        Options,
        {
            "steps": ["mark:text='it\"s'", "mark:off"],
            "also": ["quality=70 long-edge=320 step=mark:tile 'step=mark:text=a b, c'"],
        },
    )

    assert options.also[0].steps[1].options == Mark(text="a b, c")
    assert build(Options, to_plain(options)) == options
    assert to_plain(options)["also"] == [
        {"quality": 70, "long_edge": 320, "steps": ["mark:tile=yes", 'mark:text="a b, c"']}
    ]


def test_one_of_many_has_a_name_of_its_own_on_the_command_line() -> None:
    (spec,) = [spec for spec in specs(Options) if spec.name == "steps"]

    assert spec.flag == "--step"
    assert [item["name"] for item in schema_of(spec)["items"]] == ["mark"]
