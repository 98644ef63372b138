"""Breaks text into lines, with our own fonts where they have the letters and MuPDF's elsewhere."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from desktopproc.formats.pdf_writer import PdfWriter
from desktopproc.formats.typesetting.embedding import EmbeddedFont
from desktopproc.formats.typesetting.foreign import ForeignText

_PIECE = re.compile(r"\S*?[-/\u2010\u2013](?=\w)|\S+|[^\S\n]+")  # where a line may end
_SLACK = 0.01  # points that sums of widths may be off


class Align(StrEnum):
    """Where a line stands in its column."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"
    DECIMAL = "decimal"  # right, with the decimal signs below each other


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; `colour` is #rrggbb."""

    size: float = 9.5
    is_bold: bool = False
    colour: str = "#1a1a1a"
    align: Align = Align.LEFT
    leading: float = 1.35

    @property
    def line(self) -> float:
        """The height of a line in points."""
        return self.size * self.leading

    def aligned(self, align: Align) -> "Style":
        return self if align is self.align else replace(self, align=align)


class Line(NamedTuple):
    """A line that is ready to be drawn: its letters and their width, or a form as wide as given."""

    text: str
    width: float
    form: int = 0


class Setter:
    """The fonts of one PDF. `finish` writes them."""

    def __init__(self, writer: PdfWriter) -> None:
        self.regular = EmbeddedFont("NotoSans-Regular", writer)
        self.bold = EmbeddedFont("NotoSans-SemiBold", writer)
        self._foreign = ForeignText(writer)

    def font(self, style: Style) -> EmbeddedFont:
        return self.bold if style.is_bold else self.regular

    def lines(self, text: str, width: float, style: Style) -> list[Line]:
        """The lines of a text in a column; words that are too long are cut."""
        font = self.font(style)
        if "\n" in text:
            return [line for part in text.split("\n") for line in self.lines(part, width, style)]
        if not font.has(text):
            align = "right" if style.align is Align.DECIMAL else style.align.value
            forms = self._foreign.lines(
                text, width, style.size, style.colour, align, is_bold=style.is_bold
            )
            return [Line("", width, form) for form in forms]
        natural = font.width(text) * style.size / 1000
        if natural <= width + _SLACK:
            return [Line(text, natural)]
        return self._wrapped(text, width, style)

    def width(self, text: str, style: Style) -> float:
        """How wide text is on one line, as far as our fonts know its letters."""
        return self.font(style).width(text) * style.size / 1000

    @property
    def missing(self) -> set[str]:
        """The characters that no font has; known when all is finished."""
        return self._foreign.missing

    def finish(self) -> None:
        """Write the fonts and what else the pages refer to."""
        self.regular.finish()
        self.bold.finish()
        self._foreign.finish()

    def _wrapped(self, text: str, width: float, style: Style) -> list[Line]:
        lines: list[Line] = []
        line, used = "", 0.0
        for found in _PIECE.finditer(text):
            piece = found[0]
            wide = self.width(piece, style)
            if used + wide > width + _SLACK and not piece.isspace():
                if line.strip():
                    lines.append(self._line(line, style))
                    line, used = "", 0.0
                while wide > width + _SLACK:
                    head = self._fitting(piece, width, style)
                    lines.append(self._line(piece[:head], style))
                    piece = piece[head:]
                    wide = self.width(piece, style)
            if line or not piece.isspace():
                line, used = line + piece, used + wide
        if line.strip():
            lines.append(self._line(line, style))
        return lines

    def _line(self, text: str, style: Style) -> Line:
        text = text.rstrip()
        return Line(text, self.width(text, style))

    def _fitting(self, word: str, width: float, style: Style) -> int:
        """How many letters of a word fit, at least one."""
        widths, room, used = self.font(style).font.widths, width * 1000 / style.size, 0.0
        for count, letter in enumerate(word):
            used += widths[letter]
            if used > room:
                return max(1, count)
        return len(word)
