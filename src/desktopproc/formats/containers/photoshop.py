"""Takes Photoshop image resources apart, the blocks in which JPEG and TIFF keep IPTC records.

Names and numbers are of the Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

IPTC = 0x0404
PATHS = range(2000, 2998)
_DIGEST = 0x0425  # of the IPTC records; wrong once they change
_CARRIED = frozenset({IPTC, _DIGEST, 0x040F, 0x0422, 0x0423, 0x0424})  # ICC, EXIF, XMP
SHOWING = frozenset({0x03ED, 0x0409, 0x040C})
"""Resources about the pixels as they were: their resolution, and previews."""
_SIGNATURES = frozenset({b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"})
_MOST = 4096


class Resource(NamedTuple):
    """One resource: its number, and all its bytes with the padding; `value` is what it holds."""

    number: int
    raw: bytes
    value: bytes


def resources(block: bytes) -> list[Resource]:
    """The resources of a block, up to the first that makes no sense."""
    found: list[Resource] = []
    at = 0
    while at + 12 <= len(block) and len(found) < _MOST and block[at : at + 4] in _SIGNATURES:
        (number,) = struct.unpack_from(">H", block, at + 4)
        start = at + 6 + (block[at + 6] + 2) // 2 * 2  # a text with its length before it
        if start + 4 > len(block):
            break
        (length,) = struct.unpack_from(">I", block, start)
        end = start + 4 + length
        if end > len(block):
            break
        following = end + length % 2
        raw = block[at:following] + b"\0" * (following > len(block))
        found.append(Resource(number, raw, block[start + 4 : end]))
        at = following
    return found


def iptc_of(block: bytes) -> bytes:
    """The IPTC records in it."""
    return next((r.value for r in resources(block) if r.number == IPTC), b"")


def others_of(block: bytes) -> bytes:
    """What is neither IPTC nor carried over as a block of its own."""
    return b"".join(r.raw for r in resources(block) if r.number not in _CARRIED)


def joined(iptc: bytes, others: bytes) -> bytes:
    """A block of both."""
    if not iptc:
        return others
    lead = struct.pack(">4sHHI", b"8BIM", IPTC, 0, len(iptc))
    return lead + iptc + b"\0" * (len(iptc) % 2) + others


def without(block: bytes, numbers: Iterable[int]) -> bytes:
    """The block without these resources."""
    dropped = frozenset(numbers)
    return b"".join(r.raw for r in resources(block) if r.number not in dropped)


def has_paths(block: bytes) -> bool:
    """Whether somebody drew clipping paths."""
    return any(r.number in PATHS for r in resources(block))
