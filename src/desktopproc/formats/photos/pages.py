"""Binds TIFF files of one page each into one file, whatever the sizes of the pages."""

import io
from collections.abc import Sequence


def stacked(pages: Sequence[bytes]) -> bytes:
    """One TIFF of all these; libvips only writes pages that are alike."""
    from PIL.TiffImagePlugin import AppendingTiffWriter  # heavy: only where pixels are

    buffer = io.BytesIO()
    with AppendingTiffWriter(buffer) as writer:
        for page in pages:
            writer.write(page)
            writer.newFrame()
        return buffer.getvalue()
