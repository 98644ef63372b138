"""Reads the header of a WebP: its size from any of the three kinds of chunk, and its EXIF."""

import struct

from desktopproc.formats import exif
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_MOST_CHUNKS = 256
_MOST_EXIF = 1 << 20


def read(source: Source) -> Header:
    """Size and EXIF; damaged when the first chunk tells no size."""
    kind = source.at(12, 4)
    if kind == b"VP8X":
        low = source.unpack("<HBHB", 24)
        width, height = low[0] + (low[1] << 16) + 1, low[2] + (low[3] << 16) + 1
        return Header(width, height, _facts(source))
    if kind == b"VP8L":
        (bits,) = source.unpack("<I", 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        if source.at(23, 3) != b"\x9d\x01\x2a":
            raise source.damaged("its picture does not begin as it should")
        width, height = (side & 0x3FFF for side in source.unpack("<HH", 26))
    else:
        raise source.damaged("it does not begin with a picture")
    if not width or not height:
        raise source.damaged("its header declares no size")
    return Header(width, height)


def _facts(source: Source) -> exif.Exif:
    at = 12
    for _ in range(_MOST_CHUNKS):
        lead = source.at(at, 8)
        if len(lead) < 8:
            break
        kind, length = struct.unpack("<4sI", lead)
        if kind == b"EXIF":
            block = source.at(at + 8, min(length, _MOST_EXIF))
            return exif.read(block[6:] if block[:6] == b"Exif\0\0" else block)
        at += 8 + length + (length & 1)
    return exif.NOTHING
