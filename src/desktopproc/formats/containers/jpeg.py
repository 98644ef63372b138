"""Reads and writes the metadata segments of JPEG files; the picture's own are copied as they are.

Segments are those of Exif 3.0 (4.7), of the XMP Specification part 3 (1.1.3), of the ICC profile
specification (annex B.4), of JFIF 1.02 and of CIPA DC-007 (the multi-picture index).
"""

import hashlib
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from desktopproc.formats import xmp
from desktopproc.formats.containers import mpf, photoshop
from desktopproc.formats.containers.blocks import Blocks, Note

_APP0, _APP1, _APP2, _APP13, _APP14, _COM, _SOS = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE, 0xDA
_MOST_SEGMENT = 0xFFFF - 2
_MOST_SEGMENTS = 20_000
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_ICC = b"ICC_PROFILE\0"
_JFIF = b"JFIF\0"
_MPF = b"MPF\0"
_MARKS = {
    _APP0: (_JFIF,),
    _APP1: (_EXIF, _XMP, _EXTENSION),
    _APP2: (_ICC, _MPF),
    _APP13: (_PHOTOSHOP,),
}
_REPLACED = frozenset({_EXIF, _XMP, _EXTENSION, _PHOTOSHOP, _ICC, _JFIF, b"comment"})
_MOST_EXIF = _MOST_SEGMENT - len(_EXIF)
_MOST_XMP = 65502  # XMP Specification part 3, table 6
_EXTENSION_PART = 65400
_MOST_ICC = 255 * (_MOST_SEGMENT - len(_ICC) - 2)
_BYTE_ORDERS = (b"II*\0", b"MM\0*")
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class _Segment(NamedTuple):
    """One segment: where it lies, and by which mark its content begins."""

    marker: int
    start: int
    end: int
    mark: bytes


def read(content: bytes, note: Note) -> Blocks:
    """The blocks of all segments before the picture's first scan."""
    parts: dict[bytes, list[bytes]] = {}
    for segment in _segments(content)[0]:
        start = segment.start + 4 + (0 if segment.mark == b"comment" else len(segment.mark))
        parts.setdefault(segment.mark, []).append(content[start : segment.end])
    resources = b"".join(parts.get(_PHOTOSHOP, []))
    return Blocks(
        exif=b"".join(_exif_parts(parts.get(_EXIF, []))),
        xmp=_whole_xmp(parts, note),
        iptc=photoshop.iptc_of(resources),
        icc=_profile(parts.get(_ICC, [])),
        dpi=_density(next(iter(parts.get(_JFIF, [])), b"")),
        comment=b"\n".join(parts.get(b"comment", [])),
        photoshop=photoshop.others_of(resources),
    )


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out all that does not show the picture.

    None of the blocks may be too large: see `too_large`.
    """
    segments, rest = _segments(content)
    if content[:2] != b"\xff\xd8" or rest >= len(content):
        raise ValueError("not a whole JPEG")
    jfif = next((content[s.start : s.end] for s in segments if s.mark == _JFIF), b"")
    head = bytearray(b"\xff\xd8" + _with_density(jfif, blocks.dpi, bare=bare))
    head += b"".join(_new_segments(blocks))
    index = None
    for segment in segments:
        if segment.mark in _REPLACED or (bare and _is_extra(content, segment)):
            continue
        if segment.mark == _MPF:
            length = segment.end - segment.start
            index = mpf.Place(segment.start + 4, len(head) + 4, len(head) + length)
        head += content[segment.start : segment.end]
    if index is not None:
        mpf.moved(head, index, len(head) - rest)
    end = _end_of_picture(content, rest) if bare else len(content)
    return bytes(head) + content[rest:end]


def behind(content: bytes) -> bytes:
    """What lies behind the picture: further pictures, video, a maker's trailer."""
    return content[_end_of_picture(content, _segments(content)[1]) :]


def too_large(blocks: Blocks) -> Iterator[str]:
    """The blocks that do not fit into segments, by the names of their fields."""
    if len(blocks.exif) > _MOST_EXIF:
        yield "exif"
    if len(blocks.xmp) > _MOST_XMP and not xmp.halves(blocks.xmp, _MOST_XMP):
        yield "xmp"
    if len(blocks.icc) > _MOST_ICC:
        yield "icc"


def _segments(content: bytes) -> tuple[list[_Segment], int]:
    """The segments before the first scan, and where that (or what makes no sense) begins."""
    found: list[_Segment] = []
    at = 2
    while 2 <= at <= len(content) - 4 and len(found) < _MOST_SEGMENTS:
        if content[at] != 0xFF:  # garbage, which every decoder skips
            at = content.find(b"\xff", at)
            continue
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker in (0, 1, _SOS) or 0xD0 <= marker <= 0xD9 or end < at + 4 or end > len(content):
            break
        found.append(_Segment(marker, at, end, _mark(content, marker, at + 4)))
        at = end
    return found, at if at >= 2 else len(content)


def _mark(content: bytes, marker: int, start: int) -> bytes:
    if marker == _COM:
        return b"comment"
    marks = _MARKS.get(marker, ())
    return next((mark for mark in marks if content.startswith(mark, start)), b"")


def _is_extra(content: bytes, segment: _Segment) -> bool:
    """Application data, unless the colours cannot be read without it."""
    if segment.marker == _APP14:
        return not content.startswith(b"Adobe", segment.start + 4)
    return 0xE0 <= segment.marker <= 0xEF


def _exif_parts(parts: list[bytes]) -> Iterator[bytes]:
    """EXIF larger than a segment goes on in the next ones, which have no byte order mark."""
    for number, part in enumerate(parts):
        if number and part.startswith(_BYTE_ORDERS):
            return
        yield part


def _whole_xmp(parts: dict[bytes, list[bytes]], note: Note) -> bytes:
    main = next(iter(parts.get(_XMP, [])), b"").rstrip(b"\0")
    pieces: dict[int, bytes] = {}
    wanted = xmp.extension_of(main) if parts.get(_EXTENSION) else b""
    for part in parts.get(_EXTENSION, []):
        if len(part) >= 40 and part[:32].upper() == wanted:
            pieces[int.from_bytes(part[36:40])] = part[40:]
    extended = b"".join(piece for _, piece in sorted(pieces.items()))
    if not wanted or hashlib.md5(extended, usedforsecurity=False).hexdigest().upper() == (
        wanted.decode("ascii", "replace")
    ):
        return xmp.joined(main, extended) if extended else main
    note("A part of the XMP data is missing or damaged and was left out.")
    return main


def _profile(parts: list[bytes]) -> bytes:
    """The pieces of the profile in the order of their numbers; none if one is missing."""
    pieces = {part[0]: part[2:] for part in parts if len(part) > 2}
    count = parts[0][1] if pieces else 0
    if sorted(pieces) != list(range(1, count + 1)):
        return b""
    return b"".join(pieces[number] for number in range(1, count + 1))


def _density(jfif: bytes) -> tuple[float, float] | None:
    if len(jfif) < 7 or jfif[2] not in (1, 2):
        return None
    across, down = struct.unpack_from(">HH", jfif, 3)
    scale = 2.54 if jfif[2] == 2 else 1.0
    return (across * scale, down * scale) if across and down else None


def _with_density(jfif: bytes, dpi: tuple[float, float] | None, *, bare: bool) -> bytes:
    if len(jfif) < 18:
        return jfif
    if bare:  # without its preview
        jfif = jfif[:2] + struct.pack(">H", 16) + jfif[4:16] + b"\0\0"
    if dpi is None or _density(jfif[9:]) == dpi:
        return jfif
    across, down = (min(max(round(value), 1), 0xFFFF) for value in dpi)
    return jfif[:11] + struct.pack(">BHH", 1, across, down) + jfif[16:]


def _new_segments(blocks: Blocks) -> Iterator[bytes]:
    if blocks.exif:
        yield _segment(_APP1, _EXIF + blocks.exif)
    if blocks.xmp:
        yield from _xmp_segments(blocks.xmp)
    resources = photoshop.joined(blocks.iptc, blocks.photoshop)
    for part in _cut(resources, _MOST_SEGMENT - len(_PHOTOSHOP)):
        yield _segment(_APP13, _PHOTOSHOP + part)
    parts = list(_cut(blocks.icc, _MOST_SEGMENT - len(_ICC) - 2))
    for number, part in enumerate(parts, 1):
        yield _segment(_APP2, _ICC + bytes((number, len(parts))) + part)
    for part in _cut(blocks.comment, _MOST_SEGMENT):
        yield _segment(_COM, part)


def _xmp_segments(packet: bytes) -> Iterator[bytes]:
    if len(packet) <= _MOST_XMP:
        yield _segment(_APP1, _XMP + packet)
        return
    main, extended = xmp.halves(packet, _MOST_XMP) or (b"", b"")
    yield _segment(_APP1, _XMP + main)
    if extended:
        digest = hashlib.md5(extended, usedforsecurity=False).hexdigest().upper().encode()
        for number, part in enumerate(_cut(extended, _EXTENSION_PART)):
            place = struct.pack(">II", len(extended), number * _EXTENSION_PART)
            yield _segment(_APP1, _EXTENSION + digest + place + part)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _cut(block: bytes, length: int) -> Iterator[bytes]:
    for at in range(0, len(block), length):
        yield block[at : at + length]


def _end_of_picture(content: bytes, scan: int) -> int:
    """Behind the end marker of the first picture; the end of the file where there is none."""
    at = scan
    while (found := _MARKER.search(content, at)) is not None:
        at = found.end()
        marker = content[at - 1]
        if marker == 0xD9:
            return at
        if marker != 1:
            at += max(2, int.from_bytes(content[at : at + 2]))
    return len(content)
