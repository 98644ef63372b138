"""The metadata that a picture file carries beside its pixels, the same for every container."""

from collections.abc import Callable
from dataclasses import dataclass

Note = Callable[[str], None]
"""Takes a sentence for the row about what could not be kept."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Metadata as bytes, each block as its own standard defines it; empty where there is none.

    `exif` is a TIFF structure that begins with its byte order: no "Exif\\0\\0" and no count of
    bytes to skip stands before it. `xmp` is one packet, however it was divided in the file.
    `iptc` holds the IIM records, which JPEG and TIFF keep in the Photoshop resource 0x0404, and
    `photoshop` the other image resources (IRB), such as clipping paths.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    icc: bytes = b""
    dpi: tuple[float, float] | None = None
    comment: bytes = b""
    photoshop: bytes = b""
