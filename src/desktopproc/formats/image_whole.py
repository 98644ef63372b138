"""Tells from the marks at the end of a file whether a picture was cut off."""

import struct
from collections.abc import Callable


def is_whole(content: bytes, kind: str) -> bool:
    """Whether the end of the picture is there; kinds without such a mark count as whole."""
    check = _CHECKS.get(kind)
    return check is None or check(content)


def scan_start(content: bytes) -> int:
    """Where the first scan of a JPEG begins, behind previews in its header; -1 if nowhere."""
    at = content.find(b"\xff\xd8") + 2
    while 2 <= at < len(content) - 3:
        marker = content[at + 1]
        if content[at] != 0xFF:
            at = content.find(b"\xff", at)
        elif marker == 0xDA:
            return at
        elif marker in {0xFF, 0x00, 0x01, *range(0xD0, 0xD9)}:
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return -1


def _jpeg(content: bytes) -> bool:
    return content.rfind(b"\xff\xd9") > scan_start(content) >= 0


def _png(content: bytes) -> bool:
    return content.rfind(b"IEND") > 0


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
