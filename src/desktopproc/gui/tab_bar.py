"""The filter tabs with their live counts, and the find field beside them."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QTabBar, QWidget

from desktopproc.core.job import Counts
from desktopproc.gui.filters import ALL, TABS, Wanted
from desktopproc.gui.theme import GRID

_TYPING_MS = 200


class FilterBar(QWidget):
    """`changed` carries what the list shall show; tabs without rows hide, except the chosen one."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(True)
        self._tabs.setAccessibleName("Show")
        self._tabs.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for tab in TABS:
            self._tabs.addTab(tab.word)
        self._find = QLineEdit()
        self._find.setAcceptDrops(False)
        self._find.setPlaceholderText("Find in names")
        self._find.setAccessibleName("Find in names")
        self._find.setClearButtonEnabled(True)
        self._find.setMaximumWidth(45 * GRID)
        self._find.setMinimumWidth(28 * GRID)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self._tabs, 1)
        row.addWidget(self._find)
        self._counts, self._staged = Counts(), 0
        self._label()
        self._tabs.currentChanged.connect(self._tell)
        self._find.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._tell)

    @property
    def wanted(self) -> Wanted:
        return Wanted(TABS[self._tabs.currentIndex()], self._find.text().strip())

    def take(self, counts: Counts, staged: int) -> None:
        """Show new counts."""
        if (counts, staged) != (self._counts, self._staged):
            self._counts, self._staged = counts, staged
            self._label()

    def choose(self, number: int) -> None:
        """Go to a tab."""
        self._tabs.setTabVisible(number, True)
        self._tabs.setCurrentIndex(number)
        self._label()

    def show_all(self) -> None:
        """Go to the tab that leaves nothing out, and look for no name."""
        self._find.clear()
        self.choose(TABS.index(ALL))
        self._tell()

    def start_find(self) -> None:
        """Put the cursor into the find field."""
        self._find.setFocus()
        self._find.selectAll()

    def clear_find(self) -> None:
        self._find.clear()

    def _label(self) -> None:
        for number, tab in enumerate(TABS):
            rows = tab.jobs(self._counts) + (self._staged if tab.has_staged else 0)
            text = f"{tab.word} {rows:,}" if rows else tab.word
            if self._tabs.tabText(number) != text:
                self._tabs.setTabText(number, text)
            is_shown = bool(rows) or tab is ALL or number == self._tabs.currentIndex()
            if self._tabs.isTabVisible(number) != is_shown:
                self._tabs.setTabVisible(number, is_shown)

    def _tell(self) -> None:
        self._typing.stop()
        self._label()
        self.changed.emit(self.wanted)
