"""An operation with a stack of steps and further outputs, for the fields that edit them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import Step, StepCodec, StepKind, step, steps_in


class Fit(StrEnum):
    INSIDE = "inside"
    FILL = "fill"


class Store(StrEnum):
    JPEG = "jpeg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Resizing:
    width: int | None = option(None, "Width", "In pixels.", lo=1, hi=60_000, unit="px")
    height: int | None = option(None, "Height", "In pixels.", lo=1, hi=60_000, unit="px")
    fit: Fit = option(Fit.INSIDE, "Fit", "How the picture fills the size.")
    enlarge: bool = option(default=False, label="Enlarge small pictures")


@dataclass(frozen=True, slots=True)
class Marking:
    text: str = option("", "Text", "What is written.", pattern="[^\n]{0,60}")
    opacity: int = option(50, "Opacity", "100 hides what is below.", lo=0, hi=100, unit="%")
    color: str = option("#ffffff", "Colour", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}")
    tile: bool = option(default=False, label="Repeat over the picture")
    gap: int = option(20, "Gap", lo=0, hi=500, unit="px", when=("tile", (True,)))


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class Sharpening:
    amount: float = option(1.0, "Amount", lo=0, hi=10)
    word: str = option("abc", "Word", pattern="[a-z]+", example="abc")


@step("resize", title="Resize", group="Size", options=Resizing)
def resize(picture: object, _options: Resizing, _scene: object) -> object:
    """Make the picture smaller or larger."""
    return picture


@step("watermark", title="Text watermark", group="Marks", options=Marking)
def watermark(picture: object, _options: Marking, _scene: object) -> object:
    """Write a text over the picture."""
    return picture


@step("grey", title="Greyscale", group="Colour", options=Nothing)
def grey(picture: object, _options: Nothing, _scene: object) -> object:
    """Take the colours out of the picture."""
    return picture


@step("sharpen", title="Sharpen", group="Colour", options=Sharpening)
def sharpen(picture: object, _options: Sharpening, _scene: object) -> object:
    """Make edges clearer."""
    return picture


def kinds() -> Mapping[str, StepKind]:
    return {kind.name: kind for kind in steps_in(globals())}


CODEC = StepCodec(kinds)


@dataclass(frozen=True, slots=True)
class Extra:
    format: Store = option(Store.JPEG, "Format", labels={"jpeg": "JPEG", "webp": "WebP"})
    quality: int = option(85, "Quality", lo=1, hi=100)
    folder: str = option("", "Folder below", example="web")
    steps: tuple[Step, ...] = option((), "Steps", kind=Kind.STEPS, singular="step", codec=CODEC)


@dataclass(frozen=True, slots=True)
class Stacking:
    quality: int = option(85, "Quality", "Higher keeps more detail.", lo=1, hi=100)
    stack: tuple[Step, ...] = option(
        (),
        "Steps",
        "Done to every picture, from top to bottom.",
        kind=Kind.STEPS,
        singular="step",
        codec=CODEC,
    )
    more: tuple[Extra, ...] = option(
        (),
        "Further outputs",
        "One more file from each photo.",
        kind=Kind.RECORDS,
        singular="extra",
        codec=RecordCodec(Extra),
    )


@operation(
    "stacking",
    title="Stacking",
    takes=[Family.PHOTO],
    gives=".jpg",
    options=Stacking,
    group="Photos",
)
def stacking(work: Work[Stacking]) -> Steps:
    """Copy each photo; what its steps would do is told in the notes."""
    for each in work.options.stack:
        work.note(CODEC.plain(each))
    work.target.write_bytes(work.source.read())
    yield 1, 1
