"""Reads the headers of pictures whose size stands at a fixed place and that have little else."""

import re

from desktopproc.formats import exif
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_MOST_RESOURCES = 512
_EXIF_RESOURCE = 1058
_NETPBM = re.compile(rb"P[1-7Ff](?:\s|#[^\n]*\n)+(\d{1,9})(?:\s|#[^\n]*\n)+(\d{1,9})")
_PAM = re.compile(rb"P7\n(?:.*\n)*?WIDTH (\d{1,9})\nHEIGHT (\d{1,9})")


def _header(source: Source, width: int, height: int, facts: exif.Exif = exif.NOTHING) -> Header:
    if width <= 0 or height <= 0:
        raise source.damaged("its header declares no size")
    return Header(width, height, facts)


def read_gif(source: Source) -> Header:
    """The logical screen of a GIF."""
    return _header(source, *source.unpack("<HH", 6))


def read_bmp(source: Source) -> Header:
    """A Windows or OS/2 bitmap; a negative height only means top to bottom."""
    (length,) = source.unpack("<I", 14)
    width, height = source.unpack("<HH", 18) if length == 12 else source.unpack("<ii", 18)
    return _header(source, width, abs(height))


def read_ico(source: Source) -> Header:
    """The largest picture of an icon; 0 means 256."""
    (count,) = source.unpack("<H", 4)
    entries = [source.unpack("<BB", 6 + 16 * n) for n in range(min(count, 64))]
    sides = [(width or 256, height or 256) for width, height in entries]
    return _header(source, *max(sides, key=lambda side: side[0] * side[1], default=(0, 0)))


def read_tga(source: Source) -> Header:
    """A Targa picture."""
    return _header(source, *source.unpack("<HH", 12))


def read_psd(source: Source) -> Header:
    """A Photoshop file, with the EXIF among its resources."""
    height, width = source.unpack(">II", 14)
    (colours,) = source.unpack(">I", 26)
    at = 30 + colours
    lead = source.at(at, 4)
    end = at + 4 + int.from_bytes(lead)
    at += 4
    for _ in range(_MOST_RESOURCES):
        block = source.at(at, 7)
        if at >= end or len(block) < 7 or block[:4] not in (b"8BIM", b"8B64", b"MeSa", b"PHUT"):
            break
        named = at + 6 + (block[6] + 2 & ~1)
        length = int.from_bytes(source.at(named, 4))
        if int.from_bytes(block[4:6]) == _EXIF_RESOURCE:
            facts = exif.read(source.at(named + 4, min(length, 1 << 20)))
            return _header(source, width, height, facts)
        at = named + 4 + length + (length & 1)
    return _header(source, width, height)


def read_netpbm(source: Source) -> Header:
    """PBM, PGM, PPM, PAM and PFM: the size is written out in words."""
    match = _PAM.match(source.head) or _NETPBM.match(source.head)
    if match is None:
        raise source.damaged("it ends before it tells its size")
    return _header(source, int(match[1]), int(match[2]))


def read_qoi(source: Source) -> Header:
    """QOI."""
    return _header(source, *source.unpack(">II", 4))


def read_dds(source: Source) -> Header:
    """DirectDraw surfaces."""
    height, width = source.unpack("<II", 12)
    return _header(source, width, height)
