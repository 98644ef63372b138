"""The bold line above a part of a panel, with buttons at its end."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget


def heading(words: str, *more: QWidget) -> QHBoxLayout:
    """A bold label on the left, what belongs to it on the right."""
    label = QLabel(words)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    row = QHBoxLayout()
    row.addWidget(label)
    row.addStretch()
    for part in more:
        row.addWidget(part)
    return row
