"""Small things every step does with pixels of 8 or 16 bits, grey or colour, see-through or not."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyvips import Image

_COLOURS = {"srgb": 3, "rgb16": 3, "rgb": 3, "b-w": 1, "grey16": 1, "cmyk": 4}
_BLUES = (0.2126, 0.7152, 0.0722)  # Rec. ITU-R BT.709-6, section 3.2: luma of R, G, B


def top(image: "Image") -> int:
    """The value of white: 255 or 65535."""
    return 65535 if image.format == "ushort" else 255


def has_alpha(image: "Image") -> bool:
    """Whether its last band says how see-through it is."""
    return bool(image.bands > _COLOURS.get(image.interpretation, image.bands))


def is_grey(image: "Image") -> bool:
    return image.interpretation in {"b-w", "grey16"}


def on_colours(image: "Image", change: "Callable[[Image], Image]") -> "Image":
    """Change the colours and leave what is see-through as it is."""
    if not has_alpha(image):
        return alike(change(image), image)
    colours = image.extract_band(0, n=image.bands - 1)
    changed = alike(change(colours), image)
    return changed.bandjoin(image.extract_band(image.bands - 1))


def blended(image: "Image", change: "Callable[[Image], Image]") -> "Image":
    """Mix neighbouring pixels: what is see-through must not bleed its hidden colour."""
    if not has_alpha(image):
        return alike(change(image), image)
    white = top(image)
    mixed = change(image.premultiply(max_alpha=white)).unpremultiply(max_alpha=white)
    return alike(mixed, image)


def alike(image: "Image", like: "Image") -> "Image":
    """Rounded and cut off to the number format of another picture, in its kind of colours."""
    if image.format in {"float", "double"}:
        image = image.rint()
    if image.format != like.format:
        image = image.cast(like.format)
    return image.copy(interpretation=like.interpretation)


def rgb(image: "Image") -> "Image":
    """Grey as colours, see-through as it is; colours come back as they are."""
    if not is_grey(image):
        return image
    grey = image.extract_band(0)
    bands = [grey, grey, grey]
    if has_alpha(image):
        bands.append(image.extract_band(1))
    joined = bands[0].bandjoin(bands[1:])
    return joined.copy(interpretation="rgb16" if image.format == "ushort" else "srgb")


def luma(image: "Image") -> "Image":
    """One band of brightness of colours, as float."""
    if image.bands < 3:
        return image.extract_band(0).cast("float")
    weighted = image.extract_band(0, n=3) * list(_BLUES)
    return weighted.bandmean() * 3


@functools.lru_cache(maxsize=256)
def channels(colour: str) -> tuple[int, int, int]:
    """The three values, 0 to 255, of a colour such as #ff8000."""
    plain = colour.removeprefix("#")
    red, green, blue = (int(plain[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def ink(image: "Image", colour: str, alpha: float = 1.0) -> list[float]:
    """A colour as this picture's bands spell it; in CMYK without a profile, for plain grounds."""
    scale = top(image) / 255
    values = [value * scale for value in channels(colour)]
    if image.interpretation == "cmyk":
        values = [*(top(image) - value for value in values), 0.0]
    elif is_grey(image):
        values = [sum(v * w for v, w in zip(values, _BLUES, strict=True))]
    return [*values, alpha * top(image)] if has_alpha(image) else values


def suited(image: "Image", colour: str) -> "Image":
    """Grey pictures become colours when something coloured is about to be put on them."""
    return image if len(set(channels(colour))) == 1 else rgb(image)


def with_alpha(image: "Image") -> "Image":
    """The picture with a band that says how see-through it is."""
    if has_alpha(image):
        return image
    return image.bandjoin(top(image)).copy(interpretation=image.interpretation)


def flat(image: "Image", colour: str) -> "Image":
    """Laid on a plain ground of this colour; what is not see-through comes back as it is."""
    if not has_alpha(image):
        return image
    image = suited(image, colour)
    ground = ink(image, colour)[:-1]
    plain = image.flatten(background=ground, max_alpha=top(image))
    return alike(plain, image)


def eight_bits(image: "Image") -> "Image":
    """16 bits a colour as 8, rounded; 8 bits come back as they are."""
    if image.format != "ushort":
        return image
    narrow = (image.cast("float") / 257).rint().cast("uchar")
    kinds = {"rgb16": "srgb", "grey16": "b-w"}
    return narrow.copy(interpretation=kinds.get(image.interpretation, image.interpretation))
