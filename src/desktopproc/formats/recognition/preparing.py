"""Makes a drawn page easier to read: even light, dark on white, straight. Never what is kept."""

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

_BLANK_FACTOR = 4  # specks and grain vanish in the mean of 16 pixels, letters do not
_BLANK_PIXELS = 8
_INK_LEVELS = 40  # how much darker than the paper around it ink is at least
_TILE = 16
_EVEN_LEVELS = 40  # how much the paper's brightness may differ without a correction
_DIM = 170  # paper darker than this is made white
_PAPER_LEVEL = 128
_SPECK_LEVELS = 60
_STREWN = 0.001  # of the paper
_DARK = 100  # a page whose paper is darker than this has light letters


def is_blank(image: "Image") -> bool:
    """Whether there is nothing on a grey page but paper, grain and a few specks."""
    from PIL import ImageChops

    small = image.reduce(_BLANK_FACTOR)
    paper = _paper(small, _TILE // 2).resize(small.size)
    differences = ImageChops.difference(small, paper).histogram()
    return sum(differences[_INK_LEVELS:]) <= _BLANK_PIXELS


def evened(image: "Image") -> "Image":
    """A grey page dark on white, shadows and the yellow of the paper taken away where needed."""
    from PIL import ImageOps

    paper = _paper(image, _TILE)
    if _share(paper, 0.5) < _DARK:
        image = ImageOps.invert(image)
        paper = _paper(image, _TILE)
    low, high = _share(paper, 0.05), _share(paper, 0.95)
    if high - low <= _EVEN_LEVELS and low >= _DIM:
        return image
    return _divided(image, paper)


def despeckled(image: "Image") -> "Image":
    """A grey page dark on white without its specks, if it is strewn with them."""
    from PIL import ImageFilter

    width, height = image.size
    middle = image.crop((width // 4, height // 4, width - width // 4, height - height // 4))
    if min(middle.size) < _TILE or _specks(middle) < _STREWN:
        return image
    return image.filter(ImageFilter.MedianFilter(3))


def straightened(image: "Image", degrees: float) -> "Image":
    """The page with lines that rise by so many degrees laid flat; its size stays."""
    from PIL.Image import Resampling

    return image.rotate(-degrees, Resampling.BICUBIC, fillcolor=255)


def _paper(image: "Image", tile: int) -> "Image":
    """The brightness of the paper, tile by tile: the brightest there is, but for noise."""
    from PIL import ImageFilter

    tiles = image.reduce(tile)
    return tiles.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(2))


def _specks(image: "Image") -> float:
    """The share of dark pixels that stand alone, counted where there is paper and no letter."""
    from PIL import ImageChops, ImageFilter

    smooth = image.filter(ImageFilter.MedianFilter(3))
    letters = smooth.point(_step(_PAPER_LEVEL, below=255)).reduce(_TILE)
    paper = letters.point(_step(1, below=255))
    alone = ImageChops.subtract(smooth, image).point(_step(_SPECK_LEVELS, below=0)).reduce(_TILE)
    tiles = paper.histogram()[255]
    seen = ImageChops.darker(alone, paper).histogram()
    return sum(level * count for level, count in enumerate(seen)) / 255 / tiles if tiles else 0.0


def _step(level: int, *, below: int) -> list[int]:
    return [below] * level + [255 - below] * (256 - level)


def _share(image: "Image", share: float) -> int:
    """The level below which this share of the pixels lies."""
    histogram = image.histogram()
    wanted, seen = share * sum(histogram), 0
    for level, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return level
    return len(histogram) - 1


def _divided(image: "Image", paper: "Image") -> "Image":
    from PIL import ImageMath
    from PIL.Image import Resampling

    light = paper.point([max(level, 1) for level in range(256)])
    whole = light.resize(image.size, Resampling.BILINEAR)
    made = ImageMath.lambda_eval(
        lambda args: args["min"](args["page"] * 255 / args["light"], 255),
        page=image,
        light=whole,
    )
    return cast("Image", made.convert("L"))
