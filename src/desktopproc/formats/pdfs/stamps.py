"""Makes what is stamped onto pages: texts of any script, pictures, and pages of other PDFs."""

import html
import io
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError
from desktopproc.core.reading import reading
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS

if TYPE_CHECKING:
    from pikepdf import Pdf

STAMPER = ("pikepdf", "pymupdf")
"""What worker processes import once for operations that put something onto pages."""

_ROOM = 20_000.0  # points across, so that no line breaks by itself
_LINE = 1.25


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks; the size in points."""

    size: float
    colour: str = "#000000"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Stamps:
    """Stamps as the pages of a PDF, and the box of each one in it: left, bottom, width, height.

    `room` is how far a stamp may reach over its box, as marks on and below letters do.
    """

    pdf: "Pdf"
    boxes: Sequence[tuple[float, float, float, float]]
    room: float = 0.0


def text_stamps(texts: Sequence[str], look: Look) -> Generator[float, None, Stamps]:
    """Set texts with MuPDF's fonts, which have nearly every script, embedded as far as used."""
    import pikepdf
    import pymupdf

    file = io.BytesIO()
    writer = pymupdf.DocumentWriter(file)
    room, heights = look.size / 2, []
    for text in texts:
        story = _story(text, look)
        _, filled = story.place(pymupdf.Rect(0, room, _ROOM, _ROOM))
        heights.append(float(filled[3]) - room)
        device = writer.begin_page(pymupdf.Rect(0, 0, _ROOM, heights[-1] + 2 * room))
        story.draw(device)
        writer.end_page()
        yield len(heights) / len(texts)
    writer.close()
    with pymupdf.open("pdf", file.getvalue()) as document:
        widths = [_reach(page) for page in document]
        document.subset_fonts()
        content = document.tobytes(garbage=2, deflate=True)
    boxes = [
        (left, room, right - left, height)
        for (left, right), height in zip(widths, heights, strict=True)
    ]
    return Stamps(pikepdf.open(io.BytesIO(content)), boxes, room)


def _story(text: str, look: Look) -> Any:
    import pymupdf

    weight = "bold" if look.is_bold else "normal"
    style = (
        f"body{{margin:0}}p{{margin:0;font-family:sans-serif;font-size:{look.size:g}pt;"
        f"line-height:{_LINE};text-align:center;white-space:pre;color:{look.colour};"
        f"font-weight:{weight}}}"
    )
    lines = "<br>".join(html.escape(_storable(line)) for line in text.split("\n"))
    return pymupdf.Story(f"<p>{lines}</p>", user_css=style)


def _storable(line: str) -> str:
    text = line.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _reach(page: Any) -> tuple[float, float]:
    """From where to where across the page there is text."""
    lines = [line["bbox"] for block in page.get_text("dict")["blocks"] for line in block["lines"]]
    if not lines:
        return _ROOM / 2, _ROOM / 2
    return min(box[0] for box in lines), max(box[2] for box in lines)


def picture_stamp(path: Path) -> Stamps:
    """A picture, a drawing (SVG) or the first page of a PDF, in its own size."""
    import pikepdf
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with reading(path):
        content = path.read_bytes()
    try:
        pdf = pikepdf.open(io.BytesIO(_as_pdf(path, content)))
        left, bottom, right, top = (float(edge) for edge in pdf.pages[0].cropbox)
    except (pikepdf.PikepdfError, pymupdf.mupdf.FzErrorBase, *LIBRARY_ERRORS) as e:
        raise BadInputError(
            f"The stamp {path.name} cannot be opened. Choose a PNG, JPEG, SVG or PDF."
        ) from e
    return Stamps(pdf, [(left, bottom, right - left, top - bottom)])


def _as_pdf(path: Path, content: bytes) -> bytes:
    import pymupdf

    kind = path.suffix.lower().removeprefix(".")
    with pymupdf.open(stream=content, filetype=kind) as opened:
        if kind == "pdf":
            return content
        if kind == "svg":
            drawn: bytes = opened.convert_to_pdf(0, 0)
            return drawn
        size = opened[0].rect
        with pymupdf.open() as document:
            document.new_page(width=size.width, height=size.height).insert_image(
                size, stream=content
            )
            made: bytes = document.tobytes(deflate=True)
            return made
