"""Looks at a photo's file without decoding it: its format, its size and its metadata."""

from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.job import Family
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.headers import readers
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.in_memory import InMemory
from desktopproc.formats.image_kind import raw_kind
from desktopproc.formats.image_strip import Strip, cleaned
from desktopproc.formats.sniff import sniff

_SUFFIXES = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".avif": "avif",
    ".tif": "tiff",
    ".tiff": "tiff",
}


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo's bytes and what its header says; `header` is None where no reader knows it."""

    path: Path
    content: bytes
    container: str
    format: str
    header: Header | None
    blocks: Blocks


def looked_at(path: Path, content: bytes, note: Note) -> PhotoFile:
    """The photo; UnsupportedError when it is none, BadInputError when its header is damaged."""
    if not content:
        raise BadInputError(f"{path.name} is empty. Copy it again.")
    source = InMemory(content, path.name)
    kind = sniff(source)
    if kind.family is not Family.PHOTO or kind.format is None:
        raise UnsupportedError(f"{path.name} is not a picture. Check what it really is.")
    header = readers.read(source, kind.format)
    blocks = carriers.read(content, kind.format, note)
    name = (header and header.format) or kind.format
    return PhotoFile(path, content, kind.format, name, header, blocks)


def check_writable(photo: PhotoFile) -> None:
    """Refuse a photo whose metadata cannot be changed without making its picture anew."""
    name, kind = photo.path.name, photo.container
    promised = _SUFFIXES.get(photo.path.suffix.lower(), kind)
    if promised != kind:
        raise UnsupportedError(
            f"{name} is really {carriers.name_of(kind)}. Give it the right name and retry."
        )
    if (raw := raw_kind(photo.content, photo.path.suffix)) is not None:
        raise UnsupportedError(
            f"{name} is a camera RAW file ({raw}), whose metadata are not changed. "
            "Export it as JPEG or TIFF."
        )
    if not carriers.can_write(kind):
        raise UnsupportedError(
            f"The metadata of {carriers.name_of(kind)} files cannot be changed without making "
            f"the picture anew. Convert {name} to another format."
        )


def rewritten(photo: PhotoFile, blocks: Blocks, note: Note, strip: Strip) -> bytes:
    """The photo's file with other metadata, pixels untouched; what is lost is told."""
    name, kind = photo.path.name, photo.container
    if not carriers.fits(blocks, kind):
        raise UnsupportedError(
            f"{name} has no room for more metadata. Say less, or convert it to another format."
        )
    before = carriers.lost(photo.blocks, kind)
    for sentence in carriers.lost(blocks, kind):
        if sentence not in before:
            note(sentence)
    try:
        return cleaned(photo.content, kind, blocks, strip, note)
    except ValueError as e:
        raise BadInputError(
            f"The metadata of {name} cannot be changed: {e}. Convert it to another format."
        ) from e
