"""Reads the header of JPEG XL: the size from its first bits, EXIF from its box file."""

from desktopproc.formats import exif
from desktopproc.formats.headers import boxes, heif
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_MOST_EXIF = 1 << 20
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def read(source: Source) -> Header:
    """Size as stored, and EXIF; damaged when the picture's stream does not begin."""
    if source.head[:2] == b"\xff\x0a":
        return Header(*_size(source, 0))
    size, facts = None, exif.NOTHING
    for box in boxes.walk(source, 0, source.size):
        if box.kind in (b"jxlc", b"jxlp") and size is None:
            size = _size(source, box.start + (4 if box.kind == b"jxlp" else 0))
        elif box.kind == b"Exif":
            block = source.at(box.start, min(box.end - box.start, _MOST_EXIF))
            facts = exif.read(heif.after_lead(block))
    if size is None:
        raise source.damaged("it ends before the picture begins")
    return Header(*size, facts)


def _size(source: Source, at: int) -> tuple[int, int]:
    block = source.at(at, 16)
    if block[:2] != b"\xff\x0a" or len(block) < 12:
        raise source.damaged("the picture does not begin as it should")
    bits = int.from_bytes(block[2:], "little")

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    is_small = take(1)

    def side() -> int:
        return (take(5) + 1) * 8 if is_small else take((9, 13, 18, 30)[take(2)]) + 1

    height = side()
    ratio = take(3)
    if not ratio:
        return side(), height
    numerator, denominator = _RATIOS[ratio - 1]
    return height * numerator // denominator, height
