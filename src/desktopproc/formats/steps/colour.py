"""Steps that change colours."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.colours import Space, in_space
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image

_GREY = (0.2126, 0.7152, 0.0722)  # Rec. ITU-R BT.709-6, section 3.2
_SEPIA = (
    (0.393, 0.769, 0.189),
    (0.349, 0.686, 0.168),
    (0.272, 0.534, 0.131),
)  # W3C Filter Effects Module Level 1, section 8.3


@dataclass(frozen=True, slots=True)
class Saturation:
    amount: float = option(20.0, "Amount", "-100 takes all colour out.", lo=-100, hi=200, unit="%")


@dataclass(frozen=True, slots=True)
class Nothing:
    """A step without options."""


@dataclass(frozen=True, slots=True)
class Sepia:
    strength: float = option(100.0, "Strength", lo=0, hi=100, unit="%")


@dataclass(frozen=True, slots=True)
class WhiteBalance:
    auto: bool = option(
        default=True, label="Automatic", help="Assumes that a picture is grey on the whole."
    )
    warmth: float = option(
        0.0, "Warmth", "Below zero is colder, above is warmer.", lo=-100, hi=100, unit="%"
    )
    tint: float = option(
        0.0, "Tint", "Below zero is greener, above is more purple.", lo=-100, hi=100, unit="%"
    )


@dataclass(frozen=True, slots=True)
class Profile:
    to: Space = option(
        Space.SRGB,
        "Colour space",
        labels={"srgb": "sRGB", "p3": "Display P3", "grey": "Grey", "cmyk": "CMYK"},
    )


@dataclass(frozen=True, slots=True)
class Flatten:
    color: str = option("#ffffff", "Onto", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}")


def _mixed(image: "Image", matrix: "list[list[float]]") -> "Image":
    """New colours as sums of the old ones."""
    return pixels.on_colours(image, lambda plain: plain.recomb(matrix))


@step("saturation", title="Saturation", group="Colour", options=Saturation)
def saturation(image: "Image", options: Saturation, _scene: Scene) -> "Image":
    """Make colours stronger or weaker."""
    if pixels.is_grey(image):
        return image
    keep = 1 + options.amount / 100
    # W3C Filter Effects Module Level 1, section 9.6: feColorMatrix saturate, with BT.709 luma
    matrix = [
        [_GREY[c] * (1 - keep) + (keep if r == c else 0.0) for c in range(3)] for r in range(3)
    ]
    return _mixed(image, matrix)


@step("grey", title="Grey", group="Colour", options=Nothing)
def grey(image: "Image", _options: Nothing, scene: Scene) -> "Image":
    """Leave the colours out."""
    if pixels.is_grey(image):
        return image
    if scene.profile[16:20] == b"RGB ":
        image, scene.profile = in_space(image, scene.profile, Space.SRGB)
    alpha = image.extract_band(image.bands - 1) if pixels.has_alpha(image) else None
    plain = pixels.luma(image).rint().cast(image.format)
    joined = plain if alpha is None else plain.bandjoin(alpha)
    return joined.copy(interpretation="grey16" if image.format == "ushort" else "b-w")


@step("sepia", title="Sepia", group="Colour", options=Sepia)
def sepia(image: "Image", options: Sepia, _scene: Scene) -> "Image":
    """The brown of old photographs."""
    share = options.strength / 100
    matrix = [
        [_SEPIA[r][c] * share + (1 - share if r == c else 0.0) for c in range(3)] for r in range(3)
    ]
    return _mixed(pixels.rgb(image), matrix)


@step("white-balance", title="White balance", group="Colour", options=WhiteBalance)
def white_balance(image: "Image", options: WhiteBalance, _scene: Scene) -> "Image":
    """Take a colour cast away, or make the light warmer or colder."""
    if pixels.is_grey(image):
        return image
    gains = [1.0, 1.0, 1.0]
    if options.auto:
        means = [max(image.extract_band(index).avg(), 1e-6) for index in range(3)]
        even = sum(means) / 3
        gains = [min(max(even / mean, 0.5), 2.0) for mean in means]  # grey world, within a stop
    gains[0] *= 1 + options.warmth / 250
    gains[2] *= 1 - options.warmth / 250
    gains[1] *= 1 - options.tint / 250
    return pixels.on_colours(image, lambda plain: plain * gains)


@step("profile", title="Colour profile", group="Colour", options=Profile)
def profile(image: "Image", options: Profile, scene: Scene) -> "Image":
    """Convert to another colour space; the picture looks the same."""
    image, scene.profile = in_space(image, scene.profile, options.to)
    return image


@step("flatten", title="Flatten", group="Colour", options=Flatten)
def flatten(image: "Image", options: Flatten, _scene: Scene) -> "Image":
    """Lay a see-through picture onto a colour."""
    return pixels.flat(image, options.color)
