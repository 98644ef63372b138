"""Reads and writes the metadata chunks of PNG files; the picture's own are copied as they are.

Chunks are those of PNG (third edition, 11.3); the "Raw profile type" texts are ImageMagick's, which
others read and write too.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from desktopproc.formats.containers import photoshop
from desktopproc.formats.containers.blocks import Blocks, Note

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP = b"XML:com.adobe.xmp"
_RAW = b"Raw profile type "
_COMMENT = b"Comment"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_MOST_INFLATED = 64 << 20
_MOST_CHUNKS = 100_000
_METRE = 0.0254  # metres in an inch
_EXTRAS = frozenset({*_TEXTS, b"eXIf", b"tIME", b"zxIf", b"caBX", b"dSIG", b"iDOT", b"vpAg"})
_COLOURS = frozenset({b"sRGB", b"gAMA", b"cHRM"})


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    end: int


def read(content: bytes, note: Note) -> Blocks:
    """The blocks of all chunks; of the same block in two chunks the standard's own counts."""
    found: dict[str, bytes] = {}
    dpi = None
    for chunk in _chunks(content):
        body = content[chunk.start + 8 : chunk.end - 4]
        try:
            if chunk.kind == b"pHYs":
                dpi = _density(body)
            for name, block in _blocks(chunk.kind, body):
                if chunk.kind == b"eXIf" or not found.get(name):
                    found[name] = block
        except (ValueError, zlib.error):
            note("A damaged block of metadata was left out.")
    resources = found.pop("irb", b"")
    if resources and not found.get("iptc"):
        found["iptc"] = photoshop.iptc_of(resources)
    return Blocks(**found, dpi=dpi, photoshop=photoshop.others_of(resources))


def write(content: bytes, blocks: Blocks, *, bare: bool) -> bytes:
    """The same picture with these blocks; `bare` leaves out all that does not show the picture."""
    chunks = list(_chunks(content))
    if not chunks or chunks[0].kind != b"IHDR":
        raise ValueError("not a PNG")
    out = bytearray(_SIGNATURE)
    has_texts = False
    for number, chunk in enumerate(chunks):
        if chunk.kind in (b"IDAT", b"fcTL") and not has_texts:
            out += b"".join(_before_pixels(blocks))
            has_texts = True
        if not _is_replaced(content, chunk, blocks, bare=bare):
            out += content[chunk.start : chunk.end]
        if number == 0 and blocks.icc:
            out += _chunk(b"iCCP", b"icc\0\0" + zlib.compress(blocks.icc, 9))
    if not has_texts:
        raise ValueError("a PNG without a picture")
    behind = chunks[-1].end
    return bytes(out) if bare else bytes(out) + content[behind:]


def _chunks(content: bytes) -> Iterator[_Chunk]:
    at = len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(content) or not content.startswith(_SIGNATURE):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            return
        yield _Chunk(kind, at, end)
        if kind == b"IEND":
            return
        at = end


def _blocks(kind: bytes, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The blocks in one chunk, by the names of their fields ("irb" is to be taken apart)."""
    if kind == b"eXIf":
        yield "exif", body.removeprefix(b"Exif\0\0")
    elif kind == b"iCCP":
        yield "icc", _inflated(body.partition(b"\0")[2][1:])
    elif kind in _TEXTS:
        keyword, text = _text(kind, body)
        if keyword == _XMP:
            yield "xmp", text
        elif keyword == _COMMENT:
            yield "comment", text
        elif keyword.startswith(_RAW):
            yield from _raw_profile(keyword[len(_RAW) :].lower(), text)


def _text(kind: bytes, body: bytes) -> tuple[bytes, bytes]:
    """A text chunk's keyword and text, of those that are wanted; others are not inflated."""
    keyword, _, rest = body.partition(b"\0")
    if keyword not in (_XMP, _COMMENT) and not keyword.startswith(_RAW):
        return b"", b""
    if kind == b"zTXt":
        return keyword, _inflated(rest[1:])
    if kind == b"iTXt":
        text = rest[2:].split(b"\0", 2)[-1]
        return keyword, _inflated(text) if rest[:1] == b"\1" else text
    return keyword, rest


def _raw_profile(name: bytes, text: bytes) -> Iterator[tuple[str, bytes]]:
    """What is written as a name, a length and hexadecimal digits, in lines."""
    match = re.match(rb"\s*[^\n]*\n\s*(\d{1,10})\n([0-9a-fA-F\s]*)", text)
    if match is None:
        raise ValueError("a raw profile that is none")
    block = bytes.fromhex(match[2].decode("ascii"))[: int(match[1])]
    if name in (b"exif", b"app1") and block.startswith(b"Exif\0\0"):
        yield "exif", block[6:]
    elif name == b"exif":
        yield "exif", block
    elif name in (b"iptc", b"8bim"):
        yield ("irb", block) if block.startswith(b"8BIM") else ("iptc", block)
    elif name == b"xmp" or block.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        yield "xmp", block.removeprefix(b"http://ns.adobe.com/xap/1.0/\0")
    elif name in (b"icc", b"icm"):
        yield "icc", block


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    block = unpacker.decompress(packed, _MOST_INFLATED)
    if unpacker.unconsumed_tail:
        raise ValueError("a block of metadata that is larger than any sound one")
    return block


def _density(body: bytes) -> tuple[float, float] | None:
    if len(body) < 9 or body[8] != 1:
        return None
    across, down = (value * _METRE for value in struct.unpack_from(">II", body))
    return (across, down) if across and down else None


def _is_replaced(content: bytes, chunk: _Chunk, blocks: Blocks, *, bare: bool) -> bool:
    if chunk.kind in (b"eXIf", b"iCCP") or (bare and chunk.kind in _EXTRAS):
        return True
    if chunk.kind == b"pHYs":
        return blocks.dpi is not None
    if chunk.kind in _COLOURS:
        return bool(blocks.icc)
    if chunk.kind in _TEXTS:
        keyword = content[chunk.start + 8 : chunk.start + 90].partition(b"\0")[0]
        return keyword in (_XMP, _COMMENT) or keyword.startswith(_RAW)
    return False


def _before_pixels(blocks: Blocks) -> Iterator[bytes]:
    if blocks.dpi:
        across, down = (min(max(round(v / _METRE), 1), 0x7FFFFFFF) for v in blocks.dpi)
        yield _chunk(b"pHYs", struct.pack(">IIB", across, down, 1))
    if blocks.exif:
        yield _chunk(b"eXIf", blocks.exif)
    if blocks.xmp:
        yield _chunk(b"iTXt", _XMP + b"\0\0\0\0\0" + blocks.xmp)
    if blocks.iptc or blocks.photoshop:
        resources = photoshop.joined(blocks.iptc, blocks.photoshop)
        digits = resources.hex()
        lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
        text = f"\niptc\n{len(resources):8}\n{lines}\n".encode("ascii")
        yield _chunk(b"zTXt", _RAW + b"iptc\0\0" + zlib.compress(text, 9))
    if blocks.comment:
        yield _comment(blocks.comment)


def _comment(comment: bytes) -> bytes:
    text = comment.replace(b"\0", b" ")
    if text.isascii():
        return _chunk(b"tEXt", _COMMENT + b"\0" + text)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        text = text.decode("latin-1").encode()
    return _chunk(b"iTXt", _COMMENT + b"\0\0\0\0\0" + text)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", check)
