"""Tells from end marks, checksums and holes whether all of a picture is there."""

import struct
import zlib
from collections.abc import Callable, Iterator

_HOLE = bytes(1024)
_SCAN, _TABLES, _PROGRESSIVE = 0xDA, 0xC4, 0xC2
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_LONELY = frozenset({0xFF, 0x00, 0x01, *range(0xD0, 0xD9)})  # markers without a length


def is_whole(content: bytes, kind: str) -> bool:
    """Whether nothing seems to be missing; kinds that have no way to tell count as whole."""
    check = _CHECKS.get(kind)
    return check is None or check(content)


def scan_start(content: bytes) -> int:
    """Where the first scan of a JPEG begins, behind previews in its header; -1 if nowhere."""
    return next((at for marker, at, _ in _segments(content) if marker == _SCAN), -1)


def jpeg_end(content: bytes | bytearray, start: int) -> int:
    """Behind the JPEG that begins here; only behind its first mark where that is no JPEG."""
    inner = bytes(content[start:])
    scan = scan_start(inner)
    if scan < 0:
        return start + 2
    end = inner.find(b"\xff\xd9", scan)
    return len(content) if end < 0 else start + end + 2


def precision(content: bytes) -> int:
    """Bits per colour in the frame header of a JPEG (ITU-T T.81, B.2.2); 0 if there is none."""
    frames = (at for marker, at, _ in _segments(content) if marker in _FRAMES)
    at = next(frames, None)
    return 0 if at is None else content[at + 4]


def size_in(content: bytes) -> tuple[int, int]:
    """Width and height in the frame header of a JPEG (ITU-T T.81, B.2.2); zeros if none."""
    at = next((at for marker, at, _ in _segments(content) if marker in _FRAMES), None)
    if at is None:
        return 0, 0
    height, width = struct.unpack_from(">HH", content, at + 5)
    return width, height


def is_progressive(content: bytes) -> bool:
    """Whether a JPEG comes in scans that grow finer (ITU-T T.81, annex G)."""
    return any(marker == _PROGRESSIVE for marker, _, _ in _segments(content))


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment in a JPEG's header, the first scan being the last."""
    at = content.find(b"\xff\xd8") + 2
    while 2 <= at < len(content) - 3:
        marker = content[at + 1]
        if content[at] != 0xFF:
            at = content.find(b"\xff", at)
        elif marker in _LONELY:
            at += 1 if marker == 0xFF else 2
        else:
            end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
            yield marker, at, end
            if marker == _SCAN:
                return
            at = end


def _jpeg(content: bytes) -> bool:
    segments = list(_segments(content))
    if not segments or segments[-1][0] != _SCAN:
        return False
    start = segments[-1][1]
    if content.rfind(b"\xff\xd9") < start:
        return False
    hole = content.find(_HOLE, start)
    if hole < 0 or is_progressive(content):
        return True
    if 0 < content.find(b"\xff\xd9", start) < hole:
        return True  # cameras pad their files behind the picture
    tables = [content[at + 4 : end] for marker, at, end in segments if marker == _TABLES]
    return _zeros_are_plain(tables)


def _zeros_are_plain(tables: list[bytes]) -> bool:
    """Whether a run of zero bits is a plain area: where the shortest code of brightness steps
    means "no more", as in pictures that are plain for the most part. Else it is a hole."""
    shortest = []
    for table in tables:
        at = 0
        while at + 17 < len(table):
            if table[at] >> 4 == 1:
                shortest.append(table[at + 17])
            at += 17 + sum(table[at + 1 : at + 17])
    return bool(shortest) and not any(shortest)


def _png(content: bytes) -> bool:
    """Walk the chunks to the last one; their checksums tell what was changed on the way."""
    at = 8
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        end = at + 8 + size
        if (
            zlib.crc32(memoryview(content)[at + 4 : end]).to_bytes(4, "big")
            != content[end : end + 4]
        ):
            return False
        if content[at + 4 : at + 8] == b"IEND":
            return True
        at = end + 4
    return False


def _gif(content: bytes) -> bool:
    return content[-1024:].rstrip(b"\0")[-1:] == b";"


def _webp(content: bytes) -> bool:
    return int.from_bytes(content[4:8], "little") + 8 <= len(content) + 1  # last pad byte: optional


def _boxes(content: bytes) -> bool:
    """Walk the top-level boxes of AVIF, HEIF and JPEG 2000 files to the end of the file."""
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        if size == 0:
            return True
        if size < 8:
            return False
        at += size
    return at <= len(content)


def _jpeg2000(content: bytes) -> bool:
    return content[-64:].rfind(b"\xff\xd9") >= 0 or (
        content[4:8] == b"jP  " and b"\xff\xd9" in content and _boxes(content)
    )


def _bmp(content: bytes) -> bool:
    if len(content) < 34:
        return False
    start, header = struct.unpack_from("<II", content, 10)
    if header < 40 or int.from_bytes(content[30:34], "little") not in {0, 3}:
        return True
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    return bool(start + (width * bits + 31) // 32 * 4 * abs(height) <= len(content))


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "AVIF": _boxes,
    "HEIF": _boxes,
    "JPEG2000": _jpeg2000,
    "BMP": _bmp,
}
