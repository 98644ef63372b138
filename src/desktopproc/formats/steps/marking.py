"""Steps that put a text or a picture on the picture."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.core.errors import BadInputError
from desktopproc.core.reading import reading
from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import fonts, pixels
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.steps.cropping import ALIASES, Gravity

if TYPE_CHECKING:
    from pyvips import Image

_PLACE = "On the picture"
_COLOUR = "#[0-9a-fA-F]{6}"


class Place(StrEnum):
    """Where a mark stands."""

    CENTRE = "centre"
    NORTH = "north"
    NORTH_EAST = "north-east"
    EAST = "east"
    SOUTH_EAST = "south-east"
    SOUTH = "south"
    SOUTH_WEST = "south-west"
    WEST = "west"
    NORTH_WEST = "north-west"


_LABELS = {"centre": "Centre", "north": "Top", "north-east": "Top right", "east": "Right"}
_LABELS |= {"south-east": "Bottom right", "south": "Bottom", "south-west": "Bottom left"}
_LABELS |= {"west": "Left", "north-west": "Top left"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What texts and pictures on a picture have in common."""

    position: Place = option(
        Place.SOUTH_EAST, "Position", labels=_LABELS, aliases=ALIASES, section=_PLACE
    )
    margin: float = option(
        2.0, "Margin", "Of the shorter edge.", lo=0, hi=50, unit="%", section=_PLACE
    )
    opacity: float = option(60.0, "Opacity", lo=1, hi=100, unit="%", section=_PLACE)
    angle: float = option(
        0.0, "Turned by", "Clockwise.", lo=-180, hi=180, unit="degrees", section=_PLACE
    )
    tile: bool = option(default=False, label="Repeat over the whole picture", section=_PLACE)


@dataclass(frozen=True, slots=True)
class Text(Mark):
    text: str = option(
        "",
        "Text",
        "Fields: {stem} {date} {time} {year} {camera} {make} {model} {width} {height} "
        "{artist} {copyright}.",
        example="(c) {year} Ann",
    )
    size: float = option(
        4.0, "Size", "Height of a line, of the shorter edge.", lo=0.5, hi=50, unit="%"
    )
    color: str = option("#ffffff", "Colour", kind=Kind.COLOR, pattern=_COLOUR)
    shadow: bool = option(
        default=True, label="Shadow", help="Readable on light and dark ground alike."
    )
    bold: bool = option(default=False, label="Bold")


@dataclass(frozen=True, slots=True)
class Overlay(Mark):
    file: Path | None = option(None, "Picture", "PNG and SVG may be see-through.", kind=Kind.FILE)
    width: float = option(20.0, "Width", "Of the picture's width.", lo=0.5, hi=100, unit="%")


@step("watermark", title="Text watermark", group="Marks", options=Text)
def watermark(image: "Image", options: Text, scene: Scene) -> "Image":
    """Write a text on the picture; it may hold the photo's own date or camera."""
    words = " ".join(scene.filled(options.text).split())  # what is not known leaves no gap
    if not words:
        return image
    image = pixels.suited(image, options.color)
    height = max(6.0, min(image.width, image.height) * options.size / 100)
    letters = fonts.drawn(words, height, is_bold=options.bold)
    stamp = _coloured(letters, options.color)
    if options.shadow:
        stamp = _with_shadow(letters, stamp, height)
    return _put(image, stamp, options)


@step("overlay", title="Picture watermark", group="Marks", options=Overlay)
def overlay(image: "Image", options: Overlay, _scene: Scene) -> "Image":
    """Put another picture, such as a logo, on the picture."""
    if options.file is None:
        return image
    width = max(1, round(image.width * options.width / 100))
    return _put(pixels.rgb(image), _stamp(options.file, width), options)


def _stamp(file: Path, width: int) -> "Image":
    import pyvips  # heavy: only where pixels are

    with reading(file):
        content = file.read_bytes()
    try:
        stamp = pyvips.Image.thumbnail_buffer(content, width, height=10_000_000)
        stamp = stamp.colourspace("srgb").copy_memory()
    except pyvips.Error as e:
        raise BadInputError(
            f"The picture {file.name} of the step 'overlay' cannot be opened. Choose another one."
        ) from e
    return pixels.with_alpha(stamp)


def _coloured(letters: "Image", colour: str) -> "Image":
    """Letters in a colour on nothing."""
    plain = letters.new_from_image(list(pixels.channels(colour)))
    return plain.bandjoin(letters).copy(interpretation="srgb")


def _with_shadow(letters: "Image", stamp: "Image", height: float) -> "Image":
    """A soft contrast around the letters."""
    soft = max(1.0, height / 14)
    room = round(3 * soft)
    size = (letters.width + 2 * room, letters.height + 2 * room)
    ring = letters.embed(room, room, *size).gaussblur(soft) * 1.6
    is_dark = sum(stamp.getpoint(0, 0)[:3]) < 384
    ground = _coloured(
        ring.clamp(min=0, max=255).cast("uchar"), "#ffffff" if is_dark else "#000000"
    )
    return ground.composite2(stamp, "over", x=room, y=room)


def _put(image: "Image", stamp: "Image", options: Mark) -> "Image":
    if options.angle:
        stamp = stamp.premultiply().rotate(options.angle).unpremultiply().cast("uchar")
    stamp = stamp.copy(interpretation="srgb")
    if stamp.width > image.width or stamp.height > image.height:
        scale = min(image.width / stamp.width, image.height / stamp.height)
        stamp = stamp.premultiply().resize(scale).unpremultiply().cast("uchar")
    shade = stamp.extract_band(3) * (options.opacity / 100)
    stamp = stamp.extract_band(0, n=3).bandjoin(shade.rint().cast("uchar"))
    layer = _layer(image, stamp.copy(interpretation="srgb"), options)
    return _laid(image, layer)


def _layer(image: "Image", stamp: "Image", options: Mark) -> "Image":
    """The stamp in its place on an empty sheet as large as the picture."""
    size = (image.width, image.height)
    if options.tile:
        gap = round(max(stamp.height, min(size) * options.margin / 100))
        tile = stamp.embed(gap // 2, gap // 2, stamp.width + gap, stamp.height + gap)
        many = tile.replicate(-(-size[0] // tile.width), -(-size[1] // tile.height))
        return many.crop(0, 0, *size)
    margin = round(min(size) * options.margin / 100)
    across, down = Gravity(options.position.value).shares
    left = round(margin + (size[0] - stamp.width - 2 * margin) * across)
    up = round(margin + (size[1] - stamp.height - 2 * margin) * down)
    return stamp.embed(max(0, left), max(0, up), *size)


def _laid(image: "Image", layer: "Image") -> "Image":
    """Lay a see-through 8-bit sheet on a picture of any depth."""
    share = layer.extract_band(3) / 255
    ink = layer.extract_band(0, n=3)
    if pixels.is_grey(image):
        ink = ink.extract_band(0)
    ink = ink * (pixels.top(image) / 255)
    if not pixels.has_alpha(image):
        return pixels.alike(image * (1 - share) + ink * share, image)
    # Porter and Duff 1984, "over", with colours that are not multiplied by their alpha
    below = image.extract_band(image.bands - 1) / pixels.top(image)
    total = share + below * (1 - share)
    colours = image.extract_band(0, n=image.bands - 1)
    mixed = (ink * share + colours * below * (1 - share)) / (total == 0).ifthenelse(1, total)
    return pixels.alike(mixed.bandjoin(total * pixels.top(image)), image)
