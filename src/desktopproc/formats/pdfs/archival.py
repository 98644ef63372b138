"""Reads which archival standard (PDF/A) a document claims to follow."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf

# ISO 19005-1, 6.7.11: part and conformance level stand in the XMP, in either of its forms
_PART = re.compile(rb"pdfaid:part(?:(?:\s[^<>]*)?>\s*|\s*=\s*[\"'])(\d)")
_LEVEL = re.compile(rb"pdfaid:conformance(?:(?:\s[^<>]*)?>\s*|\s*=\s*[\"'])([A-Za-z])")
_MOST_BYTES = 4 << 20


def declared_level(pdf: "Pdf") -> str:
    """The part and level that the XMP names, such as "2b"; empty if it names none."""
    packet = xmp_of(pdf)
    part, level = _PART.search(packet), _LEVEL.search(packet)
    if not part:
        return ""
    return part[1].decode() + (level[1].decode().lower() if level else "")


def xmp_of(pdf: "Pdf") -> bytes:
    """The document's XMP packet in UTF-8; empty if there is none that can be read."""
    from pikepdf import PikepdfError, Stream

    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, Stream):
        return b""
    try:
        packet = stream.read_bytes()[:_MOST_BYTES]
    except PikepdfError:
        return b""
    if packet.startswith((b"\xfe\xff", b"\xff\xfe")):
        return packet.decode("utf-16", "replace").encode()
    return packet
