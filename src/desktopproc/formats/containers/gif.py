"""Reads and writes XMP, the colour profile and comments of GIF files.

Blocks are those of GIF89a; XMP is embedded as the XMP Specification part 3 (1.1.2) says.
"""

from collections.abc import Iterator
from typing import NamedTuple

from desktopproc.formats.containers.blocks import Blocks

_XMP = b"XMP DataXMP"
_ICC = b"ICCRGBG1012"
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_APPLICATION, _COMMENT, _PLAIN_TEXT = 0xFF, 0xFE, 0x01
_MAGIC = b"\1" + bytes(range(255, -1, -1)) + b"\0"
_MOST_BLOCKS = 500_000


class _Block(NamedTuple):
    """One block: what begins it, and for an extension its label and application."""

    kind: int
    start: int
    end: int
    label: int = 0
    name: bytes = b""


def read(content: bytes) -> Blocks:
    """XMP, the profile and the comments."""
    xmp = icc = b""
    comments: list[bytes] = []
    for block in _blocks(content)[0]:
        body = content[block.start + 14 : block.end]
        if block.name == _XMP and body.endswith(_MAGIC):
            xmp = xmp or body[: -len(_MAGIC)]
        elif block.name == _ICC:
            icc = icc or b"".join(_sub_blocks(body, 0))
        elif block.label == _COMMENT:
            comments.append(b"".join(_sub_blocks(content, block.start + 2)))
    return Blocks(xmp=xmp, icc=icc, comment=b"\n".join(comments))


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out all that does not show the picture."""
    found, first, rest = _blocks(content)
    if not found:
        raise ValueError("not a GIF")
    new = b"".join(_new_blocks(blocks))
    version = b"GIF89a" if new else content[:6]
    out = bytearray(version + content[6:first])
    for block in found:
        if new and block.name not in _LOOPS:
            out += new
            new = b""
        replaced = block.name in (_XMP, _ICC) or block.label == _COMMENT
        extra = block.label == _PLAIN_TEXT or (block.name and block.name not in _LOOPS)
        if not (replaced or (bare and extra)):
            out += content[block.start : block.end]
    return bytes(out) if bare else bytes(out) + content[rest:]


def _blocks(content: bytes) -> tuple[list[_Block], int, int]:
    """The blocks, and where the first of them begins and the last ends."""
    if content[:4] != b"GIF8" or len(content) < 13:
        return [], 0, 0
    first = at = 13 + _table(content[10])
    found: list[_Block] = []
    while at < len(content) and len(found) < _MOST_BLOCKS:
        kind = content[at]
        block = _Block(kind, at, at + 1)
        if kind == _EXTENSION and at + 2 < len(content):
            name = content[at + 3 : at + 14] if content[at + 1] == _APPLICATION else b""
            block = _Block(kind, at, _behind(content, at + 2), content[at + 1], name)
        elif kind == _IMAGE and at + 10 < len(content):
            data = at + 11 + _table(content[at + 9])
            block = _Block(kind, at, _behind(content, data))
        elif kind != _TRAILER:
            break
        if block.end > len(content):
            break
        found.append(block)
        at = block.end
        if kind == _TRAILER:
            break
    return found, first, at


def _table(flags: int) -> int:
    """How many bytes a colour table takes."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind(content: bytes, at: int) -> int:
    """Behind the block of length 0 that ends a sequence; beyond the file where there is none."""
    while at < len(content):
        length = content[at]
        at += 1 + length
        if not length:
            return at
    return len(content) + 1


def _sub_blocks(content: bytes, at: int) -> Iterator[bytes]:
    while at < len(content) and content[at]:
        yield content[at + 1 : at + 1 + content[at]]
        at += 1 + content[at]


def _new_blocks(blocks: Blocks) -> Iterator[bytes]:
    lead = bytes((_EXTENSION, _APPLICATION, len(_XMP)))
    if blocks.xmp:
        yield lead + _XMP + blocks.xmp + _MAGIC
    if blocks.icc:
        yield lead + _ICC + _divided(blocks.icc)
    if blocks.comment:
        yield bytes((_EXTENSION, _COMMENT)) + _divided(blocks.comment)


def _divided(block: bytes) -> bytes:
    parts = (block[at : at + 255] for at in range(0, len(block), 255))
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"
