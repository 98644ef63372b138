"""What the readers of this package give back: the size of a picture and its EXIF facts."""

from typing import NamedTuple

from desktopproc.formats.exif import NOTHING, Exif


class Header(NamedTuple):
    """A picture's header; `format` only where the reader knows better than the first bytes."""

    width: int
    height: int
    exif: Exif = NOTHING
    format: str | None = None
