"""Reads which archival standard (PDF/A) a document claims to follow."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf

# ISO 19005-1, 6.7.11: part and conformance level stand in the XMP, as elements or attributes
_PREFIX = re.compile(rb"xmlns:([\w-]+)\s*=\s*[\"']http://www\.aiim\.org/pdfa/ns/id/[\"']")
_VALUE = rb"(?:(?:\s[^<>]*)?>\s*|\s*=\s*[\"'])"
_MOST_BYTES = 4 << 20


def declared_level(pdf: "Pdf") -> str:
    """The part and level that the XMP names, such as "2b"; empty if it names none."""
    packet = xmp_of(pdf)
    for prefix in {found[1] for found in _PREFIX.finditer(packet)}:
        part = re.search(prefix + rb":part" + _VALUE + rb"(\d)", packet)
        level = re.search(prefix + rb":conformance" + _VALUE + rb"([A-Za-z])", packet)
        if part:
            return part[1].decode() + (level[1].decode().lower() if level else "")
    return ""


def xmp_of(pdf: "Pdf") -> bytes:
    """The document's XMP packet, readable as ASCII; empty if there is none that can be read."""
    from pikepdf import PikepdfError, Stream

    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, Stream):
        return b""
    try:
        packet = stream.read_bytes()[:_MOST_BYTES]
    except PikepdfError:
        return b""
    return packet.replace(b"\0", b"")  # it may be UTF-16 or UTF-32 of either byte order
