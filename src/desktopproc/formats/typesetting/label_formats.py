"""Knows the sheets of labels that shops sell: paper, rows and columns, sizes and margins."""

from dataclasses import dataclass
from enum import StrEnum

from desktopproc.formats.pdf_layout import MILLIMETRES, POINTS_PER_MM, Box, Paper


class LabelFormat(StrEnum):
    """Sheets by the number that is printed on their box; others make the same ones."""

    TEMPLATE = "template"
    L7159 = "l7159"
    L7160 = "l7160"
    L7161 = "l7161"
    L7162 = "l7162"
    L7163 = "l7163"
    L7165 = "l7165"
    L7651 = "l7651"
    A3474 = "3474"
    A5160 = "5160"
    A5161 = "5161"
    A5162 = "5162"
    A5163 = "5163"
    A5164 = "5164"
    A5167 = "5167"


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """One sheet; lengths in millimetres, margins to the first label from left and top."""

    paper: Paper
    columns: int
    rows: int
    size: tuple[float, float]
    margins: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def page(self) -> tuple[float, float]:
        width, height = MILLIMETRES[self.paper]
        return width * POINTS_PER_MM, height * POINTS_PER_MM

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def box(self, position: int) -> Box:
        """Where the label at a position from 0 lies, row by row."""
        row, column = divmod(position, self.columns)
        left = self.margins[0] + column * self.pitch[0]
        top = self.margins[1] + row * self.pitch[1]
        height = MILLIMETRES[self.paper][1]
        mm = POINTS_PER_MM
        return Box(
            left * mm, (height - top - self.size[1]) * mm, self.size[0] * mm, self.size[1] * mm
        )


_A4, _LETTER = Paper.A4, Paper.LETTER
SHEETS = {
    LabelFormat.L7159: LabelSheet(_A4, 3, 8, (63.5, 33.9), (7.2, 12.9), (66.04, 33.9)),
    LabelFormat.L7160: LabelSheet(_A4, 3, 7, (63.5, 38.1), (7.2, 15.15), (66.04, 38.1)),
    LabelFormat.L7161: LabelSheet(_A4, 3, 6, (63.5, 46.6), (7.2, 8.7), (66.04, 46.6)),
    LabelFormat.L7162: LabelSheet(_A4, 2, 8, (99.1, 33.9), (4.65, 12.9), (101.6, 33.9)),
    LabelFormat.L7163: LabelSheet(_A4, 2, 7, (99.1, 38.1), (4.65, 15.15), (101.6, 38.1)),
    LabelFormat.L7165: LabelSheet(_A4, 2, 4, (99.1, 67.7), (4.65, 13.1), (101.6, 67.7)),
    LabelFormat.L7651: LabelSheet(_A4, 5, 13, (38.1, 21.2), (4.75, 10.7), (40.6, 21.2)),
    LabelFormat.A3474: LabelSheet(_A4, 3, 8, (70.0, 37.0), (0.0, 0.5), (70.0, 37.0)),
    LabelFormat.A5160: LabelSheet(_LETTER, 3, 10, (66.675, 25.4), (4.76, 12.7), (69.85, 25.4)),
    LabelFormat.A5161: LabelSheet(_LETTER, 2, 10, (101.6, 25.4), (3.96, 12.7), (106.36, 25.4)),
    LabelFormat.A5162: LabelSheet(_LETTER, 2, 7, (101.6, 33.87), (3.96, 21.17), (106.36, 33.87)),
    LabelFormat.A5163: LabelSheet(_LETTER, 2, 5, (101.6, 50.8), (3.96, 12.7), (106.36, 50.8)),
    LabelFormat.A5164: LabelSheet(_LETTER, 2, 3, (101.6, 84.67), (3.96, 12.7), (106.36, 84.67)),
    LabelFormat.A5167: LabelSheet(_LETTER, 4, 20, (44.45, 12.7), (7.14, 12.7), (52.07, 12.7)),
}
"""The makers' own measures (Avery Zweckform and Avery US)."""

LABELS = {
    LabelFormat.TEMPLATE.value: "As the template says",
    **{
        kind.value: f"{'L' if kind.value[0] == 'l' else ''}{kind.value.lstrip('l')}: "
        f"{sheet.count} of {sheet.size[0]:.0f} x {sheet.size[1]:.0f} mm"
        for kind, sheet in SHEETS.items()
    },
}
