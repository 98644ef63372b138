"""An operation with steps and further outputs that nobody ships."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Operation, Steps, Work, described_in, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import Step, StepCodec, StepKind, step, steps_in


@dataclass(frozen=True, slots=True)
class Mark:
    text: str = option("", "Text", "What is written.")
    opacity: int = option(50, "Opacity", lo=0, hi=100, unit="%")
    tile: bool = option(default=False, label="Tile")


@dataclass(frozen=True, slots=True)
class Nothing:
    """A step without options."""


@step("mark", title="Mark", group="Marks", options=Mark)
def mark(picture: object, _options: Mark, _scene: object) -> object:
    """Write a text on the picture."""
    return picture


@step("grey", title="Grey", group="Colour", options=Nothing)
def grey(picture: object, _options: Nothing, _scene: object) -> object:
    """Take the colours out."""
    return picture


def _kinds() -> dict[str, StepKind]:
    return {kind.name: kind for kind in steps_in(globals())}


@dataclass(frozen=True, slots=True)
class Copy:
    quality: int = option(85, "Quality", lo=1, hi=100)
    steps: tuple[Step, ...] = option(
        (), "Steps", kind=Kind.STEPS, singular="step", codec=StepCodec(_kinds)
    )


@dataclass(frozen=True, slots=True)
class Further(Copy):
    folder: str = option("", "Folder", "Below the output folder.")


@dataclass(frozen=True, slots=True)
class Options(Copy):
    also: tuple[Further, ...] = option(
        (), "Further outputs", kind=Kind.RECORDS, codec=RecordCodec(Further)
    )


@operation("stack", title="Stack", takes=[Family.PHOTO], gives=".jpg", options=Options, group="T")
def stack(work: Work[Options]) -> Steps:
    """Nothing; only its options are used."""
    yield 1, 1


STACK: Operation = described_in(globals())[0]
