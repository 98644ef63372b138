"""Draws what a file looks like, for a person who looks for it: a photo, or a PDF's first page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.operation import Source, Work
from desktopproc.formats import images, pdf_render
from desktopproc.formats.image_preview import preview
from desktopproc.formats.pdf_errors import is_pdf

if TYPE_CHECKING:
    from PIL.Image import Image


def look(path: Path, edge: int, max_pixels: int) -> "Image":
    """An upright sRGB picture whose longer edge is at most `edge`; ProcError when there is none.

    Hostile files can take minutes and gigabytes here: call it in a process with limits.
    """
    source = Source(path, path.read_bytes())
    work: Work[Any] = Work([source], path, None, max_pixels=max_pixels)  # writes nothing
    if is_pdf(source.read()):
        with pdf_render.opened(source, work) as drawing:
            longest = max(drawing.pdf[0].get_size())
            return drawing.page(0, 72 * edge / max(longest, 1), grey=False)
    with images.opened(source, work) as picture:
        return preview(picture, edge)
