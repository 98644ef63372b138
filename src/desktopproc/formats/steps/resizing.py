"""The step that changes how many pixels there are."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.photos.sizes import check_pixels
from desktopproc.formats.steps.cropping import ALIASES, LABELS, Gravity, cut

if TYPE_CHECKING:
    from pyvips import Image


class Fit(StrEnum):
    """What happens where the picture's shape differs from the box's."""

    INSIDE = "inside"
    COVER = "cover"
    PAD = "pad"
    STRETCH = "stretch"


class Kernel(StrEnum):
    """How new pixels are computed from old ones."""

    LANCZOS3 = "lanczos3"
    MITCHELL = "mitchell"
    CUBIC = "cubic"
    LINEAR = "linear"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class Resize:
    width: int | None = option(None, "Width", lo=1, hi=100_000, unit="px", example="1920")
    height: int | None = option(None, "Height", lo=1, hi=100_000, unit="px", example="1080")
    fit: Fit = option(
        Fit.INSIDE,
        "Fit",
        "Inside keeps all of it, cover fills the box and cuts, pad fills up with a colour.",
        labels={"inside": "Inside: nothing is cut", "cover": "Cover: cut what is over"}
        | {"pad": "Pad: fill up with a colour", "stretch": "Stretch: change the shape"},
        aliases={"fit": "inside", "contain": "inside", "fill": "cover", "force": "stretch"},
    )
    long_edge: int | None = option(None, "Longer edge", lo=1, hi=100_000, unit="px", example="1600")
    short_edge: int | None = option(None, "Shorter edge", lo=1, hi=100_000, unit="px")
    percent: float | None = option(None, "Percent", lo=0.1, hi=1000, unit="%")
    megapixels: float | None = option(None, "Megapixels", lo=0.001, hi=1000, unit="MP")
    enlarge: bool = option(
        default=False,
        label="Enlarge small pictures",
        help="Else a picture that is smaller already keeps its size.",
    )
    gravity: Gravity = option(
        Gravity.CENTRE, "Part to keep", labels=LABELS, aliases=ALIASES, when=("fit", (Fit.COVER,))
    )
    color: str = option(
        "#ffffff", "Colour", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}", when=("fit", (Fit.PAD,))
    )
    kernel: Kernel = option(
        Kernel.LANCZOS3, "Method", "Lanczos is sharpest; nearest keeps hard pixels."
    )

    def scaled(self, full: tuple[int, int]) -> tuple[int, int]:
        """The size of the whole picture before anything is cut off or added."""
        width, height = full
        across = self.width / width if self.width else None
        down = self.height / height if self.height else None
        others = [
            self.long_edge and self.long_edge / max(full),
            self.short_edge and self.short_edge / min(full),
            self.percent and self.percent / 100,
            self.megapixels and math.sqrt(self.megapixels * 1e6 / (width * height)),
        ]
        if self.fit is Fit.STRETCH and (across or down):
            scale = (across or 1.0, down or 1.0)
        else:
            box = [edge for edge in (across, down) if edge]
            wanted = max(box) if box and self.fit is Fit.COVER else min(box, default=None)
            one = min((s for s in (wanted, *others) if s), default=1.0)
            scale = (one, one)
        if not self.enlarge:
            scale = (min(scale[0], 1.0), min(scale[1], 1.0))
        return max(1, round(width * scale[0])), max(1, round(height * scale[1]))


def scaled(image: "Image", target: tuple[int, int], kernel: Kernel = Kernel.LANCZOS3) -> "Image":
    """The whole picture at another size."""
    if (image.width, image.height) == target:
        return image
    across, down = target[0] / image.width, target[1] / image.height
    changed = pixels.blended(
        image, lambda plain: plain.resize(across, vscale=down, kernel=kernel.value)
    )
    if (changed.width, changed.height) == target:
        return changed
    # a part of a pixel was rounded the other way
    return changed.gravity("centre", *target, extend="copy")


@step("resize", title="Resize", group="Size", options=Resize, keeps_colours=True)
def resize(image: "Image", options: Resize, scene: Scene) -> "Image":
    """Change the size in pixels: into a box, over it, or by edge, percent or megapixels."""
    target = options.scaled((image.width, image.height))
    check_pixels(scene.name, target, scene.max_pixels)
    image = scaled(image, target, options.kernel)
    return boxed(image, options)


def boxed(image: "Image", options: Resize) -> "Image":
    """Cut off or add what makes a scaled picture fill its box."""
    box = (options.width or image.width, options.height or image.height)
    if options.fit is Fit.COVER:
        size = (min(box[0], image.width), min(box[1], image.height))
        return cut(image, size, options.gravity)
    if options.fit is Fit.PAD and box != (image.width, image.height):
        image = pixels.suited(image, options.color)
        ground = pixels.ink(image, options.color)
        wide = image.gravity("centre", *box, extend="background", background=ground)
        return pixels.alike(wide, image)
    return image
