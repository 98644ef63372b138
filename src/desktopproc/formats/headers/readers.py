"""Knows which reader reads which format of picture."""

from collections.abc import Callable

from desktopproc.formats.headers import heif, jp2, jpeg, jxl, png, raw, simple, tiff, webp
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

READERS: dict[str, Callable[[Source], Header]] = {
    "jpeg": jpeg.read,
    "png": png.read,
    "gif": simple.read_gif,
    "bmp": simple.read_bmp,
    "ico": simple.read_ico,
    "cur": simple.read_ico,
    "tga": simple.read_tga,
    "psd": simple.read_psd,
    "psb": simple.read_psd,
    "netpbm": simple.read_netpbm,
    "qoi": simple.read_qoi,
    "dds": simple.read_dds,
    "webp": webp.read,
    "avif": heif.read,
    "heic": heif.read,
    "heif": heif.read,
    "jp2": jp2.read,
    "jxl": jxl.read,
    "tiff": tiff.read,
    "orf": tiff.read,
    "rw2": tiff.read_rw2,
    "cr3": raw.read_cr3,
    "raf": raw.read_raf,
}


def read(source: Source, format_name: str) -> Header | None:
    """The header of a picture; None for formats that are known by name only.

    Raises BadInputError when it is damaged, and nothing else.
    """
    reader = READERS.get(format_name)
    return reader(source) if reader else None
