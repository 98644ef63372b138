"""Finds the blank pages of a PDF by looking at them, as a scan of an empty sheet is no empty page.

A page is drawn small and grey. What differs from its paper by more than a shadow counts as ink;
the rim, where scanners leave dark edges and holes, is not looked at.
"""

from typing import TYPE_CHECKING

from desktopproc.core.errors import BadInputError
from desktopproc.formats.pdf_render import Drawing

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 40
_RIM = 0.06
_SHADOW = 40  # grey levels of 255


def is_blank(drawing: Drawing, index: int, ink_percent: float) -> bool:
    """Whether less than this share of a page has ink on it; a page that cannot be drawn has."""
    try:
        return ink(drawing.page(index, _DPI, grey=True)) <= ink_percent
    except BadInputError:
        return False


def ink(image: "Image") -> float:
    """How many percent of a grey picture, without its rim, are darker or lighter than its paper."""
    width, height = image.size
    across, down = int(width * _RIM), int(height * _RIM)
    counts = image.crop((across, down, width - across, height - down)).histogram()
    total = sum(counts)
    if not total:
        return 0.0
    paper = max(range(256), key=counts.__getitem__)
    near = sum(counts[max(paper - _SHADOW, 0) : paper + _SHADOW + 1])
    return 100 * (1 - near / total)
