"""Reads and writes the metadata boxes of JPEG XL files (ISO/IEC 18181-2, 9).

Boxes that are packed with Brotli are told, not read. The colour profile is a part of the picture's
own stream and stays there.
"""

from desktopproc.formats.containers.blocks import Blocks, Note
from desktopproc.formats.containers.boxes import Box, box, walk
from desktopproc.formats.headers.heif import after_lead

_STREAM = b"\xff\x0a"
_LEAD = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
_FIRST = frozenset({b"JXL ", b"ftyp", b"jxll"})
_PICTURE = frozenset({*_FIRST, b"jxlc", b"jxlp", b"jxli"})
_METADATA = frozenset({b"Exif", b"xml "})
_RECONSTRUCTION = b"jbrd"  # how to make the JPEG anew, which needs the metadata as they were


def read(content: bytes, note: Note) -> Blocks:
    """EXIF and XMP; the first of each counts."""
    found: dict[bytes, bytes] = {}
    for part in _boxes(content):
        if part.kind in _METADATA:
            found.setdefault(part.kind, content[part.body : part.end])
        elif part.kind == b"brob" and content[part.body : part.body + 4] in _METADATA:
            note("The metadata is packed with Brotli, which cannot be read: it was left out.")
    exif = after_lead(found[b"Exif"]) if found.get(b"Exif") else b""
    return Blocks(exif=exif, xmp=found.get(b"xml ", b""))


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out all that does not show the picture."""
    new = box(b"Exif", bytes(4) + blocks.exif) if blocks.exif else b""
    new += box(b"xml ", blocks.xmp) if blocks.xmp else b""
    if content.startswith(_STREAM):
        return _LEAD + new + box(b"jxlc", content) if new else content
    parts = list(_boxes(content))
    if not any(part.kind in (b"jxlc", b"jxlp") for part in parts):
        raise ValueError("not a JPEG XL")
    drops = set(_METADATA)
    old = b"".join(content[p.start : p.end] for p in parts if p.kind in _METADATA)
    if old != new:
        drops.add(_RECONSTRUCTION)
    kept = [p for p in parts if _stays(content, p, drops, bare=bare)]
    first = b"".join(content[p.start : p.end] for p in kept if p.kind in _FIRST)
    rest = b"".join(content[p.start : p.end] for p in kept if p.kind not in _FIRST)
    return first + new + rest


def _boxes(content: bytes) -> list[Box]:
    return [] if content.startswith(_STREAM) else list(walk(content, 0, len(content)))


def _stays(content: bytes, part: Box, drops: set[bytes], *, bare: bool) -> bool:
    if bare:
        return part.kind in _PICTURE
    packed = content[part.body : part.body + 4] if part.kind == b"brob" else part.kind
    return packed not in drops
