"""Sets lines of scripts that the shipped fonts lack, or that have to be shaped: MuPDF does it."""

import html
import io
from functools import lru_cache
from typing import Any

from desktopproc.formats.pdf_writer import PdfWriter, number
from desktopproc.formats.text_layer import LINE, ObjectCopy

_BLEED = 20.0  # points that marks may reach out of their line
_MOST_LINES = 20_000
_ABSENT = "\0"
"""What MuPDF's text has for a character that none of its fonts can show."""


class ForeignText:
    """Every line becomes a form of its own, written when the document ends."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._buffer = io.BytesIO()
        self._pages: Any = None
        self._forms: list[tuple[int, float, float]] = []
        self._texts: list[str] = []
        self.missing: set[str] = set()
        self._done: dict[tuple[str, float, float, str, str, bool], list[int]] = {}

    def lines(
        self, text: str, width: float, size: float, colour: str, align: str, *, is_bold: bool
    ) -> list[int]:
        """The forms of the lines of a paragraph in a column of this width, from the top down."""
        key = (text, width, size, colour, align, is_bold)
        if key not in self._done:
            self._done[key] = self._set(*key)
        return self._done[key]

    def finish(self) -> None:
        """Write the forms under the numbers they were given."""
        if not self._forms:
            return
        import pymupdf

        self._pages.close()
        with pymupdf.open("pdf", self._buffer.getvalue()) as document:
            document.subset_fonts()
            content = document.tobytes(garbage=3, deflate=True)
        with pymupdf.open("pdf", content) as document:
            copy = ObjectCopy(document, self._writer)
            for page, (form, width, height) in zip(document, self._forms, strict=True):
                _, resources = document.xref_get_key(page.xref, "Resources")
                box = (-_BLEED, -_BLEED, width + _BLEED, height + _BLEED)
                words = {
                    "Type": "/XObject",
                    "Subtype": "/Form",
                    "BBox": f"[{' '.join(map(number, box))}]",
                    "Resources": copy.renumbered(resources),
                }
                drawing = b"\n".join(document.xref_stream(at) for at in page.get_contents())
                self._writer.add_stream(words, drawing, pack=True, number=form)
            if any(_ABSENT in page.get_text() for page in document):
                self.missing = {sign for text in self._texts for sign in text if _is_absent(sign)}

    def _set(
        self,
        text: str,
        width: float,
        size: float,
        colour: str,
        align: str,
        is_bold: bool,  # noqa: FBT001
    ) -> list[int]:
        import pymupdf

        if self._pages is None:
            self._pages = pymupdf.DocumentWriter(self._buffer)
        self._texts.append(text)
        style = (
            f"body{{margin:0}}p{{margin:0;font-family:sans-serif;font-size:{size:g}pt;"
            f"line-height:{LINE};overflow-wrap:break-word;text-align:{align};"
            f"color:{colour};font-weight:{'bold' if is_bold else 'normal'}}}"
        )
        story = pymupdf.Story(f"<p>{html.escape(text)}</p>", user_css=style)
        height = size * LINE
        forms: list[int] = []
        more = 1
        while more and len(forms) < _MOST_LINES:
            more, _ = story.place(pymupdf.Rect(0, 0, width, height * 1.02))
            device = self._pages.begin_page(pymupdf.Rect(0, 0, width, height))
            story.draw(device)
            self._pages.end_page()
            form = self._writer.reserve()
            self._forms.append((form, width, height))
            forms.append(form)
        return forms


@lru_cache(maxsize=4096)
def _is_absent(sign: str) -> bool:
    """Whether no font has this character."""
    import pymupdf

    if sign.isascii():
        return False
    buffer = io.BytesIO()
    writer = pymupdf.DocumentWriter(buffer)
    story = pymupdf.Story(f"<p>{sign}</p>")
    story.place(pymupdf.Rect(0, 0, 200, 200))
    story.draw(writer.begin_page(pymupdf.Rect(0, 0, 200, 200)))
    writer.end_page()
    writer.close()
    with pymupdf.open("pdf", buffer.getvalue()) as document:
        return _ABSENT in document[0].get_text()
