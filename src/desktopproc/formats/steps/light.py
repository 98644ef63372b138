"""Steps that make a picture lighter, darker, harder or softer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image


@dataclass(frozen=True, slots=True)
class Light:
    brightness: float = option(0.0, "Brightness", lo=-100, hi=100, unit="%")
    contrast: float = option(0.0, "Contrast", lo=-100, hi=100, unit="%")
    gamma: float = option(1.0, "Gamma", "Above 1 lightens the middle tones.", lo=0.1, hi=10)


@dataclass(frozen=True, slots=True)
class Levels:
    black: float = option(0.0, "Black from", "Darker than this becomes black.", lo=0, hi=99)
    white: float = option(
        100.0, "White from", "Lighter than this becomes white.", lo=1, hi=100, unit="%"
    )
    gamma: float = option(1.0, "Gamma", "Above 1 lightens the middle tones.", lo=0.1, hi=10)


@dataclass(frozen=True, slots=True)
class AutoLevels:
    clip: float = option(
        0.5,
        "Cut off",
        "How much of the darkest and the lightest may be lost.",
        lo=0,
        hi=20,
        unit="%",
    )
    each: bool = option(
        default=False, label="Each colour by itself", help="Takes colour casts away too."
    )


def curved(
    image: "Image", black: float, white: float, gamma: float = 1.0, *, steep: float = 1.0
) -> "Image":
    """Map the range from black to white (0 to 1) onto all of it, by a table of every value.

    `steep` turns around the middle: above 1 is more contrast.
    """
    import pyvips  # heavy: only where pixels are

    most = pixels.top(image)
    values = pyvips.Image.identity(ushort=most > 255) / most
    span = max(white - black, 1e-6)
    values = ((values - black) / span).clamp(min=0, max=1)
    if gamma != 1.0:
        values = values ** (1 / gamma)
    if steep != 1.0:
        values = ((values - 0.5) * steep + 0.5).clamp(min=0, max=1)
    table = (values * most).rint().cast(image.format)
    return pixels.on_colours(image, lambda plain: plain.maplut(table))


@step("light", title="Brightness and contrast", group="Light", options=Light)
def light(image: "Image", options: Light, _scene: Scene) -> "Image":
    """Make the picture lighter or darker, harder or softer."""
    shift = options.brightness / 200
    strength = options.contrast / 100
    steep = 1 / (1 - strength * 0.99) if strength > 0 else 1 + strength
    return curved(image, -shift, 1 - shift, options.gamma, steep=steep)


@step("levels", title="Levels", group="Light", options=Levels)
def levels(image: "Image", options: Levels, _scene: Scene) -> "Image":
    """Choose what is black and what is white."""
    return curved(image, options.black / 100, options.white / 100, options.gamma)


@step("auto-levels", title="Auto levels", group="Light", options=AutoLevels)
def auto_levels(image: "Image", options: AutoLevels, _scene: Scene) -> "Image":
    """Spread the tones over the whole range from black to white."""
    colours = image.bands - pixels.has_alpha(image)
    if not options.each or colours == 1:
        brightness = pixels.luma(image) / (pixels.top(image) / 255)
        return curved(image, *_range(brightness.rint().cast("uchar"), options.clip))
    bands = [image.extract_band(index) for index in range(image.bands)]
    for index in range(colours):
        bands[index] = curved(
            bands[index].copy(interpretation="grey16" if image.format == "ushort" else "b-w"),
            *_range(pixels.eight_bits(bands[index]), options.clip),
        )
    return bands[0].bandjoin(bands[1:]).copy(interpretation=image.interpretation)


def _range(band: "Image", clip: float) -> tuple[float, float]:
    """Where this share of 8-bit pixels is darker, and where lighter, from 0 to 1."""
    dark = band.percent(clip) if clip else band.min()
    bright = band.percent(100 - clip) if clip else band.max()
    if bright <= dark:
        return 0.0, 1.0
    return dark / 255, bright / 255
