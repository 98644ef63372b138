"""Recognizes one page: draws it, makes it easy to read, and finds out which way is up."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from desktopproc.formats.recognition import preparing
from desktopproc.formats.recognition.affine import Affine, about, scaled, unturned
from desktopproc.formats.recognition.sheets import Box, Content, Sheet
from desktopproc.formats.recognition.skew import is_sideways, skew_of
from desktopproc.formats.recognition.words import NOT_READ, Line, Reading, confidence_of

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS = 72
_LEAST_SKEW = 0.4  # degrees; engines read what lies less askew just as well
_HOPELESS = 55.0  # below this both directions are wrong, or it is no text
_NOISE = 30.0  # what is read with less certainty than this is not text
_CLEARLY = 10.0  # how much better the other direction must be
_FEW_SIGNS = 12  # of which nobody can tell the direction

At = tuple[int, int]


class Engine(Protocol):
    """Whatever reads the text in a grey picture; both yield `at` while they are at it.

    What is read with less confidence than `doubtful`, in %, may stand on its head.
    """

    @property
    def doubtful(self) -> float: ...

    def lines(self, image: "Image", dpi: float, at: At) -> Generator[At, None, tuple[Line, ...]]:
        """The lines, with places in the picture."""

    def turn(self, image: "Image", dpi: float, at: At) -> Generator[At, None, int]:
        """By how much the picture must be turned clockwise; 0 where that is not known."""


class Outcome(StrEnum):
    """What became of a page."""

    HAS_TEXT = "has text"
    BLANK = "blank"
    READ = "read"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was found on a page, and how it has to be turned to stand upright and straight.

    `turn` is clockwise, and `skew` by how many degrees its lines rise to the right then.
    """

    index: int
    outcome: Outcome
    reading: Reading = NOT_READ
    turn: int = 0
    skew: float = 0.0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How pages are to be recognized."""

    turn: bool = True
    clean: bool = True
    max_pixels: int = 200_000_000


@dataclass(frozen=True, slots=True)
class _Trial:
    """What was read in one direction, and the way back to the picture as it was drawn."""

    turn: int
    skew: float
    lines: tuple[Line, ...]
    back: Affine

    @property
    def confidence(self) -> float:
        return confidence_of(self.lines)

    @property
    def signs(self) -> int:
        return _signs(self.lines)

    @property
    def upright(self) -> int:
        """By how much the page must be turned clockwise; lines that run down lie on their side."""
        down = _signs(tuple(line for line in self.lines if line.runs_down))
        return (self.turn + 270) % 360 if 2 * down > self.signs else self.turn


def _signs(lines: tuple[Line, ...]) -> int:
    return sum(len(word.text) for line in lines for word in line.words)


def recognized(
    sheet: Sheet, content: Content, ready: Callable[[], Engine], wishes: Wishes, at: At
) -> Generator[At, None, PageRead]:
    """Recognize a page; WorkerError when the engine fails, BadInputError when it is damaged.

    `ready` answers the engine, and is only asked where there is something to read.
    """
    dpi = sheet.fitting_dpi(content.best_dpi)
    image = sheet.drawn(dpi, wishes.max_pixels)
    yield at
    if preparing.is_blank(image):
        return PageRead(sheet.index, Outcome.BLANK)
    if wishes.clean:
        image = preparing.despeckled(preparing.evened(image))
    yield at
    trial = yield from _best(image, dpi, ready(), wishes, at)
    shown = trial.back.then(scaled(_POINTS / dpi))
    lines = tuple(_new(trial.lines, shown, content.words))
    if not lines or trial.confidence < _NOISE:
        return PageRead(sheet.index, Outcome.NOTHING)
    turn = trial.upright if wishes.turn else 0
    reading = Reading(lines, trial.back.then(sheet.from_pixels(dpi)))
    return PageRead(sheet.index, Outcome.READ, reading, turn, trial.skew)


def _best(
    image: "Image", dpi: float, engine: Engine, wishes: Wishes, at: At
) -> Generator[At, None, _Trial]:
    """Read the page the way it seems to stand, and other ways only when that went badly.

    Asking the engine for the direction first would cost as much as reading, for every page.
    """
    first = 90 if wishes.turn and is_sideways(image, skew_of(image)) else 0
    yield at
    best = yield from _tried(image, first, dpi, engine, at)
    if best.signs < _FEW_SIGNS and first:
        return _better((yield from _tried(image, 0, dpi, engine, at)), best)
    if not wishes.turn or best.confidence >= engine.doubtful or best.signs < _FEW_SIGNS:
        return best
    best = _better(best, (yield from _tried(image, first + 180, dpi, engine, at)))
    if best.confidence >= _HOPELESS:
        return best
    turn = yield from engine.turn(image, dpi, at)
    if turn in {first, (first + 180) % 360}:
        return best
    return _better(best, (yield from _tried(image, turn, dpi, engine, at)))


def _better(upright: _Trial, other: _Trial) -> _Trial:
    is_clear = other.confidence > upright.confidence + _CLEARLY and other.signs >= _FEW_SIGNS
    return other if is_clear else upright


def _tried(
    image: "Image", turn: int, dpi: float, engine: Engine, at: At
) -> Generator[At, None, _Trial]:
    turn %= 360
    turned = _turned(image, turn)
    skew = skew_of(turned).degrees
    yield at
    way, straight = Affine(), turned
    if abs(skew) >= _LEAST_SKEW:
        straight = preparing.straightened(turned, skew)
        way = about(turned.width / 2, turned.height / 2, -skew)
        yield at
    lines = yield from engine.lines(straight, dpi, at)
    return _Trial(turn, skew, lines, way.then(unturned(turn, turned.width, turned.height)))


def _turned(image: "Image", clockwise: int) -> "Image":
    from PIL.Image import Transpose

    ways = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}
    return image.transpose(ways[clockwise]) if clockwise else image


def _new(
    lines: tuple[Line, ...], shown: Affine, there: tuple[Box, ...]
) -> Generator[Line, None, None]:
    """The lines without words that the page has as text already."""
    for line in lines:
        words = tuple(
            word
            for word in line.words
            if not _is_there(
                shown.point((word.left + word.right) / 2, (word.top + word.bottom) / 2), there
            )
        )
        if words == line.words:
            yield line
        elif words:
            base = line.base + line.slope * (words[0].left - line.words[0].left)
            yield replace(line, words=words, base=base)


def _is_there(point: tuple[float, float], boxes: tuple[Box, ...]) -> bool:
    return any(box.holds(*point) for box in boxes)
