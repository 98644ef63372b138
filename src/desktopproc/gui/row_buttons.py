"""The small buttons at the end of a row: which ones it has, where, and what they do."""

from collections.abc import Iterator
from enum import Enum

from PySide6.QtCore import QRect

from desktopproc.core.job import Job, State
from desktopproc.gui.staging import Staged
from desktopproc.gui.theme import GRID

BUTTON = 7 * GRID


class Button(Enum):
    """A button of a row: its icon and its words."""

    CANCEL = ("cancel", "Cancel this job")
    RETRY = ("retry", "Try this job again")
    REVEAL = ("reveal", "Show the result in its folder")
    REMOVE = ("cancel", "Take this file off the list")

    @property
    def icon(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


_OF_STATE: dict[State, tuple[Button, ...]] = {
    State.WAITING: (Button.CANCEL,),
    State.DELAYED: (Button.CANCEL,),
    State.RUNNING: (Button.CANCEL,),
    State.DONE: (Button.REVEAL,),
    State.FAILED: (Button.RETRY,),
    State.CANCELLED: (Button.RETRY,),
    State.SKIPPED: (Button.RETRY,),
}


def of(row: Job | Staged) -> tuple[Button, ...]:
    """The buttons of a row, from the right."""
    if isinstance(row, Staged):
        return () if row.is_leaving else (Button.REMOVE,)
    return () if row.is_stopping else _OF_STATE[row.state]


def buttons(row: Job | Staged, area: QRect) -> Iterator[tuple[Button, QRect]]:
    """The buttons with their places inside the last column's cell."""
    right = area.right() - 2 * GRID
    for button in of(row):
        place = QRect(right - BUTTON + 1, 0, BUTTON, BUTTON)
        place.moveTop(area.center().y() - BUTTON // 2 + 1)
        right -= BUTTON + GRID
        yield button, place
