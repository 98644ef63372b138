"""Steps that cut parts off."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.schema import option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image


class Gravity(StrEnum):
    """Which part of a picture counts when some of it has to go."""

    CENTRE = "centre"
    NORTH = "north"
    NORTH_EAST = "north-east"
    EAST = "east"
    SOUTH_EAST = "south-east"
    SOUTH = "south"
    SOUTH_WEST = "south-west"
    WEST = "west"
    NORTH_WEST = "north-west"
    SMART = "smart"

    @property
    def shares(self) -> tuple[float, float]:
        """How much of what is left over lies to the left and above, from 0 to 1."""
        across = 0.0 if "west" in self.value else 1.0 if "east" in self.value else 0.5
        down = 0.0 if "north" in self.value else 1.0 if "south" in self.value else 0.5
        return across, down


LABELS = {"centre": "Centre", "north": "Top", "north-east": "Top right", "east": "Right"}
LABELS |= {"south-east": "Bottom right", "south": "Bottom", "south-west": "Bottom left"}
LABELS |= {"west": "Left", "north-west": "Top left", "smart": "Where most happens"}
ALIASES = {"center": "centre", "top": "north", "bottom": "south", "left": "west", "right": "east"}
_RATIO = r"(?=.*[1-9].*[:/x].*[1-9])\d+(\.\d+)?[:/x]\d+(\.\d+)?"  # neither of them zero


@dataclass(frozen=True, slots=True)
class Crop:
    width: int | None = option(None, "Width", lo=1, hi=100_000, unit="px", example="800")
    height: int | None = option(None, "Height", lo=1, hi=100_000, unit="px", example="600")
    aspect: str | None = option(
        None,
        "Shape",
        "Of what is left, when width and height are not both given.",
        pattern=_RATIO,
        example="4:5",
    )
    left: int | None = option(
        None,
        "From the left",
        "Where the part begins; else its place follows the part to keep.",
        lo=0,
        hi=100_000,
        unit="px",
    )
    top: int | None = option(None, "From the top", lo=0, hi=100_000, unit="px")
    gravity: Gravity = option(Gravity.CENTRE, "Part to keep", labels=LABELS, aliases=ALIASES)
    turn: bool = option(
        default=False,
        label="Shape follows the picture",
        help="4:5 becomes 5:4 for pictures that lie.",
    )

    def size(self, full: tuple[int, int]) -> tuple[int, int]:
        """The part's size, never larger than the picture."""
        width, height = full
        if self.aspect:
            shape = self._shape(full)
            if self.width:
                width, height = self.width, round(self.width / shape)
            elif self.height:
                width, height = round(self.height * shape), self.height
            elif width / height > shape:
                width = round(height * shape)
            else:
                height = round(width / shape)
        else:
            width, height = self.width or width, self.height or height
        return max(1, min(width, full[0])), max(1, min(height, full[1]))

    def _shape(self, full: tuple[int, int]) -> float:
        import re

        across, down = (float(part) for part in re.split("[:/x]", self.aspect or "1:1"))
        shape = across / down
        if self.turn and (shape < 1) is not (full[0] < full[1]):
            return 1 / shape
        return shape


@dataclass(frozen=True, slots=True)
class Trim:
    threshold: float = option(
        10.0, "Tolerance", "How far a border may differ from its corner.", lo=0, hi=50, unit="%"
    )
    margin: int = option(0, "Keep around", lo=0, hi=10_000, unit="px")


def cut(image: "Image", size: tuple[int, int], gravity: Gravity) -> "Image":
    """The part of this size that counts."""
    if (image.width, image.height) == size:
        return image
    if gravity is Gravity.SMART:
        return image.smartcrop(*size, interesting="attention")
    across, down = gravity.shares
    left, up = round((image.width - size[0]) * across), round((image.height - size[1]) * down)
    return image.crop(left, up, *size)


@step("crop", title="Crop", group="Shape", options=Crop, keeps_colours=True)
def crop(image: "Image", options: Crop, scene: Scene) -> "Image":
    """Keep a part: a box in pixels, or the largest part of a shape such as 4:5."""
    size = options.size((image.width, image.height))
    if options.left is None and options.top is None:
        return cut(image, size, options.gravity)
    left, up = options.left or 0, options.top or 0
    if left >= image.width or up >= image.height:
        scene.note("The part to crop lies outside the picture, so nothing was cropped.")
        return image
    return image.crop(left, up, min(size[0], image.width - left), min(size[1], image.height - up))


@step("trim", title="Trim borders", group="Shape", options=Trim)
def trim(image: "Image", options: Trim, _scene: Scene) -> "Image":
    """Cut plain borders off, such as those around a scan."""
    seen = pixels.eight_bits(image)
    if pixels.has_alpha(seen):
        alpha = seen.extract_band(seen.bands - 1)
        seen = alpha if alpha.min() < 255 else seen.extract_band(0, n=seen.bands - 1)
    left, up, width, height = seen.find_trim(
        threshold=options.threshold * 2.55, background=seen.getpoint(0, 0)
    )
    if not width or not height:
        return image
    extra = options.margin
    left, up, right, low = (
        max(0, left - extra),
        max(0, up - extra),
        min(image.width, left + width + extra),
        min(image.height, up + height + extra),
    )
    return image.crop(left, up, right - left, low - up)
