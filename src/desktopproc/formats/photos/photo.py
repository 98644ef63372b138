"""One opened picture: its frames, not decoded yet, and everything that belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopproc.formats.containers.blocks import Blocks

if TYPE_CHECKING:
    from pyvips import Image


class Many(StrEnum):
    """What it means that a file holds more than one picture."""

    NOTHING = "nothing"
    ANIMATION = "animation"
    PAGES = "pages"


@dataclass(slots=True)
class Photo:
    """A picture as it lies in its file: `frames` are as stored, before `orientation`.

    `format` is a lower-case word such as "jpeg". `orientation` is the EXIF wish that is still to
    be fulfilled, 1 to 8. `delays` are milliseconds for each frame of an animation; `repeats` is
    how often it plays, 0 being without end. `bits` are those of one colour in the file.
    """

    name: str
    format: str
    content: bytes
    frames: "list[Image]"
    note: Callable[[str], None]
    blocks: Blocks = field(default_factory=Blocks)
    orientation: int = 1
    many: Many = Many.NOTHING
    delays: tuple[int, ...] = ()
    repeats: int = 0
    bits: int = 8
    has_palette: bool = False
    threads: int = 1  # that may work on it
    again: "Callable[..., Image] | None" = None  # the first frame anew, with other loader words

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the first frame when it stands upright."""
        first = self.frames[0]
        size = (first.width, first.height)
        return size[::-1] if self.orientation in {5, 6, 7, 8} else size


def upright(image: "Image", orientation: int) -> "Image":
    """Turn the pixels as EXIF asks (EXIF 2.32, section 4.6.4, tag 0x0112)."""
    match orientation:
        case 2:
            return image.fliphor()
        case 3:
            return image.rot180()
        case 4:
            return image.flipver()
        case 5:
            return image.rot90().fliphor()
        case 6:
            return image.rot90()
        case 7:
            return image.rot270().fliphor()
        case 8:
            return image.rot270()
    return image
