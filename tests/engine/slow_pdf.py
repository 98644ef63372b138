"""A small PDF that keeps every PDF library busy for about twenty seconds."""

import zlib
from pathlib import Path


def write_slow_pdf(file: Path, ranges: int = 4000) -> Path:
    """Write one whose table of contents lists the same million objects again and again."""
    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    million = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    table = start + million * ranges
    lead = b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 0 0]/Size 1000000/Root 2 0 R/Length %d"
    index = b"/Filter/FlateDecode/Index[" + b"0 1000000 " * ranges + b"]>>\nstream\n"
    file.write_bytes(
        lead % len(table) + index + table + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    )
    return file
