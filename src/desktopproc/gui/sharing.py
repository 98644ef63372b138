"""How the window's width is shared out between its three parts."""

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
