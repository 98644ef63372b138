"""Draws on one page: lines of text, rules, areas and pictures, in the language of PDF."""

from functools import lru_cache

from desktopproc.formats.pdf_layout import Box
from desktopproc.formats.pdf_writer import number
from desktopproc.formats.text_layer import LINE
from desktopproc.formats.typesetting.setting import Align, Line, Setter, Style

_SHIFT = 0.75  # of a line's height lies above the baseline of MuPDF's text
_EVERY = {False: "R", True: "B"}


@lru_cache(maxsize=256)
def _ink(colour: str) -> str:
    """A colour as the operands of `rg` (ISO 32000-1, 8.6.8)."""
    return " ".join(number(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))


class Page:
    """A page that is being drawn. Places are in points from its lower left corner."""

    def __init__(self, setter: Setter) -> None:
        self._setter = setter
        self._parts: list[str] = []
        self._face: tuple[bool, float] | None = None
        self._colour = ""
        self._fonts: dict[str, int] = {}
        self._forms: set[int] = set()

    @property
    def drawing(self) -> str:
        return "\n".join(self._parts)

    @property
    def resources(self) -> dict[str, str]:
        """What the drawing refers to, as a page's dictionary lists it."""
        fonts = " ".join(f"/{name} {at} 0 R" for name, at in self._fonts.items())
        forms = " ".join(f"/X{form} {form} 0 R" for form in sorted(self._forms))
        return {"Font": fonts} | ({"XObject": forms} if forms else {})

    def line(self, line: Line, left: float, baseline: float, width: float, style: Style) -> None:
        """Draw a line in a column that begins at `left`, by the style's alignment."""
        if line.form:
            bottom = baseline - style.size * LINE * (1 - _SHIFT)
            self._form(line.form, f"1 0 0 1 {left:.2f} {bottom:.2f}")
            return
        if not line.text:
            return
        if style.align is not Align.LEFT:
            gap = width - line.width
            left += gap / 2 if style.align is Align.CENTER else gap
        self._dress(style)
        spelled = self._setter.font(style).spelled(line.text)
        self._parts.append(f"BT {left:.2f} {baseline:.2f} Td {spelled} Tj ET")

    def lines(
        self, lines: list[Line], left: float, top: float, width: float, style: Style
    ) -> float:
        """Draw lines below each other; answers where the next one would begin."""
        for line in lines:
            self.line(line, left, top - style.size * 1.02, width, style)
            top -= style.line
        return top

    def rule(
        self, left: float, right: float, height: float, colour: str, thickness: float = 0.5
    ) -> None:
        """A horizontal line."""
        self.area(left, height - thickness / 2, right - left, thickness, colour)

    def area(self, left: float, bottom: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self._paint(colour)
        self._parts.append(f"{left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f")

    def frame(self, box: Box, colour: str, thickness: float) -> None:
        """The outline of a rectangle."""
        self._parts.append(
            f"q {_ink(colour)} RG {number(thickness)} w "
            f"{box.left:.2f} {box.bottom:.2f} {box.width:.2f} {box.height:.2f} re S Q"
        )

    def picture(self, image: int, box: Box, orientation: int = 1) -> None:
        """A picture that fills a box."""
        self._form(image, " ".join(map(number, box.matrix(orientation))))

    def squares(self, squares: list[list[bool]], box: Box) -> None:
        """Dark squares, row by row from the top, such as those of a QR code."""
        edge = box.width / len(squares)
        self._paint("#000000")
        for down, row in enumerate(squares):
            bottom = box.bottom + box.height - (down + 1) * edge
            start = None
            for across, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = across
                elif not dark and start is not None:
                    left, wide = box.left + start * edge, (across - start) * edge
                    self._parts.append(f"{left:.3f} {bottom:.3f} {wide:.3f} {edge:.3f} re")
                    start = None
        self._parts.append("f")

    def _form(self, form: int, matrix: str) -> None:
        self._forms.add(form)
        self._parts.append(f"q {matrix} cm /X{form} Do Q")

    def _dress(self, style: Style) -> None:
        self._paint(style.colour)
        face = (style.is_bold, style.size)
        if face != self._face:
            name = _EVERY[style.is_bold]
            self._fonts[name] = self._setter.font(style).number
            self._parts.append(f"/{name} {number(style.size)} Tf")
            self._face = face

    def _paint(self, colour: str) -> None:
        if colour != self._colour:
            self._parts.append(f"{_ink(colour)} rg")
            self._colour = colour
