"""Compresses the strips of a plain TIFF in place.

libtiff's encoder inside Pillow refuses pictures with EXIF; Pillow's own writer keeps EXIF but does
not compress. So it writes, and this packs the strips afterwards.
"""

import itertools
import struct
import zlib

_COMPRESSION, _OFFSETS, _LENGTHS = 259, 273, 279
_SIZES = {3: (2, "H"), 4: (4, "I")}
_DEFLATE = 8


def deflated(plain: bytes, level: int = 6) -> bytes:
    """The same TIFF with deflated strips; the strips must stand behind the directory, in order."""
    order = "<" if plain[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", plain, 4)
    (count,) = struct.unpack_from(order + "H", plain, first)
    fields = {
        tag: (kind, number, at + 8)
        for at in range(first + 2, first + 2 + 12 * count, 12)
        for tag, kind, number in [struct.unpack_from(order + "HHI", plain, at)]
    }
    starts = _numbers(plain, order, fields[_OFFSETS])
    lengths = _numbers(plain, order, fields[_LENGTHS])
    packed = [
        zlib.compress(plain[start : start + length], level)
        for start, length in zip(starts, lengths, strict=True)
    ]
    result = bytearray(plain[: starts[0]])
    ends = list(itertools.accumulate((len(strip) for strip in packed), initial=starts[0]))
    _put(result, order, fields[_COMPRESSION], [_DEFLATE])
    _put(result, order, fields[_OFFSETS], ends[:-1])
    _put(result, order, fields[_LENGTHS], [len(strip) for strip in packed])
    return b"".join([result, *packed])


def _place(content: bytes | bytearray, order: str, field: tuple[int, int, int]) -> tuple[str, int]:
    kind, number, at = field
    size, letter = _SIZES[kind]
    if size * number > 4:
        (at,) = struct.unpack_from(order + "I", content, at)
    return f"{order}{number}{letter}", at


def _numbers(content: bytes, order: str, field: tuple[int, int, int]) -> tuple[int, ...]:
    form, at = _place(content, order, field)
    return struct.unpack_from(form, content, at)


def _put(content: bytearray, order: str, field: tuple[int, int, int], values: list[int]) -> None:
    form, at = _place(content, order, field)
    struct.pack_into(form, content, at, *values)
