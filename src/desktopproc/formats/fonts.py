"""Draws text with libvips: any script that a font is there for, with one font of our own."""

from html import escape
from typing import TYPE_CHECKING

from desktopproc.core.resources import resources

if TYPE_CHECKING:
    from pyvips import Image

_FAMILY = "DejaVu Sans"
_POINT_SHARE = 0.72  # so much of a line's height is the size of its letters


def drawn(words: str, line_height: float, *, is_bold: bool = False) -> "Image":
    """White letters on black in one 8-bit band; a line is about `line_height` pixels high."""
    import pyvips  # heavy: only where pixels are

    face = f"{_FAMILY} {'bold ' if is_bold else ''}{line_height * _POINT_SHARE:.1f}"
    file = resources("fonts") / "DejaVuSans.ttf"
    return pyvips.Image.text(escape(words, quote=False), font=face, fontfile=str(file), dpi=72)
