"""Steps that turn and mirror the picture."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image

_COLOUR = "#[0-9a-fA-F]{6}"


class Way(StrEnum):
    """Which way pictures shall stand."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class Turn(StrEnum):
    """Clockwise, in degrees."""

    RIGHT = "90"
    HALF = "180"
    LEFT = "270"


class Axis(StrEnum):
    """Which sides change places."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class Orient:
    to: Way = option(Way.PORTRAIT, "Orientation")


@dataclass(frozen=True, slots=True)
class Rotate:
    angle: Turn = option(
        Turn.RIGHT,
        "Turn",
        labels={"90": "Right", "180": "Upside down", "270": "Left"},
        aliases={"right": "90", "left": "270", "-90": "270", "cw": "90", "ccw": "270"},
    )


@dataclass(frozen=True, slots=True)
class Flip:
    axis: Axis = option(
        Axis.HORIZONTAL,
        "Mirror",
        labels={"horizontal": "Left and right"} | {"vertical": "Top and bottom"},
    )


class Corners(StrEnum):
    """What happens to the corners of a picture that was turned a little."""

    CROP = "crop"
    FILL = "fill"


@dataclass(frozen=True, slots=True)
class Straighten:
    angle: float = option(1.0, "Angle", "Clockwise.", lo=-45, hi=45, unit="degrees")
    corners: Corners = option(
        Corners.CROP, "Corners", "Crop keeps what has no empty corners; fill keeps everything."
    )
    color: str = option(
        "#ffffff",
        "Colour",
        "Of filled corners.",
        kind=Kind.COLOR,
        pattern=_COLOUR,
        when=("corners", (Corners.FILL,)),
    )


@step("orient", title="Orient", group="Shape", options=Orient, keeps_colours=True)
def orient(image: "Image", options: Orient, _scene: Scene) -> "Image":
    """Turn pictures that lie the other way by 90 degrees; the camera's own orientation is always
    followed before."""
    is_wide = image.width > image.height
    if image.width == image.height or is_wide is (options.to is Way.LANDSCAPE):
        return image
    return image.rot90()


@step("rotate", title="Rotate", group="Shape", options=Rotate, keeps_colours=True)
def rotate(image: "Image", options: Rotate, _scene: Scene) -> "Image":
    """Turn by a right angle. A JPEG that is turned and nothing else loses no quality."""
    return image.rot(f"d{options.angle.value}")


@step("flip", title="Flip", group="Shape", options=Flip, keeps_colours=True)
def flip(image: "Image", options: Flip, _scene: Scene) -> "Image":
    """Mirror. A JPEG that is mirrored and nothing else loses no quality."""
    return image.flip(options.axis.value)


@step("straighten", title="Straighten", group="Shape", options=Straighten, keeps_colours=True)
def straighten(image: "Image", options: Straighten, _scene: Scene) -> "Image":
    """Turn by a small angle, to make a horizon level."""
    if not options.angle:
        return image
    image = pixels.suited(image, options.color)
    size = (image.width, image.height)
    import pyvips  # heavy: only where pixels are

    turned = pixels.blended(
        image,
        lambda plain: plain.rotate(
            options.angle,
            interpolate=pyvips.Interpolate.new("bicubic"),
            background=pixels.ink(plain, options.color),
        ),
    )
    if options.corners is Corners.FILL:
        return turned
    width, height = _largest_inside(size, options.angle)
    left, up = (turned.width - width) // 2, (turned.height - height) // 2
    return turned.crop(left, up, width, height)


def _largest_inside(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    """The largest upright rectangle of the same shape inside the turned one."""
    from math import cos, radians, sin

    width, height = size
    angle = abs(radians(degrees))
    shape = width / height
    scale = min(
        1 / (cos(angle) + sin(angle) / shape),
        1 / (cos(angle) + sin(angle) * shape),
    )
    return max(1, int(width * scale) - 1), max(1, int(height * scale) - 1)
