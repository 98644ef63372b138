"""Hands out the original where a copy would not be smaller."""

from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Note
from desktopproc.formats.image_strip import Strip, cleaned, stripped
from desktopproc.formats.photos.options import CopyOptions
from desktopproc.formats.photos.photo import Photo
from desktopproc.formats.photos.rendering import shows_the_same

_KEPT = "The copy is not smaller; it was kept because"


def original(photo: Photo, options: CopyOptions, note: Note) -> bytes | None:
    """The original as it may take a copy's place; None, with the reason told, where it may not.

    It may not where the copy shows something else, and it loses the metadata that are to go.
    """
    if not shows_the_same(options.stack):
        note(f"{_KEPT} the original differs.")
        return None
    if options.strip is Strip.NOTHING:
        return photo.content
    try:
        blocks = stripped(photo.blocks, options.strip, note)
        return cleaned(photo.content, photo.format, blocks, options.strip, note)
    except ValueError:
        name = carriers.name_of(photo.format)
        note(f"{_KEPT} metadata cannot be removed from {name} files.")
        return None
