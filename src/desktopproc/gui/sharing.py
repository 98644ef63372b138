"""How the window's room is shared out between its parts."""

from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktopproc.gui.theme import GRID

LEAST = (60 * GRID, 130 * GRID, 55 * GRID)
"""Below these widths the left panel, the list and the details cannot be read well."""


def shared_out(widths: list[int]) -> list[int]:
    """The widths of the three parts: the sides give way while the list is too narrow to read."""
    left, centre, right = widths
    for_centre = max(0, min(right - LEAST[2], LEAST[1] - centre)) if right else 0
    centre, right = centre + for_centre, right - for_centre
    for_centre = max(0, min(left - LEAST[0], LEAST[1] - centre))
    return [left - for_centre, centre + for_centre, right]


def column(*parts: QWidget) -> QWidget:
    """The parts below each other without gaps; splitters and piles take the room there is."""
    widget = QWidget()
    box = QVBoxLayout(widget)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for part in parts:
        grows = isinstance(part, QSplitter | QStackedWidget)
        box.addWidget(part, 1 if grows else 0)
    return widget
