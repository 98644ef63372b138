"""Steps that sharpen and soften."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image


@dataclass(frozen=True, slots=True)
class Sharpen:
    amount: float = option(60.0, "Amount", lo=0, hi=500, unit="%")
    radius: float = option(0.8, "Radius", lo=0.1, hi=20, unit="px")
    threshold: float = option(
        2.0,
        "Threshold",
        "Differences below it stay, so that noise does not grow.",
        lo=0,
        hi=50,
        unit="%",
    )


@dataclass(frozen=True, slots=True)
class Blur:
    radius: float = option(3.0, "Radius", lo=0.1, hi=500, unit="px")


@dataclass(frozen=True, slots=True)
class Denoise:
    size: int = option(3, "Size", "Of what counts as noise.", lo=3, hi=9, unit="px")
    strength: float = option(100.0, "Strength", lo=0, hi=100, unit="%")


@step("sharpen", title="Sharpen", group="Detail", options=Sharpen)
def sharpen(image: "Image", options: Sharpen, _scene: Scene) -> "Image":
    """Make edges clearer (unsharp mask on brightness, so colours do not fringe)."""
    if not options.amount:
        return image
    edge = pixels.top(image) * options.threshold / 100

    def unsharp(plain: "Image") -> "Image":
        bright = pixels.luma(plain)
        detail = bright - bright.gaussblur(options.radius)
        kept = (detail.abs() > edge).ifthenelse(detail, 0)
        return plain + kept * (options.amount / 100)

    return pixels.on_colours(image, unsharp)


@step("blur", title="Blur", group="Detail", options=Blur)
def blur(image: "Image", options: Blur, _scene: Scene) -> "Image":
    """Soften everything (Gaussian)."""
    return pixels.blended(image, lambda plain: plain.gaussblur(options.radius))


@step("denoise", title="Reduce noise", group="Detail", options=Denoise)
def denoise(image: "Image", options: Denoise, _scene: Scene) -> "Image":
    """Take single wrong pixels out (median)."""
    side = options.size | 1
    share = options.strength / 100

    def calmer(plain: "Image") -> "Image":
        calm = plain.median(side)
        return calm if share == 1 else plain * (1 - share) + calm * share

    return pixels.on_colours(image, calmer)
