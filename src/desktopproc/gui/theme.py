"""Colours that are read from the system's palette and stay readable on it, light or dark."""

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

GRID = 4
"""Every distance in the window is a multiple of this many pixels."""

READABLE = 4.5
"""Contrast that small text needs, by WCAG 2 level AA."""


class Tone(Enum):
    """What a colour says; the value is its hue in degrees, None for no hue of its own."""

    PLAIN = None
    GOOD = 145
    BAD = 4
    BUSY = 212
    CAREFUL = 35


def contrast(first: QColor, second: QColor) -> float:
    """The contrast of two colours, from 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`share` of the first colour, the rest of the second."""
    return QColor.fromRgbF(
        first.redF() * share + second.redF() * (1 - share),
        first.greenF() * share + second.greenF() * (1 - share),
        first.blueF() * share + second.blueF() * (1 - share),
    )


def tone(tone: Tone, palette: QPalette, background: QColor | None = None) -> QColor:
    """The colour of a tone that can be read on the background; plain text in high contrast."""
    ground = background or palette.color(QPalette.ColorRole.Base)
    text = palette.color(QPalette.ColorRole.Text)
    plain = tone is Tone.PLAIN or wants_high_contrast()
    return QColor(_tone(None if plain else tone.value, text.rgb(), ground.rgb()))


@lru_cache(maxsize=256)
def _tone(hue: int | None, text_rgb: int, ground_rgb: int) -> int:
    text, ground = QColor(text_rgb), QColor(ground_rgb)
    if hue is None:
        return (text if contrast(text, ground) >= READABLE else _opposite(ground)).rgb()
    is_dark = _luminance(ground) < 0.2
    for step in range(20):
        lightness = 0.55 + step * 0.02 if is_dark else 0.45 - step * 0.02
        color = QColor.fromHslF(hue / 360, 0.65, lightness)
        if contrast(color, ground) >= READABLE:
            return color.rgb()
    return _opposite(ground).rgb()


def quiet(palette: QPalette, background: QColor | None = None) -> QColor:
    """The palette's text, softened as far as it stays readable."""
    ground = background or palette.color(QPalette.ColorRole.Base)
    text = tone(Tone.PLAIN, palette, ground)
    return text if wants_high_contrast() else QColor(_quiet(text.rgb(), ground.rgb()))


@lru_cache(maxsize=64)
def _quiet(text_rgb: int, ground_rgb: int) -> int:
    text, ground = QColor(text_rgb), QColor(ground_rgb)
    for share in (0.62, 0.7, 0.8, 0.9):
        softened = mix(text, ground, share)
        if contrast(softened, ground) >= READABLE:
            return softened.rgb()
    return text_rgb


def hairline(palette: QPalette) -> QColor:
    """The colour of lines that part one area from the next."""
    role = QPalette.ColorRole
    return mix(palette.color(role.WindowText), palette.color(role.Window), 0.18)


def _opposite(ground: QColor) -> QColor:
    return QColor("#ffffff") if _luminance(ground) < 0.18 else QColor("#000000")


def wants_high_contrast() -> bool:
    """Whether the system asks for high contrast, where this Qt can tell."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)  # Qt 6.10 and later
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)
