"""Everything painted can be read, on light, dark and odd palettes."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktopproc.core.resources import resources
from desktopproc.gui import icons, theme
from desktopproc.gui.actions import ACTIONS
from desktopproc.gui.row_buttons import Button
from desktopproc.gui.theme import Tone

GROUNDS = ["#ffffff", "#f0f0f0", "#2d2d2d", "#000000", "#1e1e2e", "#fdf6e3", "#808080"]
ICONS = sorted((resources("icons")).glob("*.svg"))


def palette_on(ground: str) -> QPalette:
    palette = QPalette(QColor(ground))
    is_dark = theme.contrast(QColor(ground), QColor("#ffffff")) > 4.5
    text = QColor("#e0e0e0" if is_dark else "#202020")
    palette.setColor(QPalette.ColorRole.Base, QColor(ground))
    palette.setColor(QPalette.ColorRole.Text, text)
    return palette


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("tone", Tone)
def test_every_tone_can_be_read_on_every_ground(
    qapp: QApplication, tone: Tone, ground: str
) -> None:
    color = theme.tone(tone, palette_on(ground))

    assert theme.contrast(color, QColor(ground)) >= theme.READABLE


@pytest.mark.parametrize("ground", GROUNDS)
def test_quiet_text_can_still_be_read(qapp: QApplication, ground: str) -> None:
    color = theme.quiet(palette_on(ground))

    assert theme.contrast(color, QColor(ground)) >= theme.READABLE


@pytest.mark.parametrize("file", ICONS, ids=lambda file: file.stem)
def test_every_icon_takes_the_colour_of_the_text(qapp: QApplication, file: Path) -> None:
    drawing = file.read_text(encoding="utf-8")
    colors = set(re.findall(r'(?:stroke|fill)="([^"]+)"', drawing))

    image = icons.pixmap(file.stem, QColor("#12ab34"), 48).toImage()

    assert colors <= {"currentColor", "none"}
    seen = {
        image.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert "#12ab34" in seen


def test_every_icon_that_is_named_exists() -> None:
    named = {each.icon for each in ACTIONS} | {button.icon for button in Button}

    assert named <= {file.stem for file in ICONS}


def test_the_program_has_a_picture(qapp: QApplication) -> None:
    assert not icons.program_icon().pixmap(64, 64).isNull()
