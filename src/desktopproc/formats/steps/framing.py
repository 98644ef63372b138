"""Steps that put something around the picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.photos.sizes import check_pixels

if TYPE_CHECKING:
    from pyvips import Image

_COLOUR = "#[0-9a-fA-F]{6}"


@dataclass(frozen=True, slots=True)
class Border:
    width: float = option(2.0, "Width", "Of the picture's shorter edge.", lo=0, hi=100, unit="%")
    pixels: int | None = option(
        None, "Width in pixels", "Takes the place of the percentage.", lo=0, hi=10_000, unit="px"
    )
    color: str = option("#ffffff", "Colour", kind=Kind.COLOR, pattern=_COLOUR)
    line: int = option(0, "Inner line", "A thin line between both.", lo=0, hi=1000, unit="px")
    line_color: str = option("#000000", "Colour of the line", kind=Kind.COLOR, pattern=_COLOUR)
    bottom: float = option(
        0.0, "More below", "Wider at the bottom, as of instant pictures.", lo=0, hi=100, unit="%"
    )

    def thickness(self, size: tuple[int, int]) -> int:
        """In pixels."""
        return round(min(size) * self.width / 100) if self.pixels is None else self.pixels


@dataclass(frozen=True, slots=True)
class Corners:
    radius: float = option(5.0, "Radius", "Of the shorter edge.", lo=0, hi=50, unit="%")
    color: str | None = option(
        None,
        "Colour outside",
        "Not set: see-through, where the format can hold that.",
        kind=Kind.COLOR,
        pattern=_COLOUR,
    )


@step("border", title="Border", group="Frame", options=Border, keeps_colours=True)
def border(image: "Image", options: Border, scene: Scene) -> "Image":
    """Put a plain border around the picture, with a thin line if wanted."""
    size = (image.width, image.height)
    thick = options.thickness(size)
    more = round(min(size) * options.bottom / 100)
    grown = (size[0] + 2 * (thick + options.line), size[1] + 2 * (thick + options.line) + more)
    check_pixels(scene.name, grown, scene.max_pixels)
    framed = _around(image, options.line, options.line_color)
    return _around(framed, thick, options.color, more)


def _around(image: "Image", width: int, colour: str, more: int = 0) -> "Image":
    if not width and not more:
        return image
    image = pixels.suited(image, colour)
    size = (image.width + 2 * width, image.height + 2 * width + more)
    ground = pixels.ink(image, colour)
    wide = image.embed(width, width, *size, extend="background", background=ground)
    return pixels.alike(wide, image)


@step("corners", title="Round corners", group="Frame", options=Corners)
def corners(image: "Image", options: Corners, _scene: Scene) -> "Image":
    """Round the corners off."""
    if not options.radius:
        return image
    mask = _rounded(
        image.width, image.height, min(image.width, image.height) * options.radius / 100
    )
    image = pixels.with_alpha(image)
    alpha = image.extract_band(image.bands - 1) * (mask / 255)
    alpha = alpha.rint().cast(image.format)
    colours = image.extract_band(0, n=image.bands - 1)
    shaped = colours.bandjoin(alpha).copy(interpretation=image.interpretation)
    return pixels.flat(shaped, options.color) if options.color else shaped


def _rounded(width: int, height: int, radius: float) -> "Image":
    """White inside a rectangle with round corners, with smooth edges."""
    import pyvips  # heavy: only where pixels are

    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" rx="{radius:.2f}" fill="#fff"/></svg>'
    )
    return pyvips.Image.svgload_buffer(drawing.encode(), unlimited=True).extract_band(3)
