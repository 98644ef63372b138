"""Takes the pictures of a PDF page with their places, ready for a Word file."""

from dataclasses import dataclass
from typing import Any

from desktopproc.formats.texts.blocks import Box

_LEAST = 6.0  # points; smaller ones are dots and rules
_MOST_ON_A_PAGE = 200
_MOST_PIXELS = 100_000_000
_SCAN_SHARE = 0.5  # of the page that a picture covers for the page to be a scan
_FEW_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page: where it is, and which object of the PDF holds it."""

    box: Box
    key: tuple[int, int]  # object, and that of its mask


def pictures_of(page: Any) -> list[Picture]:
    """The pictures that are drawn on a page, from top to bottom."""
    masks = {image[0]: image[1] for image in page.get_images(full=True)}
    found = []
    for info in page.get_image_info(xrefs=True)[:_MOST_ON_A_PAGE]:
        left, top, right, bottom = info["bbox"]
        box = page.rect
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, box.width), min(bottom, box.height)
        if right - left >= _LEAST and bottom - top >= _LEAST and info["xref"]:
            key = (info["xref"], masks.get(info["xref"], 0))
            found.append(Picture((left, top, right, bottom), key))
    return sorted(found, key=lambda picture: (picture.box[1], picture.box[0]))


def library_errors() -> tuple[type[Exception], ...]:
    """What MuPDF raises besides Python's own errors."""
    import pymupdf

    return (pymupdf.mupdf.FzErrorBase,)


def is_scan(page: Any, pictures: list[Picture], letters: int) -> bool:
    """Whether a page is a picture of paper: one that covers it, and hardly any text."""
    area = max(page.rect.width * page.rect.height, 1.0)
    covered = max(
        ((b[2] - b[0]) * (b[3] - b[1]) for b in (picture.box for picture in pictures)), default=0.0
    )
    return letters < _FEW_LETTERS and covered / area >= _SCAN_SHARE


def content_of(document: Any, picture: Picture) -> tuple[bytes, str] | None:
    """The picture as JPEG where it is one, else as PNG; None where it cannot be read."""
    import pymupdf

    xref, mask = picture.key
    try:
        if not mask:
            raw = document.extract_image(xref)
            if raw and raw["ext"] in {"jpeg", "png"} and raw["colorspace"] in {1, 3}:
                return raw["image"], "jpg" if raw["ext"] == "jpeg" else "png"
        width, height = (document.xref_get_key(xref, word)[1] for word in ("Width", "Height"))
        if int(width) * int(height) > _MOST_PIXELS:
            return None
        pixels = pymupdf.Pixmap(document, xref)
        if pixels.colorspace is None:
            return None
        if pixels.colorspace.n > 3:
            pixels = pymupdf.Pixmap(pymupdf.csRGB, pixels)
        if mask:
            if pixels.alpha:
                pixels = pymupdf.Pixmap(pixels, 0)
            pixels = pymupdf.Pixmap(pixels, pymupdf.Pixmap(document, mask))
        return pixels.tobytes("png"), "png"
    except (RuntimeError, ValueError, TypeError, KeyError, pymupdf.mupdf.FzErrorBase):
        return None
