"""Reads the header of a JPEG: its size and its EXIF, up to the first scan."""

from desktopproc.core.errors import BadInputError
from desktopproc.formats import exif
from desktopproc.formats.headers.header import Header
from desktopproc.formats.headers.source import Source

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_BARE = frozenset(range(0xD0, 0xD9)) | {0x00, 0x01}  # markers without a length
_APP1, _SCAN, _END = 0xE1, 0xDA, 0xD9
_EXIF = b"Exif\0"
_MOST_SEGMENTS = 2000
_MOST_PIECES = 64


def read(source: Source, start: int = 0) -> Header:
    """Size and EXIF of the JPEG at `start`; damaged when it ends before it tells its size."""
    at = start + 2
    head = source.head
    pieces: list[bytes] = []
    for _ in range(_MOST_SEGMENTS):
        lead = head[at : at + 10]
        if len(lead) < 10 and len(lead := source.at(at, 10)) < 4:
            break
        if lead[0] != 0xFF or lead[1] == 0xFF:  # garbage or fill bytes before the next marker
            at = _next_marker(source, at)
            continue
        marker = lead[1]
        if marker in _FRAMES and len(lead) >= 9:
            height, width = int.from_bytes(lead[5:7]), int.from_bytes(lead[7:9])
            if not width or not height:
                raise source.damaged("its header declares no size")
            return Header(width, height, _facts(pieces))
        if marker in _BARE:
            at += 2
            continue
        if marker in (_SCAN, _END):
            break
        length = int.from_bytes(lead[2:4])
        if marker == _APP1 and lead[4:9] == _EXIF and len(pieces) < _MOST_PIECES:
            pieces.append(source.at(at + 10, length - 8))
        at += 2 + max(length, 2)
    raise source.damaged("it ends before the picture begins")


def facts_at(source: Source, start: int) -> exif.Exif:
    """The EXIF of a JPEG inside another file; nothing where there is none."""
    if source.at(start, 2) != b"\xff\xd8":
        return exif.NOTHING
    try:
        return read(source, start).exif
    except BadInputError:
        return exif.NOTHING


def _next_marker(source: Source, at: int) -> int:
    block = source.at(at, 4096)
    place = block.find(b"\xff", 0 if block[:1] != b"\xff" else 1)
    return at + place if place >= 0 else at + len(block)


def _facts(pieces: list[bytes]) -> exif.Exif:
    """EXIF larger than one segment goes on in the next ones, which have no byte order mark."""
    if not pieces:
        return exif.NOTHING
    block = pieces[0]
    for piece in pieces[1:]:
        if piece[:4] in (b"II*\0", b"MM\0*"):
            break
        block += piece
    return exif.read(block)
