"""Packs the streams of a PDF as tightly as can be without changing what they hold."""

import base64
import binascii
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.samples import filters_of

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

PACKER = ("deflate",)
"""What worker processes import once for operations that pack streams."""

FAST, TIGHT = 6, 12  # levels of libdeflate; 6 packs better than zlib's 9 in a fifth of the time

_MOST_UNPACKED = 64 << 20  # larger streams are packed well already, or made to fill the memory
_FEW = 1024
_USUAL = 8  # streams are rarely packed better than that
_MOST_LZW = 64 << 10  # LZW packs up to a thousand to one too, and nobody limits its decoder
_OLD = {"/LZWDecode", "/RunLengthDecode"}
_BEST = b"\x78\xda"  # RFC 1950, FLEVEL 3: whoever packed it spared no time already
_LETTERS = {"/ASCII85Decode", "/ASCIIHexDecode"}
_EVERY = 16  # streams between two stop points


def packed(pdf: "Pdf", level: int = FAST) -> Iterator[float]:
    """Pack each stream anew where that makes it smaller; yields the share that is done."""
    from pikepdf import PikepdfError, Stream, settings

    settings.set_flate_compression_level(9)  # of what qpdf packs itself: object streams
    objects = pdf.objects
    for count, found in enumerate(objects, 1):
        if isinstance(found, Stream) and found.get("/Type") != "/Metadata":
            try:
                _pack(found, level)
            except PikepdfError:
                continue  # what cannot be read is written as it is
        if count % _EVERY == 0:
            yield count / len(objects)


def _pack(stream: "Object", level: int) -> None:
    filters, raw = filters_of(stream), stream.read_raw_bytes()
    if level < TIGHT and filters == ["/FlateDecode"] and raw.startswith(_BEST):
        return
    parms = _parms(stream, len(filters))
    bare, left = _without_letters(raw, filters)
    parms = parms[len(filters) - len(left) :]
    if not left:
        _write(stream, raw, bare, [], [], level)
    elif left == ["/FlateDecode"]:
        content = unpacked(bare)
        if content is not None:
            _write(stream, raw, content, [], parms, level)
    elif left[0] == "/FlateDecode" and not parms[0]:
        content = unpacked(bare)  # such as a JPEG in a deflated stream
        if content is not None and len(content) < len(raw):
            _replace(stream, content, left[1:], parms[1:])
    elif len(filters) == 1 and filters[0] in _OLD and len(raw) < _MOST_LZW:
        _write(stream, raw, stream.read_bytes(), [], [], level)
    elif len(bare) < len(raw):
        _replace(stream, bare, left, parms)


def _write(
    stream: "Object", raw: bytes, content: bytes, rest: list[str], parms: list[Any], level: int
) -> None:
    """Store the content deflated, or as it is, if either is smaller than what is there."""
    tight = _deflated(content, level)
    if len(tight) < min(len(raw), len(content)):
        _replace(stream, tight, ["/FlateDecode", *rest], parms or [None])
    elif len(content) < len(raw) and not any(parms):
        _replace(stream, content, rest, [])


def _deflated(content: bytes, level: int) -> bytes:
    import deflate

    if len(content) < _FEW and level < TIGHT:  # libdeflate takes longer to begin
        return zlib.compress(content, 9)
    return bytes(deflate.zlib_compress(content, level))


def _replace(stream: "Object", content: bytes, filters: list[str], parms: list[Any]) -> None:
    from pikepdf import Array, Name

    names = [Name(word) for word in filters]
    has_parms = any(parms)
    if len(names) > 1:
        told = Array([one if one else None for one in parms]) if has_parms else None
        stream.write(content, filter=Array(names), decode_parms=told)
    else:
        stream.write(
            content,
            filter=names[0] if names else None,
            decode_parms=parms[0] if has_parms else None,
        )


def _parms(stream: "Object", count: int) -> list[Any]:
    """What the filters need to know, one for each; None for a filter that needs nothing."""
    from pikepdf import Array

    found: Any = stream.get("/DecodeParms")
    listed = list(found) if isinstance(found, Array) else [found]
    return (listed + [None] * count)[:count]


def _without_letters(raw: bytes, filters: list[str]) -> tuple[bytes, list[str]]:
    """The bytes without being spelled in letters, and the filters that are left."""
    content, left = raw, filters
    while left and left[0] in _LETTERS:
        try:
            content = _spelled_out(content, left[0])
        except (ValueError, binascii.Error):
            return raw, filters
        left = left[1:]
    return content, left


def _spelled_out(content: bytes, name: str) -> bytes:
    """ISO 32000-2, 7.4.2 and 7.4.3."""
    if name == "/ASCIIHexDecode":
        digits = b"".join(content.partition(b">")[0].split())
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    return base64.a85decode(content.partition(b"~")[0].strip(), adobe=False)


def unpacked(raw: bytes) -> bytes | None:
    """What was deflated; None if it is damaged, or larger than anybody needs."""
    import deflate

    usual = min(_MOST_UNPACKED, max(4096, len(raw) * _USUAL))
    with suppress(deflate.DeflateError):  # larger than usual, or damaged
        return bytes(deflate.zlib_decompress(raw, originalsize=usual))
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(raw, _MOST_UNPACKED)
    except zlib.error:
        return None
    return content if stream.eof else None
