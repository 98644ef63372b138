"""Makes a PDF of a scanned or photographed page, pixels as they are, on paper of likely size."""

import io
from collections.abc import Generator
from typing import Any

from desktopproc.core.operation import Source, Work
from desktopproc.formats import images
from desktopproc.formats.pdf_document import Properties
from desktopproc.formats.pdf_images import Others
from desktopproc.formats.pdf_layout import Layout, Paper
from desktopproc.formats.pdf_photos import Look, PhotoPdf

_A4_INCHES = 11.69  # its longer edge
_LARGEST_INCHES = 17.0  # A3 and ledger; more is a camera's or a screen's idle word


def bound(
    source: Source, work: Work[Any], dpi: float | None
) -> Generator[tuple[int, int], None, bytes]:
    """The picture, or all pages of a TIFF, as a PDF; `dpi` is used instead of what it says."""
    if dpi is None and (likely := _likely_dpi(source, work)):
        dpi = likely
        work.note(f"{source.path.name} does not say how large its paper is; A4 was assumed.")
    buffer = io.BytesIO()
    look = Look(dpi=dpi, others=Others.AUTO)
    with PhotoPdf(buffer, Layout(paper=Paper.PICTURE), look, Properties()) as pdf:
        for _ in pdf.add(source, work):
            yield 0, 1
        pdf.finish()
    return buffer.getvalue()


def _likely_dpi(source: Source, work: Work[Any]) -> float | None:
    """The resolution at which the picture is as long as A4; None when its own can be true."""
    quiet = Work([source], work.target, work.options, max_pixels=work.max_pixels)
    with images.opened(source, quiet) as picture:
        longest = max(picture.size)
        told = picture.image.info.get("dpi")
    try:
        own = float(min(told)) if told else 0.0
    except (TypeError, ValueError):
        own = 0.0
    is_likely = own > 0 and longest / own <= _LARGEST_INCHES
    return None if is_likely else longest / _A4_INCHES
