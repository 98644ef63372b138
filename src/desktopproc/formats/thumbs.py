"""Makes the small pictures of a contact sheet, several at a time."""

import functools
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import MissingInputError, ProcError
from desktopproc.core.job import Facts
from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.caption import Caption
from desktopproc.formats.image_colour import flatten
from desktopproc.formats.image_errors import reading_picture
from desktopproc.formats.image_preview import preview
from desktopproc.formats.probe import probe
from desktopproc.formats.side_by_side import in_order

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST_SHAPE = 4.0  # pictures longer than this are not decoded larger to fill a cell


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture as JPEG, or none where the photo could not be opened; and its caption."""

    name: str
    caption: str
    size: tuple[int, int]
    mode: str = "RGB"
    content: bytes = b""
    error: str = ""

    def image(self) -> "Image":
        """The picture itself."""
        from PIL import Image

        return Image.open(io.BytesIO(self.content))


@dataclass(frozen=True, slots=True)
class Cut:
    """How small pictures are made: the room in pixels, whether they fill it, and what is behind."""

    room: tuple[int, int]
    fills: bool
    background: str
    quality: int


def thumbs(work: Work[Any], cut: Cut, caption: Caption) -> Iterator[Thumb | None]:
    """One for each source, in order; None is a mere stop point. A file that is gone raises."""
    make = functools.partial(_thumb, work=work, cut=cut, caption=caption)
    return in_order(make, enumerate(work.sources, 1), work.threads)


def _thumb(numbered: tuple[int, Source], work: Work[Any], cut: Cut, caption: Caption) -> Thumb:
    counter, source = numbered
    facts = source.facts or probe(source.path)
    try:
        with images.opened(source, work) as picture:
            facts = _sized(facts, picture)
            words = caption.of(facts, picture, counter)
            image = _small(picture, cut)
        with reading_picture(source.path.name):
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=cut.quality, subsampling=0)
    except MissingInputError:
        raise
    except ProcError as e:
        words = caption.of(facts, None, counter)
        return Thumb(source.path.name, words, cut.room, error=str(e))
    return Thumb(source.path.name, words, image.size, image.mode, buffer.getvalue())


def _sized(facts: Facts, picture: images.Picture) -> Facts:
    """The facts with the size, of pictures whose header phase 1 does not read."""
    if facts.width is None:
        return replace(facts, width=picture.size[0], height=picture.size[1])
    return facts


def _small(picture: images.Picture, cut: Cut) -> "Image":
    from PIL.Image import Resampling

    longest = max(cut.room)
    if cut.fills:
        shape = max(picture.size) / min(picture.size)
        longest = round(longest * min(shape, _LONGEST_SHAPE))
    image = flatten(preview(picture, longest), cut.background)
    image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    with reading_picture(picture.name):
        if cut.fills:
            image = _filling(image, cut.room)
        elif image.width > cut.room[0] or image.height > cut.room[1]:
            image.thumbnail(cut.room, Resampling.LANCZOS)
    return image


def _filling(image: "Image", room: tuple[int, int]) -> "Image":
    """The middle of a picture in the shape of the room, never enlarged."""
    from PIL.Image import Resampling

    scale = min(image.width / room[0], image.height / room[1])
    width, height = room[0] * scale, room[1] * scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    scale = min(scale, 1.0)
    size = max(1, round(room[0] * scale)), max(1, round(room[1] * scale))
    return image.resize(size, Resampling.LANCZOS, box=(left, top, left + width, top + height))
