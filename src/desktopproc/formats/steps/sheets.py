"""The step that repeats a picture on a sheet of paper."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import Kind, option
from desktopproc.core.steps import step
from desktopproc.formats import pixels
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.photos.sizes import check_pixels
from desktopproc.formats.steps.cropping import Gravity, cut
from desktopproc.formats.steps.resizing import scaled

if TYPE_CHECKING:
    from pyvips import Image

_MM_PER_INCH = 25.4
_LINE = 0xC0  # a light grey to cut along


@dataclass(frozen=True, slots=True)
class Sheet:
    width: float = option(35.0, "Width of a picture", lo=5, hi=2000, unit="mm")
    height: float = option(45.0, "Height of a picture", lo=5, hi=2000, unit="mm")
    paper_width: float = option(152.0, "Width of the paper", lo=10, hi=5000, unit="mm")
    paper_height: float = option(102.0, "Height of the paper", lo=10, hi=5000, unit="mm")
    gap: float = option(2.0, "Between pictures", lo=0, hi=100, unit="mm")
    dpi: float = option(300.0, "Resolution", lo=50, hi=1200, unit="dpi")
    lines: bool = option(default=True, label="Lines to cut along")
    color: str = option("#ffffff", "Paper", kind=Kind.COLOR, pattern="#[0-9a-fA-F]{6}")

    def pixels(self, length: float) -> int:
        """Millimetres as pixels."""
        return max(1, round(length / _MM_PER_INCH * self.dpi))


@step("sheet", title="Repeat on a sheet", group="Frame", options=Sheet)
def sheet(image: "Image", options: Sheet, scene: Scene) -> "Image":
    """Put as many copies of the picture on a sheet of paper as there is room for, such as passport
    photos; the picture is cut to the shape first."""
    size = (options.pixels(options.width), options.pixels(options.height))
    paper = (options.pixels(options.paper_width), options.pixels(options.paper_height))
    check_pixels(scene.name, paper, scene.max_pixels)
    gap = round(options.gap / _MM_PER_INCH * options.dpi)
    across, down = ((paper[i] + gap) // (size[i] + gap) for i in (0, 1))
    if not across or not down:
        scene.note("The picture does not fit on the sheet, so it was left as it is.")
        return image
    scene.dpi = (options.dpi, options.dpi)
    image = pixels.suited(pixels.flat(image, options.color), options.color)
    cell = _cell(_filled(image, size), gap, options)
    block = cell.replicate(across, down)
    ground = pixels.ink(image, options.color)
    laid = block.gravity("centre", *paper, extend="background", background=ground)
    return pixels.alike(laid, image)


def _filled(image: "Image", size: tuple[int, int]) -> "Image":
    """The picture over the whole of this size, cut where its shape differs."""
    scale = max(size[0] / image.width, size[1] / image.height)
    large = (max(size[0], round(image.width * scale)), max(size[1], round(image.height * scale)))
    return cut(scaled(image, large), size, Gravity.CENTRE)


def _cell(picture: "Image", gap: int, options: Sheet) -> "Image":
    """One picture with half of the gap on each side, and lines at its edges."""
    if options.lines:
        grey = [_LINE * pixels.top(picture) / 255] * picture.bands
        picture = picture.draw_rect(grey, 0, 0, picture.width, picture.height)
    left = gap // 2
    size = (picture.width + gap, picture.height + gap)
    ground = pixels.ink(picture, options.color)
    wide = picture.embed(left, left, *size, extend="background", background=ground)
    return pixels.alike(wide, picture)
