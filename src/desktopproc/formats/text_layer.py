"""Sets text of any script with MuPDF's own fonts, for a PDF or for a picture.

MuPDF shapes letters, turns lines of Hebrew and Arabic, and brings a Noto font for nearly every
script, so that captions look the same on every computer and can be searched for. Only for the
thread that made it.
"""

import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdf_layout import Box, Size
from desktopproc.formats.pdf_writer import PdfWriter, number

if TYPE_CHECKING:
    from PIL.Image import Image

LINE = 1.25
"""The height of a line, in units of its font size."""

_SIZES = (1.0, 0.9, 0.8)  # how far text may shrink before it is cut
_REFERENCE = re.compile(r"\b(\d+) 0 R\b")
_LENGTH = re.compile(r"/Length \d+(?: 0 R)?")


@dataclass(frozen=True, slots=True)
class Text:
    """Some lines in a box on a page, centred across it, from the top down."""

    words: str
    box: Box
    size: float
    is_bold: bool = False


class TextLayer:
    """Pages of text alone; each is later laid over a page that has the pictures."""

    def __init__(self, colour: str) -> None:
        import pymupdf

        self._buffer = io.BytesIO()
        self._writer = pymupdf.DocumentWriter(self._buffer)
        self._colour = colour
        self._sizes: list[Size] = []

    def add_page(self, size: Size, texts: Sequence[Text]) -> None:
        """Set the texts of one page; what does not fit its box shrinks, then is cut inside."""
        import pymupdf

        device = self._writer.begin_page(pymupdf.Rect(0, 0, *size))
        for text in texts:
            if text.words.strip():
                self._fitting(text, size[1]).draw(device)
        self._writer.end_page()
        self._sizes.append(size)

    def copy_to(self, writer: PdfWriter, numbers: Sequence[int]) -> None:
        """Write each page as a form under the number that was reserved for it."""
        with self._finished() as document:
            copy = ObjectCopy(document, writer)
            for page, size, form in zip(document, self._sizes, numbers, strict=True):
                _, resources = document.xref_get_key(page.xref, "Resources")
                words = {
                    "Type": "/XObject",
                    "Subtype": "/Form",
                    "BBox": f"[0 0 {number(size[0])} {number(size[1])}]",
                    "Resources": copy.renumbered(resources),
                }
                drawing = b"\n".join(document.xref_stream(at) for at in page.get_contents())
                writer.add_stream(words, drawing, pack=True, number=form)

    def masks(self, dpi: float) -> "Iterator[Image]":
        """Each page as a mask: opaque where there is a letter."""
        from PIL import Image

        with self._finished() as document:
            for page in document:
                shown = page.get_pixmap(dpi=round(dpi), alpha=True)
                size = (shown.width, shown.height)
                yield Image.frombytes("RGBA", size, bytes(shown.samples)).getchannel("A")

    def _finished(self) -> Any:
        import pymupdf

        self._writer.close()
        with pymupdf.open("pdf", self._buffer.getvalue()) as document:
            document.subset_fonts()
            content = document.tobytes(garbage=3, deflate=True)
        return pymupdf.open("pdf", content)

    def _fitting(self, text: Text, height: float) -> Any:
        """The text as large as it fits, else with its middle left out until it does."""
        for scale in _SIZES:
            story, is_whole = self._set(text.words, text, height, text.size * scale)
            if is_whole:
                return story
        fewest, most = 0, len(text.words)
        while fewest < most:
            middle = (fewest + most + 1) // 2
            _, is_whole = self._set(_shortened(text.words, middle), text, height, _smallest(text))
            fewest, most = (middle, most) if is_whole else (fewest, middle - 1)
        story, _ = self._set(_shortened(text.words, fewest), text, height, _smallest(text))
        return story

    def _set(self, words: str, text: Text, height: float, size: float) -> tuple[Any, bool]:
        import pymupdf

        style = (
            f"body{{margin:0}}p{{margin:0;font-family:sans-serif;font-size:{size:g}pt;"
            f"line-height:{LINE};text-align:center;overflow-wrap:break-word;"
            f"color:{self._colour};font-weight:{'bold' if text.is_bold else 'normal'}}}"
        )
        lines = "<br>".join(html.escape(_printable(line)) for line in words.split("\n"))
        story = pymupdf.Story(f"<p>{lines}</p>", user_css=style)
        box = text.box
        top = height - box.bottom - box.height
        more, _ = story.place(pymupdf.Rect(box.left, top, box.left + box.width, top + box.height))
        return story, not more


class ObjectCopy:
    """Copies objects, and what they refer to, each once."""

    def __init__(self, document: Any, writer: PdfWriter) -> None:
        self._document = document
        self._writer = writer
        self._numbers: dict[int, int] = {}

    def renumbered(self, body: str) -> str:
        """The text of an object with references to copies."""
        return _REFERENCE.sub(lambda found: f"{self._copied(int(found[1]))} 0 R", body)

    def _copied(self, old: int) -> int:
        if old in self._numbers:
            return self._numbers[old]
        self._numbers[old] = self._writer.reserve()
        body = self.renumbered(_LENGTH.sub("", self._document.xref_object(old, compressed=True)))
        if self._document.xref_is_stream(old):
            entries = body.removeprefix("<<").removesuffix(">>")
            content = self._document.xref_stream_raw(old)
            self._writer.copy_stream(entries, content, self._numbers[old])
        else:
            self._writer.add(body, self._numbers[old])
        return self._numbers[old]


def _smallest(text: Text) -> float:
    """The smallest size that a text is set in."""
    return text.size * _SIZES[-1]


def _shortened(words: str, kept: int) -> str:
    """The beginning and the end of a text, which for file names hold what tells them apart."""
    if kept >= len(words):
        return words
    head = (kept + 1) // 2
    return f"{words[:head]}\u2026{words[len(words) - (kept - head) :]}"


def _printable(line: str) -> str:
    """The line with bytes that are no text, and signs that nobody can see, written out."""
    text = line.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
