"""Prints labels: one document in each field of a sheet, as large as it fits."""

from collections.abc import Iterator
from dataclasses import replace

from desktopproc.formats.pdf_document import PdfDocument
from desktopproc.formats.typesetting.label_formats import LabelSheet
from desktopproc.formats.typesetting.page import Page
from desktopproc.formats.typesetting.phrases import Look
from desktopproc.formats.typesetting.setting import Align, Line, Setter, Style
from desktopproc.formats.typesetting.template import Block

_SHRINKS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
_OUTLINE = "#c9ced4"


class Labels:
    """A run of sheets that begins at any field of the first. `finish` writes the last one."""

    def __init__(
        self,
        pdf: PdfDocument,
        setter: Setter,
        block: Block,
        sheet: LabelSheet,
        first: int,
        *,
        has_frames: bool,
    ) -> None:
        self._pdf = pdf
        self._setter = setter
        self._block = block
        self._sheet = sheet
        self._position = first
        self._has_frames = has_frames
        self._page: Page | None = None

    def add(self, look: Look) -> bool:
        """Print one label; answers whether all of its text had room."""
        if self._position >= self._sheet.count:
            self._write()
        if self._page is None:
            self._page = Page(self._setter)
        box = self._sheet.box(self._position)
        self._position += 1
        if self._has_frames:
            self._page.frame(box, _OUTLINE, 0.4)
        pad = min(self._block.number("padding", 8.0), box.width / 6, box.height / 6)
        phrase = self._block.phrase("text")
        text = phrase.fill(look) if phrase else ""
        width, height = box.width - 2 * pad, box.height - 2 * pad
        lines, is_whole = self._fitting(text, width, height)
        used = sum(style.line for _, style in lines)
        top = box.bottom + box.height - pad - max(0.0, (height - used) / 2)
        for line, style in lines:
            self._page.line(line, box.left + pad, top - style.size * 1.02, width, style)
            top -= style.line
        return is_whole

    def finish(self) -> Iterator[None]:
        """Write the sheet that is being filled."""
        if self._page is not None:
            self._write()
            yield

    def _write(self) -> None:
        page = self._page or Page(self._setter)
        self._pdf.add_page(self._sheet.page, page.drawing, page.resources)
        self._page, self._position = None, 0

    def _fitting(
        self, text: str, width: float, height: float
    ) -> tuple[list[tuple[Line, Style]], bool]:
        """The lines as large as all of them fit, else what fits of the smallest."""
        lines: list[tuple[Line, Style]] = []
        for shrink in _SHRINKS:
            lines = self._lines(text, width, shrink)
            if sum(style.line for _, style in lines) <= height + 0.01:
                return lines, True
        used, kept = 0.0, []
        for line, style in lines:
            used += style.line
            if used > height:
                break
            kept.append((line, style))
        return kept, False

    def _lines(self, text: str, width: float, shrink: float) -> list[tuple[Line, Style]]:
        style = self._block.style
        align = Align.LEFT if style.align is Align.DECIMAL else style.align
        plain = replace(style, size=style.size * shrink, align=align)
        bold = replace(plain, is_bold=True)
        found: list[tuple[Line, Style]] = []
        for at, part in enumerate(text.split("\n")):
            own = bold if at == 0 and self._block.values.get("first-bold") else plain
            found += [(line, own) for line in self._setter.lines(part, width, own)]
        return found
