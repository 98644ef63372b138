"""The words that texts on a photo may hold in braces."""

from contextlib import suppress
from pathlib import Path

from desktopproc.formats import exif
from desktopproc.formats.image_errors import DECODER_ERRORS
from desktopproc.formats.photos.photo import Photo

_ARTIST, _COPYRIGHT = 0x013B, 0x8298


def fields_of(photo: Photo) -> dict[str, str]:
    """What the photo says of itself; empty where it says nothing."""
    known = exif.read(photo.blocks.exif) if photo.blocks.exif else exif.NOTHING
    taken = known.taken or ""
    width, height = photo.size
    return {
        "stem": Path(photo.name).stem or photo.name,
        "date": taken[:10],
        "time": taken[11:16],
        "year": taken[:4],
        "month": taken[5:7],
        "day": taken[8:10],
        "camera": exif.camera(known.make, known.model),
        "make": known.make or "",
        "model": known.model or "",
        "width": str(width),
        "height": str(height),
        **_authors(photo.blocks.exif),
    }


def _authors(block: bytes) -> dict[str, str]:
    from PIL import Image

    found = Image.Exif()
    with suppress(*DECODER_ERRORS):
        found.load(b"Exif\0\0" + block)
    return {
        "artist": str(found.get(_ARTIST, "")).strip(" \0"),
        "copyright": str(found.get(_COPYRIGHT, "")).strip(" \0"),
    }
