"""Reads and writes the metadata chunks of WebP files; the picture's own are copied as they are.

Chunks are those of the WebP Container Specification (RFC 9649, 2.7).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from desktopproc.formats.containers.blocks import Blocks

_ICC, _ALPHA, _EXIF, _XMP, _ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
_PICTURE = frozenset({b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_REPLACED = frozenset({b"VP8X", b"ICCP", b"EXIF", b"XMP "})
_MOST_CHUNKS = 200_000


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    end: int
    body: bytes


def read(content: bytes) -> Blocks:
    """The blocks of the file's own chunks; the first of each kind counts."""
    found: dict[bytes, bytes] = {}
    for chunk in _chunks(content):
        if chunk.kind in _REPLACED:
            found.setdefault(chunk.kind, chunk.body)
    exif = found.get(b"EXIF", b"").removeprefix(b"Exif\0\0")
    return Blocks(exif=exif, xmp=found.get(b"XMP ", b""), icc=found.get(b"ICCP", b""))


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out all that does not show the picture."""
    chunks = list(_chunks(content))
    picture = [c for c in chunks if c.kind in _PICTURE]
    others = [c for c in chunks if c.kind not in _PICTURE | _REPLACED and not bare]
    if not picture:
        raise ValueError("not a WebP")
    out = bytearray()
    flags, canvas = _features(chunks, picture)
    for has_block, flag in ((blocks.icc, _ICC), (blocks.exif, _EXIF), (blocks.xmp, _XMP)):
        flags |= flag if has_block else 0
    is_extended = any(c.kind == b"VP8X" for c in chunks)
    if is_extended or flags & ~_ALPHA:
        sides = (side.to_bytes(3, "little") for side in canvas)
        out += _chunk(b"VP8X", struct.pack("<I", flags) + b"".join(sides))
    out += _chunk(b"ICCP", blocks.icc) if blocks.icc else b""
    out += b"".join(_chunk(c.kind, c.body) for c in picture)
    out += _chunk(b"EXIF", blocks.exif) if blocks.exif else b""
    out += _chunk(b"XMP ", blocks.xmp) if blocks.xmp else b""
    out += b"".join(_chunk(c.kind, c.body) for c in others)
    return struct.pack("<4sI4s", b"RIFF", len(out) + 4, b"WEBP") + bytes(out)


def _chunks(content: bytes) -> Iterator[_Chunk]:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return
    at = 12
    end = min(len(content), int.from_bytes(content[4:8], "little") + 8)
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > len(content):
            return
        yield _Chunk(kind, at, at + 8 + length, content[at + 8 : at + 8 + length])
        at += 8 + length + length % 2


def _features(chunks: list[_Chunk], picture: list[_Chunk]) -> tuple[int, tuple[int, int]]:
    """The flags that are not about metadata, and the size of the canvas less one."""
    extended = next((c.body for c in chunks if c.kind == b"VP8X" and len(c.body) >= 10), None)
    if extended is not None:
        width, height = (int.from_bytes(extended[at : at + 3], "little") for at in (4, 7))
        return extended[0] & (_ALPHA | _ANIMATION), (width, height)
    for chunk in picture:
        if chunk.kind == b"VP8L" and len(chunk.body) >= 5:
            (bits,) = struct.unpack_from("<I", chunk.body, 1)
            return (_ALPHA if bits >> 28 & 1 else 0), (bits & 0x3FFF, bits >> 14 & 0x3FFF)
        if chunk.kind == b"VP8 " and len(chunk.body) >= 10:
            width, height = struct.unpack_from("<HH", chunk.body, 6)
            return 0, ((width & 0x3FFF) - 1, (height & 0x3FFF) - 1)
    raise ValueError("a WebP without a picture")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) % 2)
