"""Reads the header of JPEG 2000, as a bare stream or in its box file, with EXIF where it has it."""

from desktopproc.formats import exif
from desktopproc.formats.headers import boxes
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_EXIF_UUID = b"JpgTiffExif->JP2"
_MOST_EXIF = 1 << 20


def read(source: Source) -> Header:
    """Size and EXIF; damaged when neither header box nor stream tells a size."""
    if source.head[:4] == b"\xff\x4f\xff\x51":
        return Header(*_stream_size(source, 0))
    size, facts = None, exif.NOTHING
    for box in boxes.walk(source, 0, source.size):
        if box.kind == b"jp2h":
            header = boxes.first(source, box.start, box.end, b"ihdr")
            if header is not None:
                height, width = source.unpack(">II", header.start)
                size = (width, height)
        elif box.kind == b"jp2c" and size is None:
            size = _stream_size(source, box.start)
        elif box.extended == _EXIF_UUID:
            length = min(box.end - box.start, _MOST_EXIF)
            facts = exif.read(source.at(box.start, length).removeprefix(b"Exif\0\0"))
    if size is None or not all(size):
        raise source.damaged("it ends before it tells its size")
    return Header(*size, facts)


def _stream_size(source: Source, at: int) -> tuple[int, int]:
    right, bottom, left, top = source.unpack(">IIII", at + 8)
    if right <= left or bottom <= top:
        raise source.damaged("its header declares no size")
    return right - left, bottom - top
