"""Pictures that Pillow does not know, drawn for what needs only a small or plain copy of them."""

from typing import TYPE_CHECKING, Any

from desktopproc.core.operation import Source, Work
from desktopproc.formats import pixels
from desktopproc.formats.photos.colours import to_srgb
from desktopproc.formats.photos.encoding import to_pillow
from desktopproc.formats.photos.opening import Wish, opened
from desktopproc.formats.photos.photo import upright
from desktopproc.formats.photos.raws import Raw

if TYPE_CHECKING:
    from PIL.Image import Image

_DRAWING_EDGE = 1600  # pixels: a drawing has no size of its own


def drawn(source: Source, work: Work[Any]) -> "Image":
    """An upright 8-bit sRGB picture of a drawing or a camera RAW file.

    A RAW file gives its preview, which is said, or is developed where that is too small.
    """
    wish = Wish(every=False, raw=Raw.LARGE_PREVIEW, least=_DRAWING_EDGE)
    with opened(source, work, wish) as photo:
        image = upright(photo.frames[0], photo.orientation)
        return to_pillow(pixels.eight_bits(to_srgb(image, photo.blocks.icc)))
