"""Collects what is drawn on one page as PDF operators; places count from the top left corner."""

from dataclasses import dataclass, field

from desktopproc.formats.word.model import BLACK, Ink, Section
from desktopproc.formats.word.properties import Border, Colour
from desktopproc.formats.word.typefaces import Face

_SLANT = 0.21  # tangent of 12 degrees
_DASHES = {"dotted": (1.0, 1.5), "dashed": (4.0, 2.0), "dashSmallGap": (4.0, 1.5)}


@dataclass(slots=True)
class Link:
    """A clickable place: an address, or `#` and the name of a bookmark."""

    box: tuple[float, float, float, float]
    target: str


@dataclass(slots=True)
class PlacedImage:
    """A picture that is put on the page; `name` is how the operators call it."""

    name: str
    part: str


@dataclass(slots=True)
class Canvas:
    """One page while it is drawn."""

    section: Section
    number: int = 0
    column_width: float = 0.0
    is_first: bool = False
    operators: list[str] = field(default_factory=list)
    faces: dict[Face, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)  # part -> name on the page
    links: list[Link] = field(default_factory=list)
    places: dict[str, float] = field(default_factory=dict)  # bookmark -> height on the page
    headings: list[tuple[int, str, float]] = field(default_factory=list)

    @property
    def height(self) -> float:
        return self.section.height

    def text(self, ink: Ink, x: float, baseline: float, words: list[tuple[str, float]]) -> None:
        """Draw words of one look; each comes with the space that is added after it."""
        face = ink.face
        name = self.faces.setdefault(face, f"F{len(self.faces)}")
        size, shown = ink.size, []
        for text, extra in words:
            shown.append(f"<{face.glyphs(text)}>")
            if extra:
                shown.append(f"{-1000 * extra / (size * ink.stretch):.1f}")
        y = self.height - baseline + ink.rise
        slant = _SLANT if face.is_slant_forced else 0
        parts = [
            f"BT {_ink(ink.color)} rg /{name} {size:.2f} Tf",
            f"{ink.tracking:.2f} Tc" if ink.tracking else "",
            f"{100 * ink.stretch:.1f} Tz" if ink.stretch != 1 else "",
            f"2 Tr {_ink(ink.color)} RG {size / 30:.3f} w" if face.is_bold_forced else "",
            f"1 0 {slant} 1 {x:.2f} {y:.2f} Tm" if slant else f"{x:.2f} {y:.2f} Td",
            f"[{''.join(shown)}] TJ",
            "0 Tc" if ink.tracking else "",
            "100 Tz" if ink.stretch != 1 else "",
            "0 Tr" if face.is_bold_forced else "",
            "ET",
        ]
        self.operators.append(" ".join(part for part in parts if part))

    def fill(self, x: float, y: float, width: float, height: float, ink: Colour) -> None:
        top = self.height - y - height
        self.operators.append(f"{_ink(ink)} rg {x:.2f} {top:.2f} {width:.2f} {height:.2f} re f")

    def line(self, x1: float, y1: float, x2: float, y2: float, border: Border) -> None:
        """A line of a border's width, colour and kind, around the line given."""
        width, ink, kind = border
        a, b = self.height - y1, self.height - y2
        dash = _DASHES.get(kind)
        pattern = f"[{dash[0] * width:.2f} {dash[1] * width:.2f}] 0 d" if dash else ""
        back = "[] 0 d" if dash else ""
        if kind == "double":
            width /= 3
            dx, dy = (0.0, width) if y1 == y2 else (width, 0.0)
            for sign in (-1, 1):
                self._stroke(
                    x1 + sign * dx,
                    a + sign * dy,
                    x2 + sign * dx,
                    b + sign * dy,
                    f"{width:.2f} w {_ink(ink)} RG",
                    "",
                )
            return
        self._stroke(x1, a, x2, b, f"{width:.2f} w {_ink(ink)} RG {pattern}", back)

    def _stroke(self, x1: float, y1: float, x2: float, y2: float, before: str, after: str) -> None:
        self.operators.append(
            f"{before} {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S {after}".rstrip()
        )

    def image(self, part: str, box: tuple[float, float, float, float], turn: float = 0.0) -> None:
        """Put a picture into a box (x, y, width, height), turned by degrees clockwise."""
        import math

        x, y, width, height = box
        name = self.images.setdefault(part, f"I{len(self.images)}")
        if not turn:
            matrix = f"{width:.2f} 0 0 {height:.2f} {x:.2f} {self.height - y - height:.2f}"
        else:
            cos, sin = math.cos(math.radians(-turn)), math.sin(math.radians(-turn))
            mx, my = x + width / 2, self.height - y - height / 2
            left = mx - (width * cos - height * sin) / 2
            low = my - (width * sin + height * cos) / 2
            matrix = (
                f"{width * cos:.3f} {width * sin:.3f} {-height * sin:.3f} {height * cos:.3f} "
                f"{left:.2f} {low:.2f}"
            )
        self.operators.append(f"q {matrix} cm /{name} Do Q")

    def clip(self, x: float, y: float, width: float, height: float) -> None:
        """Draw nothing outside of this box until `unclip`."""
        top = self.height - y - height
        self.operators.append(f"q {x:.2f} {top:.2f} {width:.2f} {height:.2f} re W n")

    def unclip(self) -> None:
        self.operators.append("Q")


def _ink(color: Colour) -> str:
    return "0 0 0" if color == BLACK else f"{color[0]:.3f} {color[1]:.3f} {color[2]:.3f}"
