"""Reads the header of a PNG or APNG: its size and its EXIF, wherever that chunk stands."""

import binascii
import re
import zlib

from desktopproc.formats import exif
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_MOST_CHUNKS = 64  # then it is quicker to look from the end
_MOST_EXIF = 1 << 20
_TAIL_BYTES = 1 << 16
_RAW_PROFILE = re.compile(rb"Raw profile type (?:exif|APP1)\0", re.IGNORECASE)


def read(source: Source) -> Header:
    """Size and EXIF; damaged when the first chunk is not a whole header."""
    if source.at(12, 4) != b"IHDR":
        raise source.damaged("it does not begin with its header")
    width, height = source.unpack(">II", 16)
    if not (0 < width < 1 << 31 and 0 < height < 1 << 31):
        raise source.damaged("its header declares no size")
    return Header(width, height, exif.read(_exif_block(source)))


def _exif_block(source: Source) -> bytes:
    at = 8
    for _ in range(_MOST_CHUNKS):
        lead = source.at(at, 8)
        if len(lead) < 8 or lead[4:] == b"IEND":
            return b""
        length, kind = int.from_bytes(lead[:4]), lead[4:]
        if kind == b"eXIf":
            return _bare(source.at(at + 8, min(length, _MOST_EXIF)))
        if kind in (b"zTXt", b"tEXt", b"iTXt"):
            text = source.at(at + 8, min(length, _MOST_EXIF))
            if _RAW_PROFILE.match(text):
                return _bare(_from_text(text, kind))
        at += 12 + length
    return _from_tail(source)


def _from_tail(source: Source) -> bytes:
    """Where many small image chunks lie between, the chunk is looked for from the end."""
    tail = source.tail(_TAIL_BYTES)
    place = tail.find(b"eXIf", 4)
    if place < 4:
        return b""
    end = place + 4 + int.from_bytes(tail[place - 4 : place])
    check = binascii.crc32(tail[place:end]).to_bytes(4)
    return _bare(tail[place + 4 : end]) if tail[end : end + 4] == check else b""


def _from_text(text: bytes, kind: bytes) -> bytes:
    """EXIF as ImageMagick writes it: a text of hexadecimal digits after a name and a length."""
    body = text.split(b"\0", 1)[1]
    if kind != b"tEXt":
        start = 1 if kind == b"zTXt" else 4
        try:
            body = zlib.decompressobj().decompress(body[start:], 4 * _MOST_EXIF)
        except zlib.error:
            return b""
    lines = body.split(b"\n", 3)
    digits = b"".join(lines[3].split()) if len(lines) == 4 else b""
    try:
        return binascii.unhexlify(digits)
    except binascii.Error:
        return b""


def _bare(block: bytes) -> bytes:
    return block[6:] if block[:6] == b"Exif\0\0" else block
